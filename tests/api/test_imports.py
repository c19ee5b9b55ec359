"""Files into the ledger through the API: taken in, looked at, corrected, mapped, confirmed."""

import io
import json
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
import time_machine
from django.db import transaction
from django.test import Client

from accounts.models import Unit
from accounts.services import create_post
from audit.models import Event
from imports.models import Import, StagedRow
from imports.services import imports as imports_service
from issues.models import Inspection, Issue
from issues.services import create_task_force, edit_inspection
from jobs.models import Job
from jobs.services import enqueue
from jobs.tasks import run_job
from measures.models import Measure
from tests.api.client import ApiClient, problem_of
from tests.factories import NOW, Cast, unit, user
from tests.html_pages import NOTICE
from tests.imports.test_correct_reading import MARRED, line_of
from tests.imports.uploads import carried_out, uploaded
from tests.imports.workbook.workbook_files import workbook

pytestmark = pytest.mark.django_db
HEADS = ["具体问题", "整改措施", "责任领导", "牵头单位", "整改时限"]
GOOD = ["路灯不亮", "更换路灯", "Leader", "Roads", "2026年5月底前"]
BAD = ["路口无灯", "安装路灯", "Leader", "Roads", "尽快"]
STRANGE = ["路口无灯", "安装路灯", "王局长", "照明所", "2026年5月底前"]


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def caller(cast: Cast) -> ApiClient:
    return ApiClient(cast.office)


def book(*rows: list[str]) -> bytes:
    return workbook([HEADS, *rows])


def sent(caller: ApiClient, content: bytes | str = NOTICE, name: str = "notice.txt", **data: Any) -> Any:
    content = content.encode() if isinstance(content, str) else content
    return caller.send("imports/", content, name, **(data or {"code": "round-9"}))


def taken(caller: ApiClient, content: bytes | str = NOTICE, name: str = "notice.txt", **data: Any) -> dict[str, Any]:
    answer = sent(caller, content, name, **data)
    assert answer.status_code == 201, answer.content
    told: dict[str, Any] = answer.json()
    assert told == caller.get(f"imports/{told['id']}/").json()
    return told


def done(caller: ApiClient, told: dict[str, Any]) -> dict[str, Any]:
    """Confirm what was looked at, let a worker do it, and follow the job as a program does."""
    answer = caller.post(f"imports/{told['id']}/confirm/", base_seq=told["preview"]["base_seq"])
    assert answer.status_code == 200, answer.content
    assert (answer.json()["job"]["status"], answer.json()["preview"]) == ("queued", None)
    run_job(answer.json()["job"]["id"])
    found: dict[str, Any] = caller.get(f"imports/{told['id']}/").json()
    return found


def test_a_notice_from_the_upload_to_the_ledger(cast: Cast, caller: ApiClient) -> None:
    before = Event.objects.count()
    told = taken(caller)
    preview, outcome = told["preview"], told["preview"]["outcome"]
    assert (told["status"], told["code"], told["inspection"], told["blocked"]) == ("read", "round-9", None, "")
    assert (told["organisation"]["id"], told["kind"], told["size"]) == (
        cast.organisation.pk,
        "text",
        len(NOTICE.encode()),
    )
    names = ("created", "changed", "unchanged", "areas", "categories", "problems", "issues", "measures")
    assert [outcome[name] for name in names] == [4, 0, 0, 2, 2, 2, 3, 4]
    assert (outcome["errors"], outcome["unread"], outcome["absent"]) == ([], [], [])
    assert [area["title"] for area in preview["tree"]] == ["履行职责方面", "作风建设方面"]
    assert told["abilities"] == ["confirm", "correct-reading", "discard", "map-names"]
    assert not Inspection.objects.filter(code="round-9").exists()
    assert Event.objects.filter(verb__startswith="import").count() == 0
    assert Event.objects.count() == before, "a preview writes nothing"

    found = done(caller, told)
    assert (found["status"], found["inspection"], found["abilities"]) == ("applied", "round-9", [])
    assert found["outcome"] == {"created": 4, "changed": 0, "unchanged": 0, "issues": 3, "measures": 4}
    assert caller.get("measures/", inspection="round-9").json()["count"] == 4
    again = taken(caller, inspection="round-9")
    assert [again["preview"]["outcome"][name] for name in ("created", "changed", "unchanged")] == [0, 0, 4]


def test_a_workbook_with_names_that_nobody_knows(cast: Cast, caller: ApiClient) -> None:
    code = cast.inspection.code
    told = taken(caller, book(GOOD, STRANGE), "ledger.xlsx", inspection=code)
    assert told["preview"]["outcome"]["missing"] == {"units": ["照明所"], "leaders": ["王局长"]}
    assert told["preview"]["tree"] == []
    assert [row["text"] for row in told["preview"]["outcome"]["rows"]] == ["更换路灯", "安装路灯"]
    assert told["abilities"][0] == "compare"
    address = f"imports/{told['id']}/map-names/"
    mapped = caller.post(address, units={"照明所": cast.parks.pk}).json()
    assert mapped["preview"]["outcome"]["missing"] == {"units": [], "leaders": ["王局长"]}
    assert done(caller, mapped)["status"] == "applied"
    measure = Measure.objects.get(text="安装路灯")
    assert measure.lead_unit == cast.parks
    assert measure.leader is not None
    assert (measure.leader.name, measure.leader.has_usable_password()) == ("王局长", False)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"units": {"照明所": "closed"}}, "units"),
        ({"units": {"照明所": 999999}}, "units"),
        ({"units": {"Roads": "parks"}}, "units"),
        ({"leaders": {"王局长": "stranger"}}, "leaders"),
        ({"leaders": {"照明所": "leader"}}, "leaders"),
        ({"units": {"照明所": "x"}}, "units"),
        ({"units": ["照明所"]}, "units"),
        ({"organisation": "parks"}, "organisation"),
        ({"posts": {}}, "posts"),
    ],
)
def test_names_that_mean_nobody_here(cast: Cast, caller: ApiClient, wrong: dict[str, Any], field: str) -> None:
    told = taken(caller, book(STRANGE), "ledger.xlsx", inspection=cast.inspection.code)
    closed = unit("Closed", parent=cast.organisation)
    Unit.objects.filter(pk=closed.pk).update(is_active=False)
    rows = {"parks": cast.parks, "leader": cast.leader, "stranger": cast.stranger, "closed": closed}
    keys: dict[Any, Any] = {name: row.pk for name, row in rows.items()}

    def real(value: Any) -> Any:
        return {name: keys.get(key, key) for name, key in value.items()} if isinstance(value, dict) else value

    data = {name: keys.get(value, value) if isinstance(value, str) else real(value) for name, value in wrong.items()}
    problem = problem_of(caller.post(f"imports/{told['id']}/map-names/", **data))
    assert (problem["status"], list(problem["errors"])) == (422, [field])
    assert Import.objects.get().mapping == {}


def test_a_new_inspection_needs_an_organisation_whose_office_one_is(cast: Cast) -> None:
    other = user("Of two offices", role="office", over=cast.organisation)
    other.appointments.create(role="office", unit=cast.stranger.unit)
    caller = ApiClient(other)
    told = taken(caller, NOTICE.replace("青川市水务局党组", "某单位"), code="round-8")
    assert told["organisation"] is None
    address = f"imports/{told['id']}/"
    refused = problem_of(caller.post(f"{address}confirm/", base_seq=0))
    assert (refused["status"], refused["field"]) == (422, "organisation")
    assert problem_of(caller.post(f"{address}map-names/"))["field"] == "organisation"
    assert problem_of(caller.post(f"{address}map-names/", organisation=999999))["status"] == 422
    chosen = caller.post(f"{address}map-names/", organisation=cast.organisation.pk).json()
    assert chosen["organisation"] == {"id": cast.organisation.pk, "name": "Bureau"}
    assert done(caller, chosen)["status"] == "applied"
    assert Inspection.objects.get(code="round-8").organisation == cast.organisation


def test_errors_are_told_by_cell_and_marked_in_the_workbook(cast: Cast, caller: ApiClient) -> None:
    told = taken(caller, book(GOOD, BAD), "ledger.xlsx", inspection=cast.inspection.code)
    (error,) = told["preview"]["outcome"]["errors"]
    assert (error["cell"], error["line"], error["column"]) == ("E3", 3, "整改时限")
    assert "尽快" in error["message"]
    answer = caller.get(f"imports/{told['id']}/marked/")
    marked = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert [cell.coordinate for row in marked["整改台账"] for cell in row if cell.comment] == ["E3"]
    failed = done(caller, told)
    assert (failed["status"], failed["job"]["status"]) == ("read", "failed")
    assert "尽快" in failed["job"]["error"]
    assert "discard" in failed["abilities"]
    assert not Measure.objects.exists()
    right = taken(caller, book(GOOD), "right.xlsx", inspection=cast.inspection.code)
    assert problem_of(caller.get(f"imports/{right['id']}/marked/"))["status"] == 422
    notice = taken(caller)
    assert problem_of(caller.get(f"imports/{notice['id']}/marked/"))["status"] == 404


def test_the_empty_workbook_can_be_filled_in_and_sent_back(cast: Cast, caller: ApiClient) -> None:
    answer = caller.get("imports/template/")
    assert answer["Content-Disposition"].startswith("attachment")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(answer.streaming_content)))
    assert book.active is not None
    assert "整改措施" in {str(cell.value) for row in book.active.iter_rows(max_row=5) for cell in row}
    assert problem_of(ApiClient(cast.roads_officer).get("imports/template/"))["status"] == 403


def test_a_reading_is_corrected_line_by_line(cast: Cast, caller: ApiClient) -> None:
    told = taken(caller, MARRED, inspection=cast.inspection.code)
    address, stray = f"imports/{told['id']}/", line_of(MARRED, "乱码行")
    reading = caller.get(f"{address}reading/").json()
    (line,) = [each for each in reading["lines"] if each["key"] == stray]
    assert (line["text"], line["said"]) == ("乱码行XYZ", "")
    assert line["doubts"]
    assert {"issue", "above", "furniture"} <= set(reading["kinds"])
    corrected = caller.post(f"{address}correct-reading/", lines={stray: "issue"}).json()
    (line,) = [each for each in corrected["lines"] if each["key"] == stray]
    assert (line["kind"], line["said"]) == ("issue", "issue")
    assert caller.get(address).json()["preview"]["outcome"]["issues"] == 4
    assert corrected["layout"] == Import.objects.get().corrections["layout"], "the layout that was shown is kept"
    assert caller.post(f"{address}correct-reading/", lines={stray: ""}).json()["lines"] == reading["lines"]
    assert done(caller, caller.get(address).json())["status"] == "applied"
    assert problem_of(caller.get(f"{address}reading/"))["status"] == 404
    assert problem_of(caller.post(f"{address}correct-reading/", lines={stray: "issue"}))["status"] == 422


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"lines": {"1": "poem"}}, "lines"),
        ({"lines": {"99999": "issue"}}, "lines"),
        ({"lines": {"99999": "above"}}, "lines"),
        ({"lines": ["1"]}, "lines"),
        ({"layout": "L99"}, "layout"),
        ({"text": "x"}, "text"),
    ],
)
def test_a_correction_that_is_none(cast: Cast, caller: ApiClient, data: dict[str, Any], field: str) -> None:
    told = taken(caller, MARRED, inspection=cast.inspection.code)
    problem = problem_of(caller.post(f"imports/{told['id']}/correct-reading/", **data))
    assert (problem["status"], list(problem["errors"])) == (422, [field])
    assert Import.objects.get().corrections == {}


def test_a_workbook_is_compared_again_after_the_ledger_has_changed(cast: Cast, caller: ApiClient) -> None:
    told = taken(caller, book(GOOD), "ledger.xlsx", inspection=cast.inspection.code)
    edit_inspection(inspection=cast.inspection, values={"title": "Another title"}, by=cast.office, at=NOW)
    create_task_force(inspection=cast.inspection, name="Lamps", by=None, at=NOW)
    assert caller.get(f"imports/{told['id']}/").json()["preview"]["is_outdated"] is True
    compared = caller.post(f"imports/{told['id']}/compare/").json()
    assert compared["preview"]["is_outdated"] is False
    assert compared["preview"]["base_seq"] > told["preview"]["base_seq"]
    assert done(caller, compared)["status"] == "applied"


def test_a_preview_that_is_old_writes_nothing(cast: Cast, caller: ApiClient) -> None:
    cast.measure()
    told = taken(caller, inspection=cast.inspection.code)
    create_task_force(inspection=cast.inspection, name="Lamps", by=None, at=NOW)
    failed = done(caller, told)
    assert (failed["status"], failed["job"]["status"]) == ("read", "failed")
    assert "The ledger has changed since the preview." in failed["job"]["error"]
    assert Measure.objects.count() == 1


def test_a_large_workbook_is_read_by_a_job(cast: Cast, caller: ApiClient, monkeypatch: Any) -> None:
    monkeypatch.setattr(imports_service, "SMALL", 10)
    told = taken(caller, book(GOOD), "ledger.xlsx", inspection=cast.inspection.code)
    assert (told["job"]["status"], told["preview"], told["abilities"]) == ("queued", None, ["discard"])
    for verb, data in (("compare", {}), ("confirm", {"base_seq": 0})):
        assert problem_of(caller.post(f"imports/{told['id']}/{verb}/", **data))["status"] == 422
    run_job(told["job"]["id"])
    found = caller.get(f"imports/{told['id']}/").json()
    assert (found["job"]["status"], found["preview"]["outcome"]["created"]) == ("done", 1)
    assert done(caller, found)["status"] == "applied"
    assert Job.objects.count() == 2


def test_it_is_confirmed_once_and_discarded_for_good(cast: Cast, caller: ApiClient) -> None:
    told = taken(caller, inspection=cast.inspection.code)
    address = f"imports/{told['id']}/"
    assert caller.post(f"{address}confirm/", base_seq=0).status_code == 200
    again = problem_of(caller.post(f"{address}confirm/", base_seq=0))
    assert (again["status"], again["code"]) == (422, "refused")
    assert Job.objects.count() == 1
    other = taken(caller, book(GOOD), "ledger.xlsx", inspection=cast.inspection.code)
    assert caller.post(f"imports/{other['id']}/discard/").json()["status"] == "discarded"
    assert not StagedRow.objects.exists()
    for verb, data in (("discard", {}), ("confirm", {"base_seq": 0}), ("compare", {}), ("map-names", {})):
        assert problem_of(caller.post(f"imports/{other['id']}/{verb}/", **data))["status"] == 422, verb
    assert problem_of(caller.post(f"{address}compare/"))["status"] == 422, "a notice is not compared"


def test_what_hinders_a_preview_is_told(cast: Cast, caller: ApiClient) -> None:
    told = taken(caller)
    Inspection.objects.filter(pk=cast.inspection.pk).update(code="round-9")
    found = caller.get(f"imports/{told['id']}/").json()
    assert (found["preview"], found["blocked"]) == (None, "An inspection with this code already exists.")
    for verb, data in (("map-names", {}), ("confirm", {"base_seq": 0})):
        assert problem_of(caller.post(f"imports/{told['id']}/{verb}/", **data))["status"] == 422, verb
    assert not Job.objects.exists()


def test_what_was_confirmed_is_not_mapped_any_more(cast: Cast, caller: ApiClient) -> None:
    told = taken(caller, inspection=cast.inspection.code)
    assert caller.post(f"imports/{told['id']}/confirm/", base_seq=0).status_code == 200
    assert problem_of(caller.post(f"imports/{told['id']}/map-names/"))["status"] == 422


def test_a_workbook_that_was_not_read_is_not_confirmed_and_keeps_its_reason(cast: Cast, caller: ApiClient) -> None:
    told = taken(caller, book(GOOD), "ledger.xlsx", inspection=cast.inspection.code)
    failed = enqueue(job_type=imports_service.WORK, arguments={}, title="Read", by=cast.office, at=NOW)
    Job.objects.filter(pk=failed.pk).update(status="failed", error="The disk was full.")
    Import.objects.filter(pk=told["id"]).update(preview=None, job=failed)
    answer = problem_of(caller.post(f"imports/{told['id']}/confirm/", base_seq=0))
    assert (answer["status"], answer["detail"]) == (422, "The disk was full.")
    assert Import.objects.get(pk=told["id"]).job == failed


def trail_of(code: str) -> list[tuple[Any, ...]]:
    """What the import of an inspection leaves, rows and events, without their numbers."""
    events = Event.objects.filter(chain__key=Inspection.objects.get(code=code).chain).order_by("seq")
    told = [(event.verb, event.kind, event.actor_label, json.loads(event.text)["data"]) for event in events]
    plain = [(*rest, {name: value for name, value in data.items() if name != "organisation"}) for *rest, data in told]
    issues = Issue.objects.filter(inspection__code=code).order_by("sort_key").values_list("code", "text", "status")
    return [*plain, *issues]


def test_the_api_and_the_page_leave_the_same_rows_and_events(cast: Cast, caller: ApiClient, page_of: Any) -> None:
    found = []
    for way in ("api", "page"):
        with transaction.atomic():
            create_post(name="王局长", organisation=cast.organisation, by=None, at=NOW)
            if way == "api":
                done(caller, taken(caller))
            else:
                page: Client = page_of(cast.office)
                carried_out(page, uploaded(page))
            found.append(trail_of("round-9"))
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert [row[0] for row in found[0]][0] == "create_inspection"
    assert "import_notice" in [row[0] for row in found[0]]
