"""Deciding at a meeting: each application on its own, what was done, what was left out and why."""

from typing import Any

import pytest

from core.batches import BatchResult
from core.exceptions import RuleViolation
from measures.models import Measure
from signoffs.models import Application, Decision
from signoffs.services import decide_batch, withdraw_application
from signoffs.services.deciding import Meeting, Singled
from tests.factories import NOW, TODAY
from tests.measures.trail_checks import events, refused
from tests.signoffs.review_setup import GROUND, REASON, Review, later

pytestmark = pytest.mark.django_db
MEETING = Meeting(TODAY, "No. 4 of 2026")


def decided(review: Review, made: list[Application], *, by: Any = None, **said: Any) -> BatchResult[Application]:
    given = {"singled_out": {}, "meeting": MEETING, "by": by or review.group, "at": later(), **said}
    return decide_batch(applications=[(each, 2) for each in made], **given)


def accepted(outcome: BatchResult[Application]) -> list[Application]:
    return outcome.done_by("accept_application")


def returned(outcome: BatchResult[Application]) -> list[Application]:
    return outcome.done_by("return_application")


def waiting(review: Review, count: int) -> list[Application]:
    """Applications that wait for the group, as its page has them."""
    made = [review.accepted(review.applied(), review.office) for _number in range(count)]
    return [Application.objects.get(pk=each.pk) for each in made]


def test_all_are_accepted_each_with_its_own_decision_and_event(review: Review) -> None:
    made = waiting(review, 3)
    outcome = decided(review, made)
    assert (accepted(outcome), returned(outcome), outcome.skipped) == (made, [], [])
    assert set(Measure.objects.values_list("status", flat=True)) == {"signed_off"}
    of_the_group = Decision.objects.filter(by=review.group)
    assert set(of_the_group.values_list("meeting_on", "minute_number")) == {(TODAY, "No. 4 of 2026")}
    told = [data for who, data in events("accept_application") if who == review.group.pk]
    assert [data["application"] for data in told] == [each.pk for each in made]
    assert {data["minute_number"] for data in told} == {"No. 4 of 2026"}
    assert len(told) == of_the_group.count() == 3


def test_some_are_singled_out_and_some_left_for_later(review: Review) -> None:
    made = waiting(review, 3)
    single = {made[1].pk: Singled(GROUND, REASON)}
    outcome = decided(review, made, singled_out=single, left_out={made[2].pk})
    assert (accepted(outcome), returned(outcome), outcome.skipped) == (made[:1], made[1:2], [])
    by_measure: dict[Any, str] = dict(Measure.objects.values_list("pk", "status"))
    assert [by_measure[each.measure_id] for each in made] == ["signed_off", "in_progress", "submitted"]
    assert len(events("return_application")) == 1


def test_what_cannot_be_decided_is_left_out_with_the_reason_and_stops_nothing(review: Review) -> None:
    early = review.applied()
    own = review.applied(review.work())
    made = waiting(review, 4)
    withdraw_application(application=made[1], reason=REASON, by=review.roads_officer, at=NOW)
    pages = [Application.objects.get(pk=each.pk) for each in made]
    review.accepted(Application.objects.get(pk=made[2].pk), review.second_group)
    short = {made[3].pk: Singled(GROUND, "too short")}
    outcome = decided(review, [early, own, *pages], singled_out=short)
    assert accepted(outcome) == pages[:1]
    assert [application.pk for application, _why in outcome.skipped] == [
        each.pk for each in (early, own, pages[1], pages[2], pages[3])
    ]
    whys = [why for _application, why in outcome.skipped]
    assert "withdrawn" in whys[2]
    assert whys[3].startswith("Second group was first")
    assert "ten characters" in whys[4]
    assert Decision.objects.filter(by=review.group).count() == 1
    assert len([who for who, _data in events("accept_application") if who == review.group.pk]) == 1


def test_ones_own_application_is_left_out(review: Review) -> None:
    review.set_review_steps("unit_head")
    mine, theirs = review.applied(by=review.roads_head), review.applied(by=review.roads_officer)
    outcome = decide_batch(
        applications=[(mine, 1), (theirs, 1)], singled_out={}, meeting=MEETING, by=review.roads_head, at=NOW
    )
    assert accepted(outcome) == [theirs]
    assert outcome.skipped == [(mine, "You cannot decide on your own application.")]


def test_the_same_application_twice_is_decided_once(review: Review) -> None:
    (made,) = waiting(review, 1)
    outcome = decided(review, [made, Application.objects.get(pk=made.pk)])
    assert (len(accepted(outcome)), len(outcome.skipped)) == (1, 1)
    assert made.decisions.count() == 2


@pytest.mark.parametrize("meeting", [Meeting(), Meeting(TODAY), Meeting(minute_number="No. 4")])
def test_a_batch_names_its_meeting(review: Review, meeting: Meeting) -> None:
    made = waiting(review, 1)
    with refused(RuleViolation, field="minute_number"):
        decided(review, made, meeting=meeting)


@pytest.mark.parametrize("who", ["office", "leader", "roads_officer", "superuser", "stranger"])
def test_whoever_may_not_decide_decides_nothing_in_a_batch(review: Review, who: str) -> None:
    outcome = decided(review, waiting(review, 2), by=getattr(review, who))
    assert (accepted(outcome), returned(outcome), len(outcome.skipped)) == ([], [], 2)
    assert set(Measure.objects.values_list("status", flat=True)) == {"submitted"}
