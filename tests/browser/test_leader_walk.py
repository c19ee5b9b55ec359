"""A responsible leader: what is late, in two clicks its evidence, and a word to the unit that is late."""

import io
from collections.abc import Callable

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from measures.services import upload_evidence
from notifications.services import read_outbox
from tests.browser.office_data import OfficeData
from tests.browser.page_checks import Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Watched = Callable[..., Watch]
PROOF = "东关街开挖现场.txt"


def test_a_leader_reaches_the_late_measure_and_its_evidence_in_two_clicks_and_urges(
    ground: OfficeData, watched: Watched
) -> None:
    late = ground.measures["overdue"]
    content = io.BytesIO("东关街已开挖四百米。".encode())
    upload_evidence(stream=content, name=PROOF, measure=late, by=ground.roads_officer, at=timezone.now())
    read_outbox(at=timezone.now())

    leader = watched()
    leader.log_in(ground.leader.username)
    page, home = leader.page, f"/inspections/{ground.inspection.code}/"
    leader.visit(home)
    row = page.get_by_role("row").filter(has=page.get_by_role("button", name=f"Urge the unit of measure {late.code}"))
    expect(row).to_contain_text("9 days late")
    expect(row).to_contain_text(ground.roads.name)

    row.get_by_role("link").click()  # one
    expect(page.locator("h1")).to_contain_text(late.text)
    page.locator(".page-tabs a[href*='tab=evidence']").click()  # two
    expect(page.locator(".file-list")).to_contain_text(PROOF)
    leader.look()

    leader.visit(home)
    row.get_by_role("button", name="Urge").click()
    expect(page.locator(".toast-line")).to_contain_text(f"{ground.roads.name} was urged.")
    expect(page.get_by_text("Urged today").first).to_be_visible()
    expect(page.get_by_role("button", name=f"Urge the unit of measure {late.code}")).to_have_count(0)

    read_outbox(at=timezone.now())
    officer = watched(ground.roads_officer)
    officer.visit("/inbox/")
    officer.page.get_by_role("link", name="Urged: please make progress on this measure").press("Enter")
    officer.page.locator("main a.btn-primary").click()
    expect(officer.page.locator("h1")).to_contain_text(late.text)
    assert officer.page.url.endswith(f"/measures/{late.pk}/")
    for watch in (leader, officer):
        assert not watch.faults, watch.told()


def test_a_leader_opens_a_figure_and_finds_as_many_measures(ground: OfficeData, watched: Watched) -> None:
    leader = watched(ground.leader)
    leader.visit(f"/inspections/{ground.inspection.code}/")
    tile = leader.page.locator("a.figure-tile[data-tone=alarm]")
    late = int(tile.locator(".tile-figure").inner_text())
    assert late > 0
    tile.click()
    expect(leader.page.locator("tr.row-measure")).to_have_count(late)
    expect(leader.page.locator("tr.row-measure .is-late")).to_have_count(late)
    leader.look()
    assert not leader.faults, leader.told()
