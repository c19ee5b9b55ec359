"""The history in time: every change of state, deadline, unit, leader or issue ends one span and begins the next."""

from collections.abc import Iterable
from datetime import datetime

from measures.models import Measure, MeasureSpan


def _span(measure: Measure, at: datetime) -> MeasureSpan:
    return MeasureSpan(
        inspection_id=measure.inspection_id,
        measure=measure,
        issue_id=measure.issue_id,
        status=measure.status,
        deadline=measure.deadline,
        lead_unit_id=measure.lead_unit_id,
        leader_id=measure.leader_id,
        valid_from=at,
    )


def open_spans(measures: Iterable[Measure], *, at: datetime) -> None:
    """Begin the history of new measures."""
    MeasureSpan.objects.begin([_span(measure, at) for measure in measures])


def record_span(measure: Measure, *, at: datetime) -> None:
    """Note that `measure` is from `at` on what it is now."""
    MeasureSpan.objects.filter(measure=measure).succeed(_span(measure, at))
