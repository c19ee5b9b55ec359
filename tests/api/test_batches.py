"""One verb on many rows: each as if it were sent alone, and told what became of it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from audit.models import Event
from measures.models import Measure
from signoffs.models import Application
from tests.api.client import ApiClient
from tests.factories import NOW, TODAY
from tests.signoffs.review_setup import GROUND, REASON, Review

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Any:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def test_each_row_is_done_or_says_why_not(review: Review) -> None:
    ready, running, theirs = (
        review.measure(),
        review.measure(status="in_progress"),
        review.measure(lead_unit=review.parks),
    )
    events = Event.objects.count()
    answer = ApiClient(review.roads_officer).post(
        "measures/batch/", verb="start", rows=[{"id": measure.pk} for measure in (ready, running, theirs)]
    )
    told = answer.json()
    assert (answer.status_code, told["done"], told["skipped"]) == (200, 1, 2)
    assert [(row["id"], row["done"], row["status"]) for row in told["rows"]] == [
        (ready.pk, True, 200),
        (running.pk, False, 422),
        (theirs.pk, False, 404),
    ]
    assert told["rows"][1]["code"] == "refused"
    assert told["rows"][1]["why"]
    assert Event.objects.count() == events + 1, "as many events as rows were changed"


def test_a_trial_tells_what_would_become_of_each_and_takes_it_back(review: Review) -> None:
    ready, running = review.measure(), review.measure(status="in_progress")
    events, caller = Event.objects.count(), ApiClient(review.roads_officer)
    sent: dict[str, Any] = {"verb": "start", "rows": [{"id": measure.pk} for measure in (ready, running)]}
    tried = caller.post("measures/batch/", **sent, trial=True).json()
    assert (tried["done"], tried["skipped"]) == (1, 1)
    assert Measure.objects.get(pk=ready.pk).status == "planned"
    assert Event.objects.count() == events
    assert caller.post("measures/batch/", **sent).json() == tried
    assert Measure.objects.get(pk=ready.pk).status == "in_progress"


def test_what_all_rows_share_and_what_each_has_of_its_own(review: Review) -> None:
    first, second = review.applied(), review.applied()
    review.accepted(second, review.second_office)
    meeting = {"meeting_on": str(TODAY), "minute_number": "No. 4"}
    rows = [{"id": first.pk, "step": 1}, {"id": second.pk, "step": 2}]
    told = ApiClient(review.group).post("applications/batch/", verb="accept", rows=rows, all=meeting).json()
    assert [(row["done"], row["status"]) for row in told["rows"]] == [(False, 403), (True, 200)]
    assert Application.objects.get(pk=second.pk).status == "accepted"
    assert Application.objects.get(pk=second.pk).decisions.get(step=2).minute_number == "No. 4"
    assert Application.objects.get(pk=first.pk).step == 1


def test_a_mistake_is_told_at_its_row_and_field(review: Review) -> None:
    made = review.applied()
    rows = [{"id": made.pk, "step": 1, "ground": GROUND, "reason": "short"}]
    (row,) = ApiClient(review.office).post("applications/batch/", verb="return", rows=rows).json()["rows"]
    assert (row["status"], list(row["errors"])) == (422, ["reason"])
    rows = [{"id": made.pk, "step": 1, "ground": "none", "reason": REASON, "more": 1}]
    (row,) = ApiClient(review.office).post("applications/batch/", verb="return", rows=rows).json()["rows"]
    assert (row["status"], row["code"], set(row["errors"])) == (422, "invalid", {"more"})


def test_nobody_decides_on_their_own_applications_by_a_batch(review: Review) -> None:
    review.set_review_steps("unit_head", "group")
    made = review.applied(by=review.roads_head)
    told = (
        ApiClient(review.roads_head)
        .post("applications/batch/", verb="accept", rows=[{"id": made.pk, "step": 1}])
        .json()
    )
    assert (told["done"], told["rows"][0]["status"]) == (0, 403)
    assert not made.decisions.exists()


def test_a_batch_that_is_sent_twice_is_done_once(review: Review) -> None:
    measures = [review.measure() for _number in range(3)]
    client = ApiClient(review.roads_officer).client
    sent = {"verb": "start", "rows": [{"id": measure.pk} for measure in measures]}
    first, again = (
        client.post("/api/v1/measures/batch/", sent, content_type="application/json", headers={"Idempotency-Key": "b"})
        for _twice in range(2)
    )
    assert first.json() == again.json()
    assert first.json()["done"] == 3
    assert Measure.objects.filter(status="in_progress").count() == 3
    assert Event.objects.filter(verb="start_measure").count() == 3


def test_two_hundred_rows_at_most(review: Review) -> None:
    answer = ApiClient(review.office).post("measures/batch/", verb="start", rows=[{"id": n} for n in range(1, 202)])
    assert answer.status_code == 422
