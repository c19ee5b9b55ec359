"""A filtered list as a file: exactly the rows that the person sees, harmless in any office program."""

import csv
import gc
import io
import tracemalloc
from typing import Any

import openpyxl
import pytest
import time_machine

from files.services import read_whole
from jobs.models import Job
from jobs.tasks import run_job
from measures.models import Measure
from tests.api.client import ApiClient
from tests.factories import NOW, TODAY, Cast, issue, measure
from tests.test_visible_lists import SEEN
from tests.two_units import TwoUnits

pytestmark = pytest.mark.django_db
FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", '=HYPERLINK("http://x")', 'plain, with "quotes"\nand lines']


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def asked(person: Any, **sent: Any) -> Job:
    """Ask for a file, let a worker write it, and follow the job to its end as a program does."""
    caller = ApiClient(person)
    answer = caller.post("exports/", **sent)
    assert answer.status_code == 202, answer.content
    run_job(answer.json()["id"])
    told = caller.client.get(answer["Location"]).json()
    assert (told["status"], told["has_file"]) == ("done", True), told["reason"]
    return Job.objects.get(pk=told["id"])


def table(job: Job) -> list[dict[str, str]]:
    assert job.result_file is not None
    return list(csv.DictReader(io.StringIO(read_whole(file=job.result_file).decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("who", ["office", "roads_officer", "parks_officer", "member", "stranger"])
def test_a_file_holds_what_the_person_sees_and_no_more(place: TwoUnits, who: str) -> None:
    rows = table(asked(getattr(place, who), list="measures", query="fields=id,text"))
    assert {row["text"] for row in rows} == {place.measures[name].text for name in SEEN.get(who, set())}


def test_a_file_holds_what_the_filters_leave_in_the_order_of_the_list(place: TwoUnits) -> None:
    caller = ApiClient(place.office)
    for query in ("overdue=true", f"unit={place.parks.pk}&status=planned", "q=lindens"):
        expected = [str(row["id"]) for row in caller.client.get(f"/api/v1/measures/?{query}").json()["results"]]
        assert expected
        assert [row["id"] for row in table(asked(place.office, list="measures", query=query))] == expected


def test_what_changed_before_the_work_began_is_as_it_is_then(place: TwoUnits) -> None:
    answer = ApiClient(place.roads_officer).post("exports/", list="measures", query="fields=id")
    place.roads_officer.appointments.all().delete()
    run_job(answer.json()["id"])
    assert table(Job.objects.get(pk=answer.json()["id"])) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_no_cell_is_a_formula(cast: Cast, kind: str) -> None:
    for text in FORMULAS:
        cast.measure(text=text, supporting_units=[cast.parks])
    job = asked(
        cast.office, list="measures", query="fields=text,lead_unit,supporting_units,deadline,is_overdue", format=kind
    )
    assert job.result_file is not None
    assert job.result_file.name == f"measures-{TODAY}.{kind}"
    if kind == "csv":
        rows = table(job)
        assert [row["text"].removeprefix("'") for row in rows] == FORMULAS
        assert not [row["text"] for row in rows if row["text"].startswith(("=", "+", "-", "@", "\t"))]
    else:
        sheet = openpyxl.load_workbook(io.BytesIO(read_whole(file=job.result_file))).active
        assert sheet is not None
        cells = [row[0] for row in sheet.iter_rows(min_row=2)]
        assert [cell.value for cell in cells] == FORMULAS
        assert {cell.data_type for cell in cells} == {"s"}
        assert [cell.value for cell in sheet[2]][1:4] == ["Roads", cast.roads.pk, "Parks"]


@pytest.mark.parametrize("name", ["issues", "units", "jobs", "evidence", "inspections", "events"])
def test_other_lists_too(place: TwoUnits, name: str) -> None:
    person = place.auditor if name == "events" else place.office
    count = ApiClient(person).get(f"{name}/").json()["count"]
    rows = table(asked(person, list=name))
    assert len(rows) == count + (name == "jobs")  # the job of the file itself
    assert rows


TEXT = "Fill the holes. " * 60


def many(cast: Cast, count: int) -> None:
    """So many measures of one more issue, each with some text."""
    first = measure(issue(cast.inspection), lead_unit=cast.roads, leader=cast.leader)
    fields = {"inspection": cast.inspection, "issue": first.issue, "leader": cast.leader, "lead_unit": cast.roads}
    Measure.objects.bulk_create(
        Measure(
            position=n,
            code=f"{first.code}-{n:06}",
            sort_key=f"{first.sort_key}{n:06}",
            text="Fill the holes. " * 60,
            **fields,
        )
        for n in range(2, count + 1)  # the first is there already
    )


def held_by(cast: Cast, monkeypatch: Any) -> int:
    """Most bytes that were held after any piece of the work; what only waits for the collector is none of them."""
    held: list[int] = []

    def told(**_said: Any) -> None:
        gc.collect()
        held.append(tracemalloc.get_traced_memory()[0])

    monkeypatch.setattr("rectify.tasks.advance", told)
    tracemalloc.start()
    try:
        asked(cast.office, list="measures", format="csv")
    finally:
        tracemalloc.stop()
    return max(held)


@pytest.mark.once
def test_memory_does_not_grow_with_the_list(cast: Cast, monkeypatch: Any) -> None:
    """Four times the rows, three megabytes of text more: held as a whole it would show."""
    many(cast, 1000)
    few = held_by(cast, monkeypatch)
    many(cast, 3000)
    assert ApiClient(cast.office).get("measures/").json()["count"] == 4000
    assert held_by(cast, monkeypatch) < few + 1024 * 1024
