import pytest

from core.exceptions import Conflict, RuleViolation
from core.transitions import transition
from measures.models import Measure
from tests.factories import Cast


def test_a_step_that_is_not_in_the_table_is_refused_and_changes_nothing(cast: Cast) -> None:
    measure = cast.measure()
    with pytest.raises(RuleViolation):
        transition(measure, Measure.Status.SIGNED_OFF, steps=Measure.STEPS)
    measure.refresh_from_db()
    assert measure.status == Measure.Status.PLANNED


def test_a_terminal_state_leads_nowhere(cast: Cast) -> None:
    for status in (Measure.Status.SIGNED_OFF, Measure.Status.CANCELLED):
        assert status not in Measure.STEPS


def test_who_comes_second_is_told_so_and_changes_nothing(cast: Cast) -> None:
    first = cast.measure()
    second = Measure.objects.get(pk=first.pk)
    transition(first, Measure.Status.IN_PROGRESS, steps=Measure.STEPS)
    with pytest.raises(Conflict):
        transition(second, Measure.Status.CANCELLED, steps=Measure.STEPS, cancellation_reason="too late for that")
    assert second.status == Measure.Status.PLANNED
    second.refresh_from_db()
    assert second.status == Measure.Status.IN_PROGRESS
    assert second.cancellation_reason == ""


def test_every_step_of_every_table_leads_to_a_known_state() -> None:
    for target in (new for steps in Measure.STEPS.values() for new in steps):
        assert target in Measure.Status
