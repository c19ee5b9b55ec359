"""A notice through the pages: upload, preview, confirm, the work, the ledger; and everything that may go wrong."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Role, Unit, User
from accounts.services import create_post
from files.models import StoredFile
from imports.models import Import
from imports.services import imports as imports_service
from issues.models import Inspection
from issues.services import edit_inspection
from jobs.models import Job
from jobs.tasks import run_job
from measures.models import Measure
from readers.tree import AreaNode, CategoryNode, IssueNode, MeasureNode, ProblemNode, Reading
from signoffs.models import Application
from tests.factories import NOW, Cast, user
from tests.html_pages import NOTICE, Page, everything, followed
from tests.imports.uploads import address, carried_out, confirm, ledger_rows, shown, upload, uploaded

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
STALE = "The ledger has changed since the preview. Look at the preview again, then confirm."
TAKEN = "An inspection with this code already exists."


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(cast: Cast, page_of: PageOf) -> Client:
    return page_of(cast.office)


def test_from_the_upload_to_the_ledger(cast: Cast, page: Client) -> None:
    before = ledger_rows()
    source = uploaded(page)
    preview = shown(page, source)
    tiles = {label: (tile.figure, tile.of) for label, tile in preview.tiles().items()}
    assert {label: figure for label, (figure, _of) in tiles.items()} == {
        "areas": 2,
        "categories": 2,
        "problems": 2,
        "issues": 3,
        "measures": 4,
    }
    assert "/" not in " ".join(preview.texts("//*[@class='tile-figure']")), "the text claims no number"
    told = preview.text()
    assert "4 measures are created." in told
    assert "0 measures are changed." in told
    assert "The text says of its issues: done 2, basically done 0, not done 1; to be kept up 1." in told
    assert "Every line of the file was understood." in told
    assert preview.texts("//details[@class='issue-read']/summary")[0].startswith("1-1-1-01 城东片区管网漏损率偏高")
    assert len(preview.tree.xpath("//details[@class='issue-read']/ol/li")) == 4
    assert preview.texts("//details/summary/strong") == ["(一) 履行职责方面", "(二) 作风建设方面"]
    assert ledger_rows() == before, "a preview writes nothing"

    done = carried_out(page, source)
    counts = {label: tile.figure for label, tile in done.tiles().items()}
    assert counts == {"measures created": 4, "measures changed": 0, "measures unchanged": 0}
    inspection = Inspection.objects.get(code="round-9")
    assert inspection.organisation == cast.organisation
    ledger = Page(page.get(done.one("//main//a[contains(., 'To the ledger')]/@href")))
    assert ledger.counted() == (3, 4)
    assert ledger.listed() == list(Measure.objects.order_by("sort_key").values_list("text", flat=True))
    assert list(Application.objects.claims().order_by("source_line").values_list("completion", flat=True)) == [
        "done",
        "not_done",
        "done",
    ]
    recent = Page(page.get(reverse("import_list"))).table("File")
    assert [row[:3] for row in recent] == [["notice.txt", inspection.title, "applied"]]


def test_while_it_waits_the_page_shows_how_far_it_is(page: Client) -> None:
    source = uploaded(page)
    confirm(page, source)
    assert "No worker is responding." in shown(page, source).text()
    assert shown(page, source).tree.xpath("//div[@class='job-progress']/@hx-get") == [
        reverse("job_progress", args=[Job.objects.get().pk])
    ]


def test_a_second_click_asks_for_nothing_more(page: Client) -> None:
    source = uploaded(page)
    before = shown(page, source).typed("base_seq")
    confirm(page, source)
    asked = everything()
    again = page.post(address(source, "confirm_import"), {"base_seq": before})
    assert (again.status_code, again["Location"]) == (302, address(source))
    assert everything() == asked
    run_job(Job.objects.get().pk)
    applied = everything()
    late = followed(page, address(source, "confirm_import"), {"base_seq": before})
    assert late.toasts() == ["This import has already been applied or discarded."]
    assert followed(page, address(source, "discard_import")).toasts() == [
        "This step is not possible from the current state."
    ]
    assert everything() == applied


def test_lines_that_were_not_understood_are_shown_with_their_numbers(cast: Cast, page: Client) -> None:
    lines = NOTICE.splitlines()
    lines[15:15] = ["", "(3)", "xyzzy 123"]
    preview = shown(page, uploaded(page, "\n".join(lines)))
    unread = preview.tree.xpath("//ol[@class='text-lines']/li")
    assert [(int(line.get("value")), line.text) for line in unread] == [(17, "(3)"), (18, "xyzzy 123")]
    assert "2 lines were not understood" in preview.text()


def test_the_same_notice_again_changes_nothing(page: Client) -> None:
    carried_out(page, uploaded(page))
    before, inspection = ledger_rows(), Inspection.objects.get(code="round-9")
    again = uploaded(page, inspection=inspection.pk)
    told = shown(page, again).text()
    assert "0 measures are created." in told
    assert "4 measures stay as they are." in told
    done = carried_out(page, again)
    counts = {label: tile.figure for label, tile in done.tiles().items()}
    assert counts == {"measures created": 0, "measures changed": 0, "measures unchanged": 4}
    assert ledger_rows() == before


def test_what_the_file_lacks_is_told_and_stays(page: Client) -> None:
    carried_out(page, uploaded(page))
    shorter = NOTICE.replace("二是建立漏损监测制度,每周通报。", "二是每月检查漏损。")
    again = uploaded(page, shorter, inspection=Inspection.objects.get(code="round-9").pk)
    told = shown(page, again).text()
    assert "1 measure is created." in told
    assert "1 row of the ledger is not in the file; it stays as it is." in told
    carried_out(page, again)
    assert Measure.objects.filter(status="planned").count() == 5


# Names: a notice names no units or leaders, a plan does; the reader of plans gives the same kind of tree.


def plan(**measure: Any) -> Reading:
    node = MeasureNode(text="Repair the roof", deadline=date(2026, 5, 1), line=7, **measure)
    issue = IssueNode(text="The roof leaks", leader="Director Wu", measures=[node], line=5)
    return Reading(title="Plan", areas=[AreaNode(categories=[CategoryNode(problems=[ProblemNode(issues=[issue])])])])


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[[Reading], None]:
    """Whatever is uploaded is understood as this."""
    return lambda reading: monkeypatch.setattr(imports_service, "read", lambda _data, **_name: reading)


NAMED = {"leader": "Director Wu", "lead_unit": "Road section", "supporting_units": ["Parks", "Garden section"]}


def test_unknown_names_are_mapped_or_made(cast: Cast, page: Client, reads: Callable[[Reading], None]) -> None:
    reads(plan(**NAMED))
    post = create_post(name="Deputy head", organisation=cast.organisation, by=None, at=NOW)
    source = uploaded(page, inspection=cast.inspection.pk)
    preview = shown(page, source)
    labels = [words.removesuffix(" *") for words in preview.texts("//main//form//label")]
    assert labels == ["Unit “Road section”", "Unit “Garden section”", "Leader “Director Wu”"], "Parks is known"
    assert cast.stranger.name not in preview.choices("leader_0")
    carried_out(page, source, unit_0=cast.roads.pk, leader_0=post.pk)
    measure, made = Measure.objects.get(), Unit.objects.get(name="Garden section")
    assert (measure.lead_unit, measure.leader, measure.issue.leader) == (cast.roads, post, post)
    assert set(measure.supporting_units.all()) == {cast.parks, made}
    assert made.parent == cast.organisation
    assert not Unit.objects.filter(name="Road section").exists()
    assert not User.objects.filter(name="Director Wu").exists()


def test_a_leader_who_is_made_is_a_post_that_cannot_log_in(
    cast: Cast, page: Client, reads: Callable[[Reading], None]
) -> None:
    reads(plan(leader="Director Wu", lead_unit="Roads"))
    carried_out(page, uploaded(page, inspection=cast.inspection.pk))
    made = User.objects.get(name="Director Wu")
    assert (made.unit, made.has_usable_password()) == (cast.organisation, False)
    assert Measure.objects.get().leader == made


def test_choices_outlive_a_failure(cast: Cast, page: Client, reads: Callable[[Reading], None]) -> None:
    """The ledger changed after the first confirming: what was mapped then is not made anew by the second."""
    cast.issue()
    reads(plan(leader="Director Wu", lead_unit="Road section"))
    source = uploaded(page, inspection=cast.inspection.pk)
    confirm(page, source, unit_0=cast.roads.pk, leader_0=cast.leader.pk)
    edit_inspection(inspection=cast.inspection, values={"title": "Changed"}, by=cast.office, at=NOW)
    run_job(Job.objects.latest("id").pk)
    preview = shown(page, source)
    assert STALE in preview.text()
    assert "Names that are not known yet" not in preview.text()
    carried_out(page, source)
    measure = Measure.objects.get()
    assert (measure.lead_unit, measure.leader) == (cast.roads, cast.leader)
    assert not Unit.objects.filter(name="Road section").exists()


def test_a_plan_that_breaks_a_rule_is_told_line_by_line_and_cannot_be_confirmed(
    cast: Cast, page: Client, reads: Callable[[Reading], None]
) -> None:
    reads(plan(leader="Leader", lead_unit="Roads", mode="staged"))
    source = uploaded(page, inspection=cast.inspection.pk)
    preview = shown(page, source)
    assert preview.texts("//div[@role='alert']/ul/li") == ["Line 7: A staged measure needs at least one milestone."]
    assert preview.texts("//form//button[contains(@class, 'btn-primary')]") == []
    before = ledger_rows()
    page.post(address(source, "confirm_import"), {"base_seq": preview.typed("base_seq")})
    run_job(Job.objects.get().pk)
    assert "Nothing was written: A staged measure needs at least one milestone." in shown(page, source).text()
    assert ledger_rows() == before


# A new inspection


def test_who_keeps_several_organisations_chooses_one(cast: Cast, page_of: PageOf) -> None:
    city = Unit.objects.create(name="City", path="/c/")
    both = user(role=Role.OFFICE, over=cast.organisation)
    both.appointments.create(role=Role.OFFICE, unit=city)
    client = page_of(both)
    source = uploaded(client)
    assert shown(client, source).choices("organisation") == ["City", "Bureau", "Roads", "Parks"]
    wrong = Page(confirm(client, source))
    assert (wrong.status, wrong.errors()) == (422, {"organisation": "This field is required."})
    assert not Job.objects.exists()
    foreign = Page(confirm(client, source, organisation=cast.stranger.unit.pk))
    assert (foreign.status, list(foreign.errors())) == (422, ["organisation"])
    carried_out(client, source, organisation=city.pk)
    assert Inspection.objects.get(code="round-9").organisation == city


@pytest.mark.parametrize("code", ["Round-9", "round_9", "-round", "round 9", "圈"])
def test_a_code_that_no_address_can_bear_is_told_at_its_field(page: Client, code: str) -> None:
    answer = Page(upload(page, code=code))
    assert (answer.status, list(answer.errors())) == (422, ["code"])
    assert answer.typed("code") == code
    assert not Import.objects.exists()


def test_where_it_belongs_has_to_be_said_and_only_once(cast: Cast, page: Client) -> None:
    mine, taken = cast.inspection.pk, cast.inspection.code
    for fields in ({}, {"inspection": mine, "code": "round-9"}, {"code": taken}):
        answer = Page(upload(page, **fields))
        assert (answer.status, list(answer.errors())) == (422, ["code"]), fields
    assert not Import.objects.exists()
    assert not StoredFile.objects.exists()


def test_a_code_that_was_taken_meanwhile_is_told_and_nothing_of_that_ledger_is_shown(
    cast: Cast, page: Client, page_of: PageOf
) -> None:
    source = uploaded(page)
    carried_out(page_of(cast.stranger), uploaded(page_of(cast.stranger)))
    before = ledger_rows()
    hindered = shown(page, source)
    assert (hindered.status, hindered.text("//main//p[@role='alert']")) == (200, TAKEN)
    assert hindered.tree.xpath("//form[contains(@class, 'confirm-step')]") == []
    assert followed(page, address(source, "confirm_import"), {"base_seq": "0"}).toasts() == [TAKEN]
    assert ledger_rows() == before
    followed(page, hindered.one("//main//form/@action"))
    source.refresh_from_db()
    assert source.status == "discarded"
