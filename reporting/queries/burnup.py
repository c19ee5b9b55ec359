"""An inspection week by week, from the history of its measures; one query whatever their number."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from core.history import valid_at
from issues.models import Inspection
from measures.models import Measure, MeasureSpan
from reporting.models import Week
from reporting.queries.period import end_of_week, last_week_end
from reporting.queries.standings import ranks_of
from signoffs.queries.figures import MeasureCounts, Moment

MOST_POINTS = 53
"""Points of the chart at most: a rectification that drags on is drawn from its last year."""


@dataclass(frozen=True)
class Point:
    """The end of one week: how many measures were to be signed off by then, and how many were.

    `planned` is by the deadlines of that time (for weeks to come: by those of now); `signed_off` is None for weeks to
    come. The last point before those is the present, a week that has not ended.
    """

    week: Week
    ends_at: datetime
    planned: int
    signed_off: int | None
    is_present: bool = False

    @property
    def ends_on(self) -> date:
        return self.ends_at.date()

    @property
    def gap(self) -> int | None:
        """How many more were signed off than planned, negative where fewer were; None for weeks to come."""
        return None if self.signed_off is None else self.signed_off - self.planned


@dataclass(frozen=True)
class UnitLastWeek:
    """The figures of a unit at the end of the last whole week; `rank` as in the weekly roll-up."""

    measures: MeasureCounts
    rank: int | None = None


@dataclass(frozen=True)
class BurnUp:
    """The points of the chart, and each lead unit as it was when the last whole week ended."""

    points: list[Point] = field(default_factory=list)
    units: dict[int | None, UnitLastWeek] = field(default_factory=dict)


def burn_up_of(inspection: Inspection, measures: QuerySet[Measure], *, now: datetime) -> BurnUp:
    """Count the weeks of what the person sees; `now` is on the office's clock. One query."""
    ends = _ends(inspection, now)
    last = last_week_end(inspection, now)
    spans = MeasureSpan.objects.filter(inspection=inspection, measure__in=measures.order_by().values("pk"))
    moment = Moment(last, last.date(), inspection.due_soon_days)
    counts = MeasureCounts.aggregates(moment, where=valid_at(last))
    for number, (_week, end, _is_present) in enumerate(ends):
        due = Q(deadline__lte=end.date()) & ~Q(status=Measure.Status.CANCELLED)
        counts[f"planned_{number}"] = Count("pk", filter=valid_at(min(end, now)) & due)
        if end <= now:
            signed_off = Q(status=Measure.Status.SIGNED_OFF)
            counts[f"done_{number}"] = Count("pk", filter=valid_at(end) & signed_off)
    rows: list[Any] = list(spans.order_by().values("lead_unit").annotate(**counts))
    points = [_point(rows, number, *end) for number, end in enumerate(ends)]
    return BurnUp(points, _units(rows))


def _ends(inspection: Inspection, now: datetime) -> list[tuple[Week, datetime, bool]]:
    """The ends of weeks from the beginning of the period to its end, or to the present where that is later."""
    start = inspection.concentrated_from or inspection.created_at.astimezone(now.tzinfo).date()
    until = max(inspection.concentrated_until or now.date(), now.date())
    ends = []
    for week in _weeks(Week.of(start), Week.of(until)):
        end = end_of_week(inspection, week)
        if end.date() >= start:
            ends.append((week, end, False))
    passed = [each for each in ends if each[1] <= now]
    coming = [each for each in ends if each[1] > now]
    if start <= now.date():
        passed.append((Week.of(now.date()), now, True))
    return [*passed, *coming][-MOST_POINTS:] if len(passed) > MOST_POINTS else [*passed, *coming][:MOST_POINTS]


def _weeks(first: Week, last: Week) -> Iterator[Week]:
    while first <= last:
        yield first
        first = first.next


def _point(rows: list[dict[str, Any]], number: int, week: Week, end: datetime, is_present: bool) -> Point:
    done = sum(row[f"done_{number}"] for row in rows) if rows and f"done_{number}" in rows[0] else None
    return Point(week, end, sum(row[f"planned_{number}"] for row in rows), done, is_present)


def _units(rows: list[dict[str, Any]]) -> dict[int | None, UnitLastWeek]:
    counts = {row["lead_unit"]: MeasureCounts.of_row(row) for row in rows}
    ranks = ranks_of(counts)
    return {key: UnitLastWeek(each, ranks.get(key)) for key, each in counts.items()}
