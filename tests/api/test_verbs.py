"""What the verbs of the API do, and how they say no: problem documents that a program can read."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from issues.models import Issue
from measures.models import Extension, Measure
from signoffs.models import Application, Decision
from tests.api.client import ApiClient, problem_of
from tests.factories import NOW, TODAY
from tests.measures.trail_checks import event, rows
from tests.signoffs.review_setup import CLOSING, GROUND, REASON, STATEMENT, Review, give_back

pytestmark = pytest.mark.django_db
LATER_DAY = TODAY + timedelta(days=90)


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Any:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def done(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    told: dict[str, Any] = answer.json()
    return told


def test_one_measure_walks_from_planned_to_signed_off(review: Review) -> None:
    under = review.issue(lead_unit=review.roads, leader=review.leader)
    measure = review.measure(issue=under, stages=[("Half of it", TODAY)])
    address = f"measures/{measure.pk}"
    officer, office, group = (ApiClient(person) for person in (review.roads_officer, review.office, review.group))
    assert "start" in officer.get(f"{address}/").json()["abilities"]
    assert done(officer.post(f"{address}/start/"))["status"] == "in_progress"
    stage = measure.milestones.get()
    done(officer.post(f"{address}/report-progress/", text="Half is done.", reached=[stage.pk]))
    stage.refresh_from_db()
    assert stage.reached_on == TODAY
    assert officer.rows("progress-reports", measure=measure.pk)[0]["text"] == "Half is done."
    review.prove(measure, at=NOW + timedelta(minutes=1))
    assert done(officer.post(f"{address}/apply/", statement=STATEMENT))["status"] == "submitted"
    (made,) = office.rows("applications", waiting="true")
    told = done(office.get(f"applications/{made['id']}/"))
    assert told["abilities"] == ["accept", "return"]
    assert told["manifest"]["measure"]["text"] == measure.text
    told = done(office.post(f"applications/{made['id']}/accept/", step=1, note="Seen."))
    assert (told["status"], told["step"], told["abilities"]) == ("pending", 2, [])
    assert office.rows("applications", waiting="true") == []
    meeting = {"meeting_on": str(TODAY), "minute_number": "No. 4"}
    told = done(group.post(f"applications/{made['id']}/accept/", step=2, **meeting))
    assert (told["status"], told["decisions"][1]["minute_number"]) == ("accepted", "No. 4")
    assert done(officer.get(f"{address}/"))["status"] == "signed_off"
    told = done(officer.post(f"issues/{under.pk}/apply-for-closure/", statement=STATEMENT, **CLOSING))
    assert told["status"] == "awaiting_closure"


def test_the_verbs_of_the_plan(review: Review) -> None:
    measure = review.measure(supporting_units=[review.parks])
    office, address = ApiClient(review.office), f"measures/{measure.pk}"
    stages = [{"title": "Begun", "due_on": str(TODAY)}]
    told = done(
        office.patch(
            f"{address}/",
            text="Fill all holes",
            kinds=["major", "campaign"],
            supporting_units=[],
            milestones=stages,
        )
    )
    assert (told["text"], told["kinds"], told["supporting_units"]) == ("Fill all holes", ["campaign", "major"], [])
    assert [row["title"] for row in office.rows("milestones", measure=measure.pk)] == ["Begun"]
    assert told["leader"] == {"id": review.leader.pk, "name": "Leader"}, "what is not sent stays"
    told = done(office.post(f"{address}/hand-over/", leader=review.other_leader.pk, reason=REASON))
    assert told["leader"]["name"] == "Other leader"
    told = done(office.post(f"{address}/cancel/", reason=REASON))
    assert (told["status"], told["cancellation_reason"]) == ("cancelled", REASON)


def test_an_extension_is_asked_for_granted_and_refused(review: Review) -> None:
    first, second = review.measure(), review.measure()
    officer, office = ApiClient(review.roads_officer), ApiClient(review.office)
    for measure in (first, second):
        asked = {"new_deadline": str(LATER_DAY), "reason": REASON}
        done(officer.post(f"measures/{measure.pk}/request-extension/", **asked))
    one, other = Extension.objects.order_by("pk")
    assert done(office.post(f"extensions/{one.pk}/grant/"))["status"] == "granted"
    assert done(office.post(f"extensions/{other.pk}/refuse/", note=REASON))["note"] == REASON
    assert Measure.objects.get(pk=first.pk).deadline == LATER_DAY
    assert office.ids("extensions", status="refused") == {other.pk}


def test_an_application_is_returned_and_withdrawn(review: Review) -> None:
    made, officer = review.applied(), ApiClient(review.roads_officer)
    told = done(ApiClient(review.office).post(f"applications/{made.pk}/return/", step=1, ground=GROUND, reason=REASON))
    assert (told["status"], told["decisions"][0]["ground"]) == ("returned", GROUND)
    assert event("return_application")[0] == review.office.pk
    again = review.applied(Measure.objects.get(pk=made.measure_id))
    told = done(officer.post(f"applications/{again.pk}/withdraw/", reason=REASON))
    assert (told["status"], told["withdrawal_reason"], told["round"]) == ("withdrawn", REASON, 2)


def test_whoever_comes_second_gets_409_and_is_told_who_was_first(review: Review) -> None:
    made = review.applied()
    review.accepted(made, review.second_office)
    before = rows()
    answer = ApiClient(review.office).post(f"applications/{made.pk}/accept/", step=1)
    told = problem_of(answer)
    assert (told["status"], told["title"]) == (409, "Someone else was first")
    assert told["detail"].startswith("Second office was first")
    assert rows() == before


def test_nobody_decides_on_their_own_application_by_the_api(review: Review) -> None:
    review.set_review_steps("unit_head", "group")
    made = review.applied(by=review.roads_head)
    before = rows()
    for verb, more in (("accept", {}), ("return", {"ground": GROUND, "reason": REASON})):
        answer = ApiClient(review.roads_head).post(f"applications/{made.pk}/{verb}/", step=1, **more)
        assert problem_of(answer)["status"] == 403
        assert problem_of(answer)["detail"] == "You cannot decide on your own application."
    assert rows() == before
    assert not Decision.objects.exists()


def test_a_superuser_does_not_even_see_it(review: Review) -> None:
    made = review.applied()
    for person in (review.superuser, review.system_admin):
        assert ApiClient(person).post(f"applications/{made.pk}/accept/", step=1).status_code == 404
    assert not Decision.objects.exists()


WRONG: list[tuple[str, dict[str, Any], str]] = [
    ("accept", {}, "step"),
    ("accept", {"step": 0}, "step"),
    ("accept", {"step": "one"}, "step"),
    ("accept", {"step": 1, "meeting_on": "2026-03-02"}, "minute_number"),
    ("accept", {"step": 1, "meeting_on": "yesterday"}, "meeting_on"),
    ("accept", {"step": 1, "ground": "other"}, "ground"),
    ("return", {"step": 1, "reason": REASON}, "ground"),
    ("return", {"step": 1, "ground": "mood", "reason": REASON}, "ground"),
    ("return", {"step": 1, "ground": GROUND}, "reason"),
    ("return", {"step": 1, "ground": GROUND, "reason": "too short"}, "reason"),
]


@pytest.mark.parametrize(("verb", "sent", "field"), WRONG)
def test_what_is_wrong_is_said_at_its_field(review: Review, verb: str, sent: dict[str, Any], field: str) -> None:
    made = review.applied()
    before = rows()
    told = problem_of(ApiClient(review.office).post(f"applications/{made.pk}/{verb}/", **sent))
    assert (told["status"], list(told["errors"])) == (422, [field])
    assert rows() == before


@pytest.mark.parametrize(
    ("verb", "sent", "field"),
    [
        ("hand-over", {"leader": "stranger", "reason": REASON}, "leader"),
        ("hand-over", {"leader": 999999, "reason": REASON}, "leader"),
        ("hand-over", {"reason": REASON}, "leader"),
        ("", {"leader": "roads_officer"}, "leader"),
        ("", {"lead_unit": 999999}, "lead_unit"),
        ("", {"deadlien": "2026-05-01"}, "deadlien"),
        ("", {"kinds": ["odd"]}, "kinds"),
        ("", {"text": "   "}, "text"),
        ("", {"milestones": [{"title": "Late", "due_on": "2030-01-01"}]}, "milestones"),
        ("", {"status": "signed_off"}, "status"),
        ("cancel", {"reason": "short"}, "reason"),
    ],
)
def test_the_plan_names_only_who_can_be_named(review: Review, verb: str, sent: dict[str, Any], field: str) -> None:
    measure = review.measure()
    if isinstance(sent.get("leader"), str):
        sent = {**sent, "leader": getattr(review, sent["leader"]).pk}
    before, office = rows(), ApiClient(review.office)
    row = f"measures/{measure.pk}/"
    told = problem_of(office.post(f"{row}{verb}/", **sent) if verb else office.patch(row, **sent))
    assert (told["status"], list(told["errors"])) == (422, [field])
    assert rows() == before


def test_a_milestone_of_another_measure_is_not_reached(review: Review) -> None:
    mine = review.work()
    other = review.measure(stages=[("Theirs", TODAY)]).milestones.get()
    answer = ApiClient(review.roads_officer).post(
        f"measures/{mine.pk}/report-progress/", text="Done", reached=[other.pk]
    )
    assert problem_of(answer)["status"] == 422
    other.refresh_from_db()
    assert other.reached_on is None


def test_a_body_that_cannot_be_read_is_400_and_another_kind_415(review: Review) -> None:
    made, client = review.applied(), ApiClient(review.office).client
    address = f"/api/v1/applications/{made.pk}/accept/"
    assert problem_of(client.post(address, "{step:", content_type="application/json"))["status"] == 400
    assert problem_of(client.post(address, {"step": 1}))["status"] == 415
    answer = client.post(address, "[1]", content_type="application/json")
    assert problem_of(answer)["status"] == 422


@pytest.mark.parametrize("address", ["/api/v1/nothing/", "/api/v1/measures/999999/", "/api/v2/", "/api/v1/measures/x/"])
def test_what_is_not_there_is_404_and_a_problem_document(review: Review, address: str) -> None:
    told = problem_of(ApiClient(review.office).client.get(address))
    assert (told["status"], told["instance"]) == (404, address)


def test_rows_are_read_and_verbs_used_and_nothing_else(review: Review) -> None:
    made, client = review.applied(), ApiClient(review.office).client
    for address in (f"/api/v1/measures/{made.measure_id}/", f"/api/v1/applications/{made.pk}/", "/api/v1/decisions/"):
        for method in (client.put, client.patch, client.delete, client.post):
            answer = method(address, json.dumps({"status": "signed_off"}), content_type="application/json")
            is_edit = "measures" in address and method == client.patch  # knows no field `status`
            assert problem_of(answer)["status"] == (422 if is_edit else 405)
    assert set(Measure.objects.values_list("status", flat=True)) == {"submitted"}
    assert client.get(f"/api/v1/applications/{made.pk}/accept/").status_code == 405
    assert Application.objects.get().status == "pending"


def test_a_forged_request_from_another_site_is_refused(review: Review) -> None:
    made = review.applied()
    caller = ApiClient(review.office, enforce_csrf_checks=True)
    assert problem_of(caller.post(f"applications/{made.pk}/accept/", step=1))["status"] == 403
    assert not Decision.objects.exists()
    caller.client.get("/account/")
    token = caller.client.cookies["csrftoken"].value
    sent = json.dumps({"step": 1})
    answer = caller.client.post(
        f"/api/v1/applications/{made.pk}/accept/", sent, content_type="application/json", headers={"X-CSRFToken": token}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("address", ["measures/", "applications/", "events/", "users/", "", "jobs/"])
def test_a_visitor_gets_401_and_is_told_how_to_log_in(nobody: ApiClient, address: str) -> None:
    answer = nobody.get(address)
    assert problem_of(answer)["status"] == 401
    assert answer["WWW-Authenticate"] == "Bearer"


def test_a_person_who_left_gets_nothing(review: Review) -> None:
    caller = ApiClient(review.office)
    type(review.office).objects.filter(pk=review.office.pk).update(is_active=False)
    assert caller.get("measures/").status_code == 401


def test_a_returned_closing_and_its_conclusion(review: Review) -> None:
    made = review.closing()
    give_back(made, by=review.office)
    told = done(ApiClient(review.roads_officer).get(f"issues/{made.issue_id}/"))
    assert (told["status"], told["completion"]) == ("in_rectification", "")
    assert Issue.objects.get().status == "in_rectification"
