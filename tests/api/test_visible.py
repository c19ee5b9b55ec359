"""What each person gets from the API: every list, count, filter and row, for persons who must not see each other."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from issues.models import Issue
from measures.models import Evidence, EvidenceVersion, Measure, ProgressReport
from signoffs.models import Application
from signoffs.services.manifests import hash_of, manifest_of_measure
from signoffs.services.review_steps import review_steps_of
from tests.api.client import ApiClient
from tests.factories import NOW, claim, evidence, inspection, issue, measure, problem, sign_off, stored
from tests.test_visible_lists import AREA_OF, FILTERS, ISSUE_OF, SEEN, filled
from tests.two_units import TwoUnits

pytestmark = pytest.mark.django_db
NOBODY = ["stranger", "auditor", "system_admin", "superuser"]
EVERYBODY = [*SEEN, *NOBODY]
AREAS = {"roads": "Area 1", "parks": "Area 2", "both": "Area 3"}


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def traced(place: TwoUnits) -> TwoUnits:
    """The place, with evidence, a report, a milestone and an application at every measure that has a unit at work."""
    for name in ("roads", "parks", "both", "nursery"):
        row = place.measures[name]
        by = place.roads_officer if row.lead_unit == place.roads else place.parks_officer
        evidence(row, by=by, name=f"evidence of {name}.txt")
        ProgressReport.objects.create(measure=row, text=f"Report of {name}", by=by, unit=by.unit, at=NOW)
        row.milestones.create(position=1, title=f"Stage of {name}", due_on=NOW.date())
        _apply(row, by)
    on_issue = Evidence.objects.create(inspection=place.inspection, issue=place.issues["roads"], position=99)
    file = stored(b"Of the issue", name="evidence of the issue roads.txt")
    EvidenceVersion.objects.create(evidence=on_issue, number=1, file=file, by=place.roads_officer, at=NOW)
    claim(place.issues["parks"], words="Pruned, says the notice")
    return place


def _apply(row: Measure, by: Any) -> None:
    statement = f"Statement of {row.text}"
    manifest, chain = manifest_of_measure(row, statement=statement), review_steps_of(row.inspection)
    Application.objects.create(
        inspection=row.inspection,
        issue=row.issue,
        measure=row,
        review_steps=chain,
        review_step_count=len(chain),
        statement=statement,
        manifest=manifest,
        manifest_sha256=hash_of(manifest),
        applicant=by,
        unit=by.unit,
        applied_at=NOW,
    )


def seen_by(who: str) -> set[str]:
    return SEEN.get(who, set())


def caller_of(place: TwoUnits, who: str) -> ApiClient:
    return ApiClient(getattr(place, who))


@pytest.mark.parametrize("who", EVERYBODY)
def test_measures_and_what_hangs_on_them(traced: TwoUnits, who: str) -> None:
    caller, seen = caller_of(traced, who), seen_by(who)
    keys = {traced.measures[name].pk for name in seen}
    traces = keys - {traced.measures["verges"].pk}
    assert caller.ids("measures") == keys
    assert {row["measure"] for row in caller.rows("milestones")} == traces
    assert {row["measure"] for row in caller.rows("progress-reports")} == traces
    assert {row["measure"] for row in caller.rows("evidence")} - {None} == traces
    assert {row["measure"] for row in caller.rows("applications")} - {None} == traces
    asked = {traced.measures[name].pk for name in ("roads", "parks")}
    assert {row["measure"] for row in caller.rows("extensions")} == traces & asked


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_stands_above_the_measures(traced: TwoUnits, who: str) -> None:
    caller = caller_of(traced, who)
    issues = {ISSUE_OF[name] for name in seen_by(who)}
    assert caller.ids("issues") == {traced.issues[name].pk for name in issues}
    titles = {AREA_OF[name] for name in issues}
    assert {row["title"] for row in caller.rows("areas")} == titles
    problems = {traced.issues[name].problem for name in issues}
    assert caller.ids("problems") == {each.pk for each in problems}
    assert caller.ids("categories") == {each.category_id for each in problems}
    inspections = {traced.inspection.code} if seen_by(who) else set()
    assert {row["code"] for row in caller.rows("inspections")} == inspections


@pytest.mark.parametrize("who", EVERYBODY)
def test_an_application_for_an_issue_and_evidence_of_it_are_seen_with_the_issue(traced: TwoUnits, who: str) -> None:
    caller = caller_of(traced, who)
    issues = {ISSUE_OF[name] for name in seen_by(who)}
    claims = [row for row in caller.rows("applications") if row["origin"] == "imported"]
    assert len(claims) == ("parks" in issues)
    own = {row["issue"] for row in caller.rows("evidence") if row["measure"] is None}
    there = set(Evidence.objects.filter(measure=None).values_list("issue", flat=True))
    assert traced.issues["roads"].pk in there
    assert own == there & {traced.issues[name].pk for name in issues}


@pytest.mark.parametrize("who", EVERYBODY)
def test_what_is_not_in_the_list_is_not_found_by_its_address(traced: TwoUnits, who: str) -> None:
    caller = caller_of(traced, who)
    rows = {
        "measures": Measure.objects,
        "issues": Issue.objects,
        "evidence": Evidence.objects,
        "applications": Application.objects,
        "progress-reports": ProgressReport.objects,
    }
    for name, everything in rows.items():
        seen = caller.ids(name)
        for pk in everything.values_list("pk", flat=True):
            assert caller.get(f"{name}/{pk}/").status_code == (200 if pk in seen else 404), (name, pk)


@pytest.mark.parametrize("who", ["inspector", "roads_officer", "parks_officer", "member", "stranger"])
def test_no_word_of_others_is_in_any_answer(traced: TwoUnits, who: str) -> None:
    caller, seen = caller_of(traced, who), seen_by(who)
    names = ["measures", "issues", "areas", "categories", "problems", "milestones", "progress-reports", "evidence"]
    names += ["applications", "decisions", "extensions", "jobs", "inspections"]
    answers = [json.dumps(caller.rows(name), ensure_ascii=False) for name in names]
    answers += [
        caller.get(f"{name}/{pk}/").content.decode()
        for name in ("measures", "issues", "evidence", "applications")
        for pk in caller.ids(name)
    ]
    said = "\n".join(answers)
    for name in set(traced.measures) - seen:
        row = traced.measures[name]
        words = [row.text, f"Reason of {row.leader}", f"Report of {name}", f"Stage of {name}", f"evidence of {name}"]
        assert [word for word in words if word in said] == [], name
    for name in set(traced.issues) - {ISSUE_OF[name] for name in seen}:
        assert traced.issues[name].text not in said


@pytest.mark.parametrize("query", list(FILTERS))
def test_the_filters_of_the_ledger_give_the_same_rows(place: TwoUnits, query: str) -> None:
    for who in ("inspector", "roads_officer", "parks_officer", "member"):
        answer = caller_of(place, who).client.get(f"/api/v1/measures/?{filled(place, query)}")
        expected = {place.measures[name].pk for name in seen_by(who) & set(FILTERS[query].split())}
        assert {row["id"] for row in answer.json()["results"]} == expected, who
        assert answer.json()["count"] == len(expected)


@pytest.mark.parametrize("who", ["roads_officer", "parks_officer", "inspector"])
def test_filters_by_rows_that_are_not_seen_say_nothing(traced: TwoUnits, who: str) -> None:
    """An unknown number and one that is hidden give the same answer."""
    caller, seen = caller_of(traced, who), seen_by(who)
    for name in traced.measures:
        row = traced.measures[name]
        for what in ("milestones", "progress-reports", "extensions", "evidence", "applications"):
            found = caller.ids(what, measure=row.pk)
            if name not in seen:
                assert found == caller.ids(what, measure=999999) == set(), (what, name)
        if ISSUE_OF[name] not in {ISSUE_OF[each] for each in seen}:
            assert caller.ids("issues", area=row.issue.problem.category.area_id) == set()
            assert caller.ids("problems", category=row.issue.problem.category_id) == set()


def test_the_manifest_of_a_closing_is_read_by_who_sees_all_its_measures(place: TwoUnits) -> None:
    """It names the measures of every unit; the application itself is seen with the issue."""
    under = issue(place.inspection, under=problem(place.inspection, area=4), lead_unit=place.roads)
    measures = [measure(under, lead_unit=unit, status="submitted") for unit in (place.roads, place.parks)]
    for row in measures:
        sign_off(row)
    made = Application.objects.create(
        inspection=place.inspection,
        issue=under,
        completion="done",
        review_steps=review_steps_of(place.inspection),
        review_step_count=2,
        statement="All is done and checked.",
        manifest=json.dumps({"applications": [row.code for row in measures]}),
        manifest_sha256="0" * 64,
        applicant=place.roads_officer,
        applied_at=NOW,
    )
    whole = {
        who: caller_of(place, who).get(f"applications/{made.pk}/").json()["manifest"] for who in SEEN if who != "member"
    }
    assert {who for who, manifest in whole.items() if manifest is None} == {
        "roads_officer",
        "roads_head",
        "parks_officer",
    }
    assert whole["office"] == {"applications": [row.code for row in measures]}


@pytest.mark.parametrize("who", EVERYBODY)
def test_units_and_people_are_those_of_ones_own_organisation(place: TwoUnits, who: str) -> None:
    caller = caller_of(place, who)
    own = {place.organisation.pk, place.roads.pk, place.parks.pk}
    theirs = {place.stranger.unit.pk}
    expected = {"stranger": theirs, "member": set(), "system_admin": own | theirs, "superuser": own | theirs}
    assert caller.ids("units") == expected.get(who, own)
    people = caller.rows("users")
    names = {row["name"] for row in people}
    assert ("Roads officer" in names) == (who not in {"stranger", "member"})
    assert ("Stranger" in names) == (who in {"stranger", "system_admin", "superuser"})
    assert all(set(row) == {"id", "name", "unit", "is_active"} for row in people), "no log-ins, no roles"
    assert getattr(place, who).name in names


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_trail_is_read_by_the_auditor_alone(place: TwoUnits, who: str) -> None:
    caller = caller_of(place, who)
    answer = caller.get("events/")
    assert answer.status_code == (200 if who == "auditor" else 403)
    if who == "auditor":
        rows = caller.rows("events", chain=place.inspection.chain)
        assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
        assert rows[0]["verb"] == "create_inspection"
        assert {row["chain"] for row in caller.rows("events", after_seq=1)} <= {place.inspection.chain, "accounts"}


def test_the_auditor_of_one_bureau_does_not_read_the_trail_of_another(place: TwoUnits) -> None:
    other = measure(issue(_inspection_of_others(place))).inspection
    auditor = caller_of(place, "auditor")
    assert auditor.rows("events", chain=other.chain) == []
    assert all(row["chain"] != other.chain for row in auditor.rows("events"))


def _inspection_of_others(place: TwoUnits) -> Any:
    return inspection(place.stranger.unit)


@pytest.mark.parametrize("who", ["office", "group", "roads_officer"])
def test_jobs_are_ones_own(place: TwoUnits, who: str) -> None:
    titles = {row["title"] for row in caller_of(place, who).rows("jobs")}
    assert ("Job failed" in titles) == (who == "office")
