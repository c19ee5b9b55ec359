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
    MeasureSpan.objects.bulk_create([_span(measure, at) for measure in measures], batch_size=500)


def record_span(measure: Measure, *, at: datetime) -> None:
    """Note that `measure` is from `at` on what it is now. Two changes at one moment leave one span."""
    MeasureSpan.objects.filter(measure=measure, valid_to=None, valid_from=at).delete()
    MeasureSpan.objects.filter(measure=measure, valid_to=None).update(valid_to=at)
    _span(measure, at).save()
