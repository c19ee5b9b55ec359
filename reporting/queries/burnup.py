"""The course of an inspection week by week, from the history of its measures; one query whatever their number."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet

from core.history import valid_at
from issues.models import Inspection
from measures.models import Measure, MeasureSpan
from reporting.models import MeasureFigures, Week
from reporting.queries.counts import Group
from reporting.queries.standings import ranks_of

MOST_POINTS = 53
"""Points of the chart at most: a rectification that drags on is drawn from its last year."""


@dataclass(frozen=True)
class Point:
    """The end of one week: how many measures were to be signed off by then, and how many were.

    `planned` is by the deadlines as they stood then (for weeks to come: as they stand now); `signed_off` is None for
    weeks to come. The last point before those is the present, a week that has not ended.
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
class Standing:
    """How a unit stood at the end of a week; `rank` as in the weekly roll-up."""

    figures: MeasureFigures
    rank: int | None = None


@dataclass(frozen=True)
class Weeks:
    """The points of the burn-up, and how each lead unit stood when the last whole week ended."""

    points: list[Point] = field(default_factory=list)
    last_end: datetime | None = None
    units: dict[int | None, Standing] = field(default_factory=dict)


def last_end_of(inspection: Inspection, now: datetime) -> datetime:
    """Return when the last whole week of the inspection ended: the week of reports began then."""
    week = Week.of(now.date() + timedelta(weeks=1))
    while (end := _end(inspection, week)) > now:
        week = week.previous
    return end


def elapsed(inspection: Inspection, today: date) -> float | None:
    """Return how much of the concentrated period is over, from 0 to 1; None where it is not set or not begun."""
    start, end = inspection.concentrated_from, inspection.concentrated_until
    if start is None or end is None or today < start:
        return None
    return min(((today - start).days + 1) / ((end - start).days + 1), 1)


def weeks_of(inspection: Inspection, measures: QuerySet[Measure], *, now: datetime) -> Weeks:
    """Count the weeks of what the person sees; `now` is on the office's clock. One query."""
    ends = _ends(inspection, now)
    last = last_end_of(inspection, now)
    spans = MeasureSpan.objects.filter(inspection=inspection, measure__in=measures.order_by().values("pk"))
    counts: dict[str, Count] = {
        "counted": Count("pk", filter=valid_at(last) & ~Q(status=Measure.Status.CANCELLED)),
        "done": Count("pk", filter=valid_at(last) & _signed_off()),
        "late": Count("pk", filter=valid_at(last) & Q(status__in=Measure.UNFINISHED, deadline__lt=last.date())),
    }
    for number, (_week, end, _is_present) in enumerate(ends):
        counts[f"planned_{number}"] = Count("pk", filter=valid_at(min(end, now)) & _due(end))
        if end <= now:
            counts[f"done_{number}"] = Count("pk", filter=valid_at(end) & _signed_off())
    rows: list[Any] = list(spans.order_by().values("lead_unit").annotate(**counts))
    points = [_point(rows, number, *end) for number, end in enumerate(ends)]
    return Weeks(points, last, _standings(rows))


def _end(inspection: Inspection, week: Week) -> datetime:
    return week.ends_at(weekday=inspection.week_ends_weekday, clock=inspection.week_ends_at)


def _ends(inspection: Inspection, now: datetime) -> list[tuple[Week, datetime, bool]]:
    """The ends of weeks from the beginning of the period to its end, or to the present where that is later."""
    start = inspection.concentrated_from or inspection.created_at.astimezone(now.tzinfo).date()
    until = max(inspection.concentrated_until or now.date(), now.date())
    ends = []
    for week in _weeks(Week.of(start), Week.of(until)):
        end = _end(inspection, week)
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


def _signed_off() -> Q:
    return Q(status=Measure.Status.SIGNED_OFF)


def _due(end: datetime) -> Q:
    return Q(deadline__lte=end.date()) & ~Q(status=Measure.Status.CANCELLED)


def _point(rows: list[dict[str, Any]], number: int, week: Week, end: datetime, is_present: bool) -> Point:
    done = sum(row[f"done_{number}"] for row in rows) if rows and f"done_{number}" in rows[0] else None
    return Point(week, end, sum(row[f"planned_{number}"] for row in rows), done, is_present)


def _standings(rows: list[dict[str, Any]]) -> dict[int | None, Standing]:
    figures = {
        row["lead_unit"]: MeasureFigures(total=row["counted"], signed_off=row["done"], overdue=row["late"])
        for row in rows
    }
    ranks = ranks_of(figures)
    return {key: Standing(each, ranks.get(key)) for key, each in figures.items()}


@dataclass(frozen=True)
class Ranked:
    """A lead unit in the ranking: its figures, its rank, and how both have changed since the last whole week.

    `risen` is by how many places it stands higher than then, `gained` by how much its rate grew (0.1 is ten points);
    None where it had no rank, or no rate, then.
    """

    group: Group
    rank: int | None
    light: str
    risen: int | None = None
    gained: float | None = None


def ranking(units: list[Group], before: dict[int | None, Standing]) -> list[Ranked]:
    """Rank the lead units as they stand now, the best first; what belongs to no unit comes last."""
    ranks = ranks_of({unit.key: unit.figures for unit in units})
    ranked = [_ranked(unit, ranks.get(unit.key), before.get(unit.key)) for unit in units]
    return sorted(ranked, key=lambda each: (each.group.key is None, each.rank is None, each.rank or 0))


def _ranked(unit: Group, rank: int | None, then: Standing | None) -> Ranked:
    rate = unit.figures.rate
    risen = then.rank - rank if then and then.rank and rank else None
    before = then.figures.rate if then else None
    gained = rate - before if before is not None and rate is not None else None
    return Ranked(unit, rank, light_of(unit), risen, gained)


def light_of(unit: Group) -> str:
    """Return the light of a unit: red with anything overdue, amber with anything due soon, blue when all is done."""
    figures = unit.figures
    if figures.overdue:
        return "overdue"
    if figures.due_soon:
        return "due_soon"
    return "signed_off" if figures.counted and figures.signed_off == figures.counted else "on_course"
