"""What an office does beside the plan: calendar, task forces, escalation, urging, feedback of the public."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from audit.models import Event
from issues.models import CalendarDay, Inspection
from notifications.models import ReminderRule
from supervision.models import PublicFeedback, Urge
from tests.api.client import ApiClient, problem_of
from tests.factories import NOW, TODAY
from tests.two_units import TwoUnits

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Iterator[None]:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def refused(answer: Any, status: int, *fields: str) -> None:
    told = problem_of(answer)
    assert told["status"] == status, told
    assert set(told.get("errors", {})) == set(fields), told


def sent(caller: ApiClient, key: str, address: str, **data: Any) -> Any:
    headers = {"Idempotency-Key": key}
    return caller.client.post(f"/api/v1/{address}", data, content_type="application/json", headers=headers)


def test_a_day_of_the_calendar_is_set_changed_and_cleared(place: TwoUnits) -> None:
    office = ApiClient(place.office)
    made = office.put("calendar/2027-01-01/", kind="rest", name="New Year").json()
    assert made == {"id": made["id"], "day": "2027-01-01", "kind": "rest", "name": "New Year"}
    assert office.put("calendar/2027-01-01/", kind="rest").json()["id"] == made["id"]
    refused(office.put("calendar/2027-01-04/", kind="make_up"), 422, "day")
    refused(office.put("calendar/2027-02-28/", kind="holiday"), 422, "kind")
    refused(office.put("calendar/2027-02-30/", kind="rest"), 404)
    assert [row["day"] for row in office.rows("calendar", year=2027)] == ["2027-01-01"]
    assert office.rows("calendar", year=99999) == []
    cleared = office.delete("calendar/2027-01-01/")
    assert (cleared.status_code, cleared.content) == (204, b"")
    refused(office.delete("calendar/2027-01-01/"), 404)
    refused(office.get("calendar/2027-13-01/"), 404)
    assert not CalendarDay.objects.filter(day__year=2027).exists()


def test_clearing_a_day_twice_with_one_key_is_answered_alike(place: TwoUnits) -> None:
    office = ApiClient(place.office)
    office.put("calendar/2027-01-01/", kind="rest")
    address, once = "/api/v1/calendar/2027-01-01/", {"Idempotency-Key": "k"}
    answers = [office.client.delete(address, headers=once) for _twice in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert Event.objects.filter(verb="clear_calendar_day").count() == 1


def test_task_forces_are_seen_with_their_issues(place: TwoUnits) -> None:
    assert {row["name"] for row in ApiClient(place.office).rows("task-forces")} == {"Green force", "Grey force"}
    assert {row["name"] for row in ApiClient(place.member).rows("task-forces")} == {"Green force"}
    assert {row["name"] for row in ApiClient(place.roads_officer).rows("task-forces")} == {"Grey force"}
    assert ApiClient(place.stranger).rows("task-forces") == []
    told = ApiClient(place.office).get(f"issues/{place.issues['parks'].pk}/", expand="task_force").json()
    assert told["task_force"]["inspection"] == place.inspection.code


def test_public_pages_are_switched_on_with_the_other_settings(place: TwoUnits) -> None:
    address = f"inspections/{place.inspection.code}/"
    assert ApiClient(place.office).patch(address, is_public=True).json()["is_public"] is True
    assert Inspection.objects.get(pk=place.inspection.pk).is_public


def test_the_escalation_is_read_and_set(place: TwoUnits) -> None:
    office, address = ApiClient(place.office), f"inspections/{place.inspection.code}"
    first = office.get(f"{address}/escalation-steps/").json()
    assert first["is_default"]
    assert {"subject": "measure", "days": -20, "every": 0, "roles": ["officer"]} in first["steps"]
    weekly = {"subject": "measure", "days": 3, "every": 7, "roles": ["leader", "officer"]}
    told = office.put(f"{address}/escalation-steps/", steps=[weekly]).json()
    assert told == {"is_default": False, "steps": [{**weekly, "roles": ["officer", "leader"]}]}
    assert office.get(f"{address}/escalation-steps/").json() == told
    refused(office.put(f"{address}/escalation-steps/", steps=[]), 422)
    refused(office.put(f"{address}/escalation-steps/", steps=[weekly, weekly]), 422)
    refused(office.put(f"{address}/escalation-steps/", steps=[{**weekly, "days": 999}]), 422, "steps")
    refused(office.put(f"{address}/escalation-steps/", steps=[{**weekly, "roles": ["auditor"]}]), 422, "steps")
    assert ReminderRule.objects.count() == 1
    assert Event.objects.filter(verb="set_escalation").count() == 1


def test_the_chain_of_review_steps_is_read_as_it_was_set(place: TwoUnits) -> None:
    office, address = ApiClient(place.office), f"inspections/{place.inspection.code}"
    steps = [{"name": "Office", "role": "office"}]
    assert office.put(f"{address}/review-steps/", steps=steps).json() == {"steps": steps}
    assert office.get(f"{address}/review-steps/").json() == {"steps": steps}


def test_a_late_unit_is_urged_once_a_day(place: TwoUnits) -> None:
    leader, address = ApiClient(place.leader), f"inspections/{place.inspection.code}"
    late = leader.get(f"{address}/late-units/").json()
    assert [(row["unit"]["name"], row["measures"], row["is_urged_today"]) for row in late] == [
        ("Roads", 1, False),
        ("Parks", 1, False),
    ]
    made = [sent(leader, "k", f"{address}/urge-unit/", unit=place.parks.pk) for _twice in range(2)]
    assert [answer.status_code for answer in made] == [201, 201]
    assert (made[0].json()["measure"], made[0].json()["measures"]) == (None, 1)
    refused(leader.post(f"{address}/urge-unit/", unit=place.parks.pk), 422)
    refused(leader.post(f"{address}/urge-unit/", unit=place.organisation.pk), 422)
    refused(leader.post(f"{address}/urge-unit/", unit=place.stranger.unit.pk), 422, "unit")
    again = {row["unit"]["name"]: row for row in leader.get(f"{address}/late-units/").json()}
    assert (again["Parks"]["is_urged_today"], again["Roads"]["urged_at"]) == (True, None)
    assert Urge.objects.count() == 1


def test_urges_are_seen_by_who_sees_what_was_urged(place: TwoUnits) -> None:
    leader = ApiClient(place.leader)
    leader.post(f"measures/{place.measures['roads'].pk}/urge/")
    leader.post(f"inspections/{place.inspection.code}/urge-unit/", unit=place.parks.pk)
    assert len(leader.rows("urges")) == 2
    assert [row["measure"] for row in leader.rows("urges", measure=place.measures["roads"].pk)] == [
        place.measures["roads"].pk
    ]
    assert [row["unit"]["name"] for row in ApiClient(place.roads_officer).rows("urges")] == ["Roads"]
    assert [row["unit"]["name"] for row in ApiClient(place.parks_officer).rows("urges")] == ["Parks"]
    assert ApiClient(place.stranger).rows("urges") == []
    assert [row["on"] for row in leader.rows("urges", unit=place.parks.pk)] == [str(TODAY)]


def test_feedback_is_answered_and_closed_in_this_order(place: TwoUnits) -> None:
    office, address = ApiClient(place.office), f"feedback/{place.feedback.pk}"
    (row,) = office.rows("feedback", status="new")
    assert row["abilities"] == ["answer", "close"]
    assert "sender" not in row
    assert ApiClient(place.group).rows("feedback")[0]["abilities"] == []
    refused(office.post(f"{address}/answer/", answer="ok"), 422, "answer")
    told = office.post(f"{address}/answer/", answer="The lamps are mended.").json()
    assert (told["status"], told["answered_by"]["name"], told["abilities"]) == (
        "answered",
        "Office",
        ["close"],
    )
    problem = problem_of(office.post(f"{address}/answer/", answer="Once more."))
    assert problem["status"] in {409, 422}
    assert office.post(f"{address}/close/").json()["abilities"] == []
    assert problem_of(office.post(f"{address}/close/"))["status"] in {409, 422}
    assert PublicFeedback.objects.get().status == "closed"
    assert ApiClient(place.stranger).rows("feedback") == []
