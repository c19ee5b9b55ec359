"""One measure from plan to sign-off through the API alone leaves the same events in the trail as the pages leave."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.services import make_token
from audit.models import Event
from audit.services import verify
from measures.models import Measure
from signoffs.models import Application
from tests.factories import NOW, TODAY
from tests.signoffs.review_setup import STATEMENT, Review

pytestmark = pytest.mark.django_db
DEADLINE = str(TODAY + timedelta(days=30))
MEETING = {"minute_number": "No. 4"}


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Any:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def proof() -> SimpleUploadedFile:
    return SimpleUploadedFile("proof.txt", b"All holes of Mill Lane are filled.")


def plan(review: Review) -> dict[str, Any]:
    people = {"leader": review.leader.pk, "lead_unit": review.roads.pk, "supporting_units": [review.parks.pk]}
    return {"text": "Fill the holes of Mill Lane", "mode": "time_limited", "kinds": ["campaign"], **people}


def by_the_api(review: Review, under: int) -> None:
    """Three programs, each with the token of its person, and nothing else."""

    def program(person: Any) -> Callable[..., Any]:
        _token, secret = make_token(name="Program", scope="write", days=1, by=person, at=NOW)
        client = Client(enforce_csrf_checks=True, headers={"Authorization": f"Bearer {secret}"})

        def send(address: str, file: Any = None, **data: Any) -> dict[str, Any]:
            kind = {} if file else {"content_type": "application/json"}
            answer = client.post(f"/api/v1/{address}", {**data, **({"file": file} if file else {})}, **kind)
            assert answer.status_code in {200, 201}, answer.content
            told: dict[str, Any] = answer.json()
            return told

        return send

    office, officer, group = program(review.office), program(review.roads_officer), program(review.group)
    measure = office("measures/", issue=under, deadline=DEADLINE, **plan(review))["id"]
    officer(f"measures/{measure}/start/")
    officer(f"measures/{measure}/report-progress/", text="Half of it is done.")
    officer(f"measures/{measure}/add-evidence/", file=proof(), about_on=str(TODAY), classification="internal")
    officer(f"measures/{measure}/apply/", statement=STATEMENT)
    application = Application.objects.get(measure=measure).pk
    office(f"applications/{application}/accept/", step=1, note="Seen.")
    group(f"applications/{application}/accept/", step=2, meeting_on=str(TODAY), **MEETING)


def by_the_pages(review: Review, under: int, page_of: Any) -> None:
    """The same three people in their browsers."""

    def send(person: Any, address: str, **data: Any) -> None:
        answer = page_of(person).post(address, data)
        assert answer.status_code == 302, answer.content.decode()[-3000:]

    stages = {"stages-TOTAL_FORMS": 0, "stages-INITIAL_FORMS": 0}
    send(review.office, f"/issues/{under}/plan-measure/", deadline=DEADLINE, **plan(review), **stages)
    measure = Measure.objects.get(issue=under).pk
    send(review.roads_officer, f"/measures/{measure}/start/")
    send(review.roads_officer, f"/measures/{measure}/report-progress/", text="Half of it is done.")
    evidence = {"uploads": proof(), "about_on": str(TODAY), "classification": "internal"}
    send(review.roads_officer, f"/measures/{measure}/add-evidence/", **evidence)
    send(review.roads_officer, f"/measures/{measure}/apply/", statement=STATEMENT)
    application = Application.objects.get(measure=measure).pk
    send(review.office, f"/signoffs/{application}/accept/", step=1, note="Seen.")
    send(review.group, f"/signoffs/{application}/accept/", step=2, meeting_on=str(TODAY), **MEETING)


def trail_of(under: int) -> list[tuple[Any, ...]]:
    """What stands in the trail of the issue's measure; numbers and codes of rows are told apart from nothing else."""
    measure = Measure.objects.get(issue=under)
    application = Application.objects.get(measure=measure)
    own = {measure.pk: "measure", application.pk: "application", under: "issue", measure.code: "code"}
    told = []
    for event in Event.objects.filter(kind="measure", object_id=measure.pk).order_by("seq"):
        data = json.loads(event.text)["data"]
        for name in ("application", "issue", "code"):
            if name in data:
                data[name] = own[data[name]]
        for name in ("evidence", "manifest", "report"):  # made of the rows' own numbers
            data = {**data, **({name: bool(data[name])} if name in data else {})}
        told.append((event.verb, event.actor_id, event.actor_label, json.dumps(data, sort_keys=True)))
    return told


def test_the_api_and_the_pages_leave_the_same_events(review: Review, page_of: Any) -> None:
    first, second = (review.issue(lead_unit=review.roads, leader=review.leader).pk for _each in range(2))
    by_the_api(review, first)
    by_the_pages(review, second, page_of)
    assert [event[0] for event in trail_of(first)] == [
        "plan_measure",
        "start_measure",
        "report_progress",
        "add_evidence",
        "apply_for_sign_off",
        "accept_application",
        "accept_application",
    ]
    assert trail_of(first) == trail_of(second)
    assert {measure.status for measure in Measure.objects.all()} == {"signed_off"}
    assert verify()[2] == []
