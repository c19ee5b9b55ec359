"""Several inspections side by side, for those who have several; as many queries for a hundred as for two."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, DateTimeField, OuterRef, Value, When

from accounts.models import Viewer
from issues.models import Inspection, Issue, Light
from measures.models import Measure
from reporting.models import Snapshot
from reporting.queries.period import elapsed, last_week_end
from signoffs.queries.figures import (
    Exceptions,
    IssueCounts,
    MeasureCounts,
    Moment,
    count_by,
    with_exceptions,
    with_issue_marks,
)

WEEKS_OF_RATES = 12


@dataclass(frozen=True)
class InspectionSummary:
    """One inspection among others: its figures, how far its time is, and its rates week by week."""

    inspection: Inspection
    measures: MeasureCounts
    exceptions: Exceptions
    issues: IssueCounts
    elapsed: float | None
    week_began: datetime
    rates: list[float | None] = field(default_factory=list)

    @property
    def lag(self) -> float:
        """How far the rate by measure is behind the time gone; negative where it is ahead."""
        return (self.elapsed or 0) - (self.measures.rate or 0) if self.measures.counted else 0

    @property
    def is_done(self) -> bool:
        return self.measures.light == Light.SIGNED_OFF


def compare_inspections(inspections: Iterable[Inspection], *, user: Viewer, now: datetime) -> list[InspectionSummary]:
    """Summarise each inspection, counting what the user sees of it: the most overdue first, then those that are
    furthest behind their time. `now` is on the office's clock. Three queries.
    """
    listed, today = list(inspections), now.date()
    keys = [inspection.pk for inspection in listed]
    week_began = {inspection.pk: last_week_end(inspection, now) for inspection in listed}
    moment = Moment.present(today, {inspection.due_soon_days for inspection in listed})
    measures = _count_measures(keys, week_began, user=user, moment=moment)
    issues = _count_issues(keys, user=user, moment=moment)
    rates = _rates(keys, user=user)
    nothing = (MeasureCounts(), Exceptions())
    summaries = [
        InspectionSummary(
            inspection,
            *measures.get(inspection.pk, nothing),
            issues.get(inspection.pk, IssueCounts()),
            elapsed(inspection, today),
            week_began[inspection.pk],
            rates.get(inspection.pk, []),
        )
        for inspection in listed
    ]
    return sorted(summaries, key=lambda each: (-each.measures.overdue, -each.lag, each.inspection.title))


def _count_measures(
    keys: list[int], week_began: dict[int, datetime], *, user: Viewer, moment: Moment
) -> dict[int, tuple[MeasureCounts, Exceptions]]:
    """Each inspection has its own end of the week."""
    visible = Measure.objects.visible_to(user).filter(inspection__in=keys)
    known = with_exceptions(visible, week_began=_by_inspection(week_began))
    rows = count_by(known, "inspection", shapes=[MeasureCounts, Exceptions], moment=moment)
    return {row["inspection"]: (MeasureCounts.of_row(row), Exceptions.of_row(row)) for row in rows}


def _by_inspection(moments: dict[int, datetime]) -> Case:
    """The moment of each inspection as an expression; most inspections share one."""
    grouped: dict[datetime, list[int]] = {}
    for key, moment in moments.items():
        grouped.setdefault(moment, []).append(key)
    whens = [When(inspection__in=keys, then=Value(moment)) for moment, keys in grouped.items()]
    return Case(*whens, output_field=DateTimeField())


def _count_issues(keys: list[int], *, user: Viewer, moment: Moment) -> dict[int, IssueCounts]:
    visible: Any = Issue.objects.visible_to(user).filter(inspection__in=keys)
    marked = with_issue_marks(visible, Measure.objects.visible_to(user), moment=moment, key="pk")
    rows = count_by(marked, "inspection", shapes=[IssueCounts], moment=moment)
    return {row["inspection"]: IssueCounts.of_row(row) for row in rows}


def _rates(keys: list[int], *, user: Viewer) -> dict[int, list[float | None]]:
    """The rates by measure of the latest weekly roll-ups, the oldest first; only those of what is seen as a whole."""
    rates: dict[int, list[float | None]] = {}
    visible = Snapshot.objects.visible_to(user).filter(inspection__in=keys)
    newest = visible.filter(inspection=OuterRef("inspection")).order_by("-ends_at").values("pk")[:WEEKS_OF_RATES]
    for snapshot in visible.filter(pk__in=newest).order_by("ends_at"):
        rates.setdefault(snapshot.inspection_id, []).append(snapshot.measures.rate)
    return rates
