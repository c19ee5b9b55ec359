"""All that a dashboard shows of one inspection, in four queries: the counts, the weeks, the issues, the lists.

Measures are counted once, by area, unit and leader together; each table is a sum over these counts, so that no two
of them can differ.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from accounts.models import Viewer
from issues.models import Inspection
from measures.models import Extension, Measure, ProgressReport, unfinished
from reporting.models import SnapshotRow
from reporting.queries.standings import PartFigures, urgency
from signoffs.models import Application, Decision
from signoffs.queries.figures import Exceptions, MeasureCounts, Moment, count_by, with_exceptions
from signoffs.services.queues import queue_of
from supervision.queries import with_urges

Kind = SnapshotRow.Kind
AREA = "issue__problem__category__area"
KEYS = (AREA, f"{AREA}__title", f"{AREA}__position", "lead_unit", "lead_unit__name", "lead_unit__position")
LEADER = ("leader", "leader__name")
LISTED = 8
"""Rows of each list on the dashboard; the link below it leads to all of them."""
MOST_OVERDUE = 60
"""Rows of what is overdue that a wall turns over."""


@dataclass(frozen=True)
class DashboardCounts:
    """The figures of measures by area, lead unit and leader together."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def measures(self) -> MeasureCounts:
        return MeasureCounts.sum(map(MeasureCounts.of_row, self.rows))

    @property
    def exceptions(self) -> Exceptions:
        return Exceptions.sum(map(Exceptions.of_row, self.rows))

    @property
    def areas(self) -> list[PartFigures]:
        """In the order of the plan."""
        return self._parts(Kind.AREA, AREA, f"{AREA}__title", order=lambda row: row[f"{AREA}__position"])

    @property
    def units(self) -> list[PartFigures]:
        """Lead units: the most overdue first, then the lower rate, then the order of units."""
        position = "lead_unit__position"
        parts = self._parts(Kind.UNIT, "lead_unit", "lead_unit__name", order=lambda row: row[position] or 0)
        return sorted(parts, key=lambda part: urgency(part.key, part.measures))

    @property
    def leaders(self) -> list[PartFigures]:
        """Responsible leaders, ordered as units are, then by name."""
        parts = self._parts(Kind.LEADER, "leader", "leader__name", order=lambda row: row["leader__name"] or "")
        return sorted(parts, key=lambda part: urgency(part.key, part.measures))

    def _parts(self, kind: Kind, key: str, name: str, *, order: Callable[[dict[str, Any]], Any]) -> list[PartFigures]:
        grouped: dict[Any, list[dict[str, Any]]] = {}
        for row in sorted(self.rows, key=lambda row: (order(row), row[key] or 0)):
            grouped.setdefault(row[key], []).append(row)
        return [
            PartFigures(kind, pk, rows[0][name] or "", position, MeasureCounts.sum(map(MeasureCounts.of_row, rows)))
            for position, (pk, rows) in enumerate(grouped.items(), 1)
        ]


def count_dashboard(measures: Any, *, moment: Moment, week_began: datetime) -> DashboardCounts:
    """Count measures (already through `visible_to`) of the present; one query.

    `week_began` is the moment since which every measure under way is to be reported on.
    """
    known = with_exceptions(measures, week_began=week_began)
    return DashboardCounts(count_by(known, *KEYS, *LEADER, shapes=[MeasureCounts, Exceptions], moment=moment))


@dataclass(frozen=True)
class DashboardLists:
    """The first rows of what is overdue, of what was returned, of what goes on for long."""

    overdue: list[Any] = field(default_factory=list)
    returned: list[Any] = field(default_factory=list)
    long_term: list[Any] = field(default_factory=list)


def dashboard_lists(measures: Any, *, today: date, wall: bool = False) -> DashboardLists:
    """Return the first rows of each list, or more of what is overdue for a `wall`; one query.

    Each measure has `reason` and `ground_word` of its last return, when it was last reported on, and whether it was
    urged today.
    """
    by_deadline = ("deadline", "sort_key")
    lists = {
        "overdue": measures.overdue(today).order_by(*by_deadline),
        "returned": measures.returned().order_by(*by_deadline),
        "long_term": measures.filter(unfinished(), mode=Measure.Mode.LONG_TERM).order_by("sort_key"),
    }
    most = {"overdue": MOST_OVERDUE if wall else LISTED}
    keys = {name: rows.values("pk")[: most.get(name, LISTED)] for name, rows in lists.items()}
    marks = {f"in_{name}": Case(When(pk__in=each, then=True), default=False) for name, each in keys.items()}
    # Of these measures again, not of all: keys alone would have a database look through every inspection for them.
    listed = measures.filter(reduce(or_, (Q(pk__in=each) for each in keys.values())))
    known = _with_last_words(with_urges(listed.annotate(**marks), today=today)).select_related("leader", "lead_unit")
    rows: list[Any] = list(known.order_by(F("deadline").asc(nulls_last=True), "sort_key"))
    grounds = dict(Decision.Ground.choices)
    for row in rows:
        row.ground_word = grounds.get(row.ground, "")
    return DashboardLists(**{name: [row for row in rows if getattr(row, f"in_{name}")] for name in lists})


def _with_last_words(measures: QuerySet[Measure]) -> QuerySet[Measure]:
    returns = Decision.objects.returned().filter(application__measure=OuterRef("pk"))
    last = returns.order_by("-at", "-pk")
    reports = ProgressReport.objects.filter(measure=OuterRef("pk")).order_by("-at")
    return measures.annotate(
        reason=Subquery(last.values("reason")[:1]),
        ground=Subquery(last.values("ground")[:1]),
        returned_at=Subquery(last.values("at")[:1]),
        reported_at=Subquery(reports.values("at")[:1]),
    )


def lately_signed_off(measures: QuerySet[Measure]) -> QuerySet[Measure]:
    """Put those that were signed off last first, each with the moment as `signed_off_at`."""
    accepted = Application.objects.filter(measure=OuterRef("pk"), status=Application.Status.ACCEPTED)
    at = Subquery(accepted.values("ended_at")[:1])
    return measures.annotate(signed_off_at=at).select_related("lead_unit").order_by("-signed_off_at", "sort_key")


def with_waiting(user: Viewer) -> QuerySet[Inspection]:
    """Return the inspections of the user, each with what waits in it: applications for the user, requested extensions.

    These are `for_me` and `requested_extensions`.
    """
    for_me = queue_of(user).filter(inspection=OuterRef("pk"))
    extensions = Extension.objects.visible_to(user).pending().filter(measure__inspection=OuterRef("pk"))
    inspections = Inspection.objects.visible_to(user).select_related("organisation")
    return inspections.annotate(for_me=_count(for_me), requested_extensions=_count(extensions))


def _count(rows: QuerySet[Any]) -> Coalesce:
    counts = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts), 0)
