"""Several inspections side by side, for whoever stands above them; as many queries for a hundred as for two."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, DateTimeField, Exists, OuterRef, Q, Value, When

from issues.models import Inspection, Issue
from measures.models import RETURNED, Measure, ProgressReport
from reporting.models import IssueFigures, MeasureFigures, Snapshot
from reporting.queries.burnup import elapsed, last_end_of

WEEKS_SHOWN = 12


@dataclass(frozen=True)
class Line:
    """One inspection among others: its figures, where it stands in time, and its rates week by week.

    `returned` and `unreported` are an "of which": those under way whose last application was returned, and those of
    which nothing has been reported since `week_began`.
    """

    inspection: Inspection
    measures: MeasureFigures
    issues: IssueFigures
    elapsed: float | None
    week_began: datetime
    returned: int = 0
    unreported: int = 0
    rates: list[float | None] = field(default_factory=list)

    @property
    def behind(self) -> float:
        """How far the rate by measure is behind the time gone; negative where it is ahead."""
        return (self.elapsed or 0) - (self.measures.rate or 0) if self.measures.counted else 0

    @property
    def is_done(self) -> bool:
        return bool(self.measures.counted) and self.measures.signed_off == self.measures.counted


def side_by_side(inspections: Iterable[Inspection], *, user: Any, now: datetime) -> list[Line]:
    """Return a line for each inspection, counting what the user sees of it: the most overdue first, then those that
    are furthest behind their time. `now` is on the office's clock. Three queries.
    """
    shown, today = list(inspections), now.date()
    keys = [inspection.pk for inspection in shown]
    began = {inspection.pk: last_end_of(inspection, now) for inspection in shown}
    measures = _measures(shown, began, user=user, today=today)
    issues = _issues(keys, user=user, today=today)
    rates = _rates(keys, user=user)
    lines = [
        Line(
            inspection,
            _figures(measures.get(inspection.pk, {})),
            issues.get(inspection.pk, IssueFigures()),
            elapsed(inspection, today),
            began[inspection.pk],
            **{name: measures.get(inspection.pk, {}).get(name, 0) for name in ("returned", "unreported")},
            rates=rates.get(inspection.pk, []),
        )
        for inspection in shown
    ]
    return sorted(lines, key=lambda line: (-line.measures.overdue, -line.behind, line.inspection.title))


def _figures(counts: dict[str, int]) -> MeasureFigures:
    return MeasureFigures(**{name: counts.get(name, 0) for name in MeasureFigures.names()})


def _measures(
    inspections: list[Inspection], began: dict[int, datetime], *, user: Any, today: date
) -> dict[int, dict[str, int]]:
    """Each inspection has its own number of days that count as soon, and its own end of the week."""
    unfinished, late = Q(status__in=Measure.UNFINISHED), Q(deadline__lt=today)
    counts = {
        "total": Count("pk"),
        **{status.value: Count("pk", filter=Q(status=status)) for status in Measure.Status},
        "overdue": Count("pk", filter=unfinished & late),
        "overdue_planned": Count("pk", filter=Q(status=Measure.Status.PLANNED) & late),
        "due_soon": Count("pk", filter=unfinished & Q(deadline__gte=today) & _soon(inspections, today)),
        "returned": Count("pk", filter=RETURNED),
        "unreported": Count("pk", filter=Q(status=Measure.Status.IN_PROGRESS, is_reported=False)),
    }
    reports = ProgressReport.objects.filter(measure=OuterRef("pk"), at__gte=OuterRef("week_began"))
    seen = Measure.objects.visible_to(user).filter(inspection__in=[inspection.pk for inspection in inspections])
    known = seen.with_last_application().alias(week_began=_week_of(began)).alias(is_reported=Exists(reports))
    rows: Iterable[Any] = known.order_by().values("inspection").annotate(**counts)
    return {row.pop("inspection"): row for row in rows}


def _week_of(began: dict[int, datetime]) -> Case:
    """The moment at which the week of reports began, by the inspection; most inspections share it."""
    moments: dict[datetime, list[int]] = {}
    for key, moment in began.items():
        moments.setdefault(moment, []).append(key)
    whens = [When(inspection__in=keys, then=Value(moment)) for moment, keys in moments.items()]
    return Case(*whens, output_field=DateTimeField())


def _soon(inspections: list[Inspection], today: date) -> Q:
    days = {inspection.due_soon_days for inspection in inspections}
    within = (Q(inspection__due_soon_days=n, deadline__lte=today + timedelta(days=n)) for n in days)
    return reduce(or_, within, Q(pk__in=[]))


def _issues(keys: list[int], *, user: Any, today: date) -> dict[int, IssueFigures]:
    late = Measure.objects.visible_to(user).overdue(today).filter(issue=OuterRef("pk"))
    seen = Issue.objects.visible_to(user).filter(inspection__in=keys).alias(is_late=Exists(late))
    counts = {status.value: Count("pk", filter=Q(status=status)) for status in Issue.Status}
    rectified = Q(status=Issue.Status.RECTIFIED)
    counts |= {
        "total": Count("pk"),
        "basically_done": Count("pk", filter=rectified & Q(completion=Issue.Completion.BASICALLY_DONE)),
        "overdue": Count("pk", filter=Q(is_late=True)),
    }
    rows: Iterable[Any] = seen.order_by().values("inspection").annotate(**counts)
    return {row.pop("inspection"): IssueFigures(**row) for row in rows}


def _rates(keys: list[int], *, user: Any) -> dict[int, list[float | None]]:
    """The rates by measure of the latest weekly roll-ups, the oldest first; only those of what is seen as a whole."""
    rates: dict[int, list[float | None]] = {}
    kept = Snapshot.objects.visible_to(user).filter(inspection__in=keys)
    newest = kept.filter(inspection=OuterRef("inspection")).order_by("-ends_at").values("pk")[:WEEKS_SHOWN]
    for snapshot in kept.filter(pk__in=newest).order_by("ends_at"):
        rates.setdefault(snapshot.inspection_id, []).append(snapshot.measures.rate)
    return rates
