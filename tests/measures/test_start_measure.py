from datetime import timedelta
from typing import Any

import pytest

from core.exceptions import Conflict, Forbidden
from issues.models import Issue
from measures.models import Measure
from measures.services import edit_measure, hand_over, start_measure
from tests.factories import NOW, TODAY, Cast
from tests.measures.trail_checks import REASON, copies, event, events, refused, spans

pytestmark = pytest.mark.django_db
BEFORE = NOW - timedelta(days=20)


@pytest.mark.parametrize("who", ["roads_officer", "roads_head", "office"])
def test_the_lead_unit_or_the_office_starts_a_measure(cast: Cast, who: str) -> None:
    measure, person = cast.measure(), getattr(cast, who)
    start_measure(measure=measure, by=person, at=NOW)
    assert Measure.objects.get(pk=measure.pk).status == measure.status == "in_progress"
    assert event("start_measure")[0] == person.pk
    assert spans(measure, "status") == [("planned", BEFORE, NOW), ("in_progress", NOW, None)]


def test_the_first_start_takes_the_issue_up_and_the_second_leaves_it_there(cast: Cast) -> None:
    under = cast.issue()
    first, second = cast.measure(issue=under), cast.measure(issue=under)
    start_measure(measure=first, by=cast.roads_officer, at=NOW)
    assert Issue.objects.get(pk=under.pk).status == Issue.Status.IN_RECTIFICATION
    start_measure(measure=second, by=cast.roads_officer, at=NOW)
    assert Issue.objects.get(pk=under.pk).status == Issue.Status.IN_RECTIFICATION


def test_two_measures_of_an_issue_start_one_after_the_other_from_pages_opened_before(cast: Cast) -> None:
    """Each page holds its own copy of the issue, still open in both."""
    under = cast.issue()
    measures = [cast.measure(issue=under).pk for _number in range(2)]
    first, second = (Measure.objects.select_related("issue").get(pk=pk) for pk in measures)
    start_measure(measure=first, by=cast.roads_officer, at=NOW)
    start_measure(measure=second, by=cast.roads_officer, at=NOW)
    assert Measure.objects.get(pk=second.pk).status == "in_progress"


@pytest.mark.parametrize("missing", ["leader", "lead_unit", "deadline"])
def test_an_incomplete_measure_cannot_be_started(cast: Cast, missing: str) -> None:
    measure = cast.measure(**{missing: None})
    with refused():
        start_measure(measure=measure, by=cast.office, at=NOW)
    assert measure.status == "planned"


def test_long_term_work_starts_without_a_deadline(cast: Cast) -> None:
    measure = cast.measure(mode="long_term", deadline=None)
    start_measure(measure=measure, by=cast.roads_officer, at=NOW)
    assert measure.status == "in_progress"


@pytest.mark.parametrize("status", ["in_progress", "submitted", "signed_off", "cancelled"])
def test_only_what_is_planned_is_started(cast: Cast, status: str) -> None:
    measure = cast.measure(status=status, cancellation_reason=REASON)
    with refused():
        start_measure(measure=measure, by=cast.roads_officer, at=NOW)


@pytest.mark.parametrize("who", ["parks_officer", "leader", "group", "inspector", "auditor", "superuser", "stranger"])
def test_a_supporting_unit_and_everybody_else_cannot_start_it(cast: Cast, who: str) -> None:
    measure = cast.measure(supporting_units=[cast.parks])
    with refused(Forbidden):
        start_measure(measure=measure, by=getattr(cast, who), at=NOW)


def test_who_starts_second_is_told_that_somebody_was_first(cast: Cast) -> None:
    mine, yours = copies(cast.measure())
    start_measure(measure=mine, by=cast.roads_officer, at=NOW)
    with refused(Conflict):
        start_measure(measure=yours, by=cast.roads_head, at=NOW + timedelta(minutes=1))
    assert len(events("start_measure")) == 1


def test_the_history_has_the_row_and_not_the_copy_that_somebody_had_open(cast: Cast) -> None:
    """Between opening the page and starting, the office moved the deadline and the leader."""
    stale, changed = copies(cast.measure())
    new = {"deadline": TODAY + timedelta(days=50), "leader": cast.roads_head}
    edit_measure(measure=changed, values=new, by=cast.office, at=NOW)
    start_measure(measure=stale, by=cast.roads_officer, at=NOW + timedelta(hours=1))
    stored = Measure.objects.get(pk=stale.pk)
    assert (stored.deadline, stored.leader) == (new["deadline"], cast.roads_head)
    assert spans(stored, "status", "deadline", "leader")[-1][:3] == ("in_progress", stored.deadline, stored.leader_id)


def test_a_unit_that_handed_the_measure_over_cannot_start_it_from_a_page_opened_before(cast: Cast) -> None:
    stale, handed_over = copies(cast.measure())
    hand_over(measure=handed_over, lead_unit=cast.parks, reason=REASON, by=cast.office, at=NOW)
    with refused(Forbidden):
        start_measure(measure=stale, by=cast.roads_officer, at=NOW)


def test_a_measure_that_was_filled_in_meanwhile_starts_from_a_page_opened_before(cast: Cast) -> None:
    stale, filled = copies(cast.measure(leader=None))
    edit_measure(measure=filled, values={"leader": cast.leader}, by=cast.office, at=NOW)
    start_measure(measure=stale, by=cast.roads_officer, at=NOW)
    assert Measure.objects.get(pk=stale.pk).status == "in_progress"


def test_planned_and_started_at_one_moment_leaves_one_span(cast: Cast) -> None:
    measure = cast.measure(at=NOW)
    start_measure(measure=measure, by=cast.roads_officer, at=NOW)
    assert spans(measure, "status") == [("in_progress", NOW, None)]


@pytest.mark.parametrize("changed", [{"is_active": False}, {"is_superuser": True}])
def test_a_role_counts_for_active_people_only_and_power_over_the_machine_for_nothing(
    cast: Cast, changed: dict[str, Any]
) -> None:
    person = cast.roads_officer if "is_active" in changed else cast.parks_officer
    for name, value in changed.items():
        setattr(person, name, value)
    measure = cast.measure()
    with refused(Forbidden):
        start_measure(measure=measure, by=person, at=NOW)
