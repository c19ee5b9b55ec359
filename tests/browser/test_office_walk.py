"""The rectification office on a Friday: a notice comes in, an extension is decided, the bulletin goes out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from playwright.sync_api import expect

from bulletins.models import Bulletin
from bulletins.services import draft_bulletin
from issues.models import Inspection
from jobs.services import record_heartbeat
from jobs.tasks import run_job
from measures.models import Extension, Measure
from reporting.models import Week
from reporting.services import roll_up_week
from supervision.models import Urge
from tests.browser.office_data import OfficeData
from tests.browser.page_checks import Watch, hindrances_at_both_widths
from tests.html_pages import NOTICE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Watched = Callable[..., Watch]
OPENING = "局党组召开推进会，逐项过堂，要求东关街一处月底前完成。"


@pytest.fixture
def office(ground: OfficeData, watched: Watched) -> Watch:
    watch = watched()
    watch.log_in(ground.office.username)
    return watch


def test_the_office_imports_a_notice_and_finds_it_on_the_dashboard(
    ground: OfficeData, office: Watch, tmp_path: Path, asked_for: list[int]
) -> None:
    asked_for.clear()
    record_heartbeat(worker="one", at=timezone.now())
    page, file = office.page, tmp_path / "notice.txt"
    file.write_text(NOTICE, encoding="utf-8")
    page.locator(".side-nav a[href='/import/']").click()
    page.locator("#id_file").set_input_files(file)
    page.locator("#id_code").fill("round-9")
    page.get_by_role("button", name="Read the file").click()
    expect(page.locator(".issue-read")).to_have_count(3)
    office.look()
    if page.locator("select[name=organisation]").count():
        page.locator("select[name=organisation]").select_option(str(ground.organisation.pk))
    page.get_by_role("button", name="Confirm and write").click()
    expect(page.locator(".job-progress")).to_contain_text("Waiting for a free worker.")
    run_job(asked_for.pop())
    page.get_by_role("link", name="To the ledger").click()
    expect(page.locator("tr.row-issue")).to_have_count(3)

    office.visit("/inspections/round-9/")
    issues = page.locator(".issue-states a").all_inner_texts()
    assert (
        sum(int(words.split()[-1]) for words in issues if words.startswith(("open", "in rect", "await", "rect"))) == 3
    )
    assert Inspection.objects.get(code="round-9").organisation == ground.organisation
    assert not office.faults, office.told()


def test_the_office_decides_on_an_extension(ground: OfficeData, office: Watch) -> None:
    page, asked = office.page, ground.extension
    page.locator(".side-nav a[href='/extensions/']").click()
    expect(page.locator("main")).to_contain_text(asked.reason)
    page.locator(f"a[href='/extensions/{asked.pk}/grant/']").click()
    days = [date_format(day, "SHORT_DATE_FORMAT") for day in (asked.old_deadline, asked.new_deadline)]
    expect(page.locator("main .alert-info")).to_contain_text("from {} to {}".format(*days))
    expect(page.locator("main .card")).to_contain_text(asked.reason)
    office.look()
    page.locator("main form[method=post] button[type=submit]").last.click()
    expect(page.locator(".toast-line")).to_be_visible()
    assert Extension.objects.get(pk=asked.pk).status == Extension.Status.GRANTED
    assert Measure.objects.get(pk=asked.measure_id).deadline == asked.new_deadline
    office.visit(f"/measures/{asked.measure_id}/")
    expect(page.locator("main .is-late")).to_have_count(0)
    assert not office.faults, office.told()


def test_the_office_writes_and_publishes_the_bulletin_and_an_officer_reads_it(
    ground: OfficeData, office: Watch, watched: Watched
) -> None:
    """The draft is there on Friday evening; the scheduler had the week rolled up."""
    week = Week.of(timezone.localdate()).previous
    taken = roll_up_week(inspection=ground.inspection, week=week, by=None, at=timezone.now())
    draft = draft_bulletin(snapshot=taken, by=None, at=timezone.now())
    page = office.page
    page.locator(".side-nav a[href='/bulletins/']").click()
    page.locator(f"main a[href='/bulletins/{draft.pk}/']").first.click()
    with page.expect_response("**/preview/"):
        page.locator("#id_opening").press_sequentially(OPENING)
    expect(page.locator(".paper-text").first).to_contain_text(OPENING[:12])
    office.look()
    page.locator("button[name=then][value=publish]").first.click()
    expect(page.locator("h1")).to_have_text("Publish the bulletin")
    expect(page.locator("main")).to_contain_text(OPENING)
    office.look()
    page.get_by_role("button", name="Publish now").click()
    expect(page.locator(".toast-line")).to_contain_text("Published as number 1.")
    assert Bulletin.objects.get(pk=draft.pk).status == Bulletin.Status.PUBLISHED

    officer = watched(ground.roads_officer)
    officer.visit(f"/bulletins/{draft.pk}/")
    expect(officer.page.locator(".paper")).to_contain_text(OPENING)
    expect(officer.page.locator("textarea")).to_have_count(0)
    for watch in (office, officer):
        assert not watch.faults, watch.told()


def test_the_office_saves_its_filters_and_urges_several_at_once(ground: OfficeData, office: Watch) -> None:
    page, ledger = office.page, f"/inspections/{ground.inspection.code}/ledger/"
    office.visit(f"{ledger}?status=planned&status=in_progress")
    page.locator(".saved-filters summary").click()
    page.locator("#filter-name").fill("Unfinished")
    page.locator(".saved-filters details button").click()
    expect(page.locator(".saved-filters li.is-active")).to_contain_text("Unfinished")

    button = page.locator("#batch button")
    expect(button).to_be_disabled()
    page.locator("[data-batch-all]").check()
    boxes = page.locator("input[name=measure]").count()
    expect(page.locator("[data-batch-count]")).to_have_text(f"{boxes} / {boxes}")
    page.locator("input[name=measure]").first.uncheck()
    expect(page.locator("[data-batch-all]")).not_to_be_checked()
    button.click()
    page.locator(".page-tabs a", has_text="Urge").click()
    page.get_by_role("button", name="Show what will happen").click()
    office.look()
    assert not Urge.objects.exists()
    page.locator("button[name=confirm]").click()
    expect(page.locator("h1")).to_have_text("Results")
    office.look()
    assert Urge.objects.count() == int(page.locator(".figure-tile .tile-figure").first.inner_text()) > 0
    assert not hindrances_at_both_widths(page)

    office.visit(ledger)
    page.locator(".saved-filters li a").click()
    expect(page.locator(".active-filters li")).to_have_count(3)
    page.locator(".saved-filters li button").click()
    expect(page.locator(".toast-line")).to_contain_text("removed")
    expect(page.locator(".saved-filters")).to_have_count(0)
    assert not office.faults, office.told()
