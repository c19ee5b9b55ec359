"""All that a dashboard shows of one inspection, in four queries: the counts, the weeks, the issues, the lists.

Measures are counted once, by area, unit and leader together; each table is a sum over these counts, so that no two
of them can differ.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from issues.models import Inspection
from measures.models import RETURNED, Extension, Measure, ProgressReport
from reporting.models import MeasureFigures
from reporting.queries.counts import Group, measure_counts, urgency
from signoffs.models import Decision
from signoffs.services.queues import queue_of
from supervision.queries import with_urges

AREA = "issue__problem__category__area"
KEYS = (AREA, f"{AREA}__title", f"{AREA}__position", "lead_unit", "lead_unit__name", "lead_unit__position")
LEADER = ("leader", "leader__name")
SHOWN = 8
"""Rows of each list on the dashboard; the link below it leads to all of them."""
MOST_LATE = 60
"""Rows of what is late that a wall turns over."""


@dataclass(frozen=True)
class Notes:
    """Measures that want a look, whatever their state; each an "of which"."""

    incomplete: int = 0
    returned: int = 0
    unreported: int = 0
    long_term: int = 0


@dataclass(frozen=True)
class Cube:
    """Counts of measures by area, lead unit and leader together."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    @property
    def figures(self) -> MeasureFigures:
        return _sum(self.rows)

    @property
    def notes(self) -> Notes:
        return Notes(**{name: sum(row[name] for row in self.rows) for name in vars(Notes())})

    @property
    def areas(self) -> list[Group]:
        """In the order of the plan."""
        return _grouped(self.rows, AREA, f"{AREA}__title", order=lambda row: row[f"{AREA}__position"])

    @property
    def units(self) -> list[Group]:
        """Lead units: the most overdue first, then the lower rate, then the order of units."""
        place = "lead_unit__position"
        found = _grouped(self.rows, "lead_unit", "lead_unit__name", order=lambda row: row[place] or 0)
        return sorted(found, key=lambda group: urgency(group.key, group.figures))

    @property
    def leaders(self) -> list[Group]:
        """Responsible leaders, ordered as units are, then by name."""
        found = _grouped(self.rows, "leader", "leader__name", order=lambda row: row["leader__name"] or "")
        return sorted(found, key=lambda group: urgency(group.key, group.figures))


def _sum(rows: Iterable[dict[str, Any]]) -> MeasureFigures:
    names = MeasureFigures.names()
    return MeasureFigures.total_of(MeasureFigures(**{name: row[name] for name in names}) for row in rows)


def _grouped(rows: list[dict[str, Any]], key: str, name: str, *, order: Callable[[dict[str, Any]], Any]) -> list[Group]:
    parts: dict[Any, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: (order(row), row[key] or 0)):
        parts.setdefault(row[key], []).append(row)
    return [Group(key, part[0][name] or "", _sum(part)) for key, part in parts.items()]


def cube_of(measures: Any, *, today: date, due_soon_days: int, week_began: datetime) -> Cube:
    """Count measures (already through `visible_to`) on the day `today`; one query.

    `unreported` are those under way of which nothing was reported since `week_began`.
    """
    of_measure = measures.with_last_application().alias(
        is_reported=Exists(ProgressReport.objects.filter(measure=OuterRef("pk"), at__gte=week_began)),
        is_incomplete=Exists(Measure.objects.incomplete().filter(pk=OuterRef("pk"))),
    )
    unfinished = Q(status__in=Measure.UNFINISHED)
    counts = {
        **measure_counts(today, due_soon_days),
        "incomplete": Count("pk", filter=Q(is_incomplete=True)),
        "returned": Count("pk", filter=RETURNED),
        "unreported": Count("pk", filter=Q(status=Measure.Status.IN_PROGRESS, is_reported=False)),
        "long_term": Count("pk", filter=unfinished & Q(mode=Measure.Mode.LONG_TERM)),
    }
    return Cube(list(of_measure.order_by().values(*KEYS, *LEADER).annotate(**counts)))


@dataclass(frozen=True)
class Lists:
    """The first rows of what is late, of what came back, of what goes on for long."""

    late: list[Any] = field(default_factory=list)
    returned: list[Any] = field(default_factory=list)
    long_term: list[Any] = field(default_factory=list)


def lists_of(measures: Any, *, today: date, wall: bool = False) -> Lists:
    """Return the first rows of each list, or more of what is late for a `wall`; one query.

    Each measure knows `reason` and `ground_word` of its last return, when it was last reported on, and whether it was
    urged today.
    """
    lasting = measures.filter(mode=Measure.Mode.LONG_TERM, status__in=Measure.UNFINISHED)
    by_deadline = ("deadline", "sort_key")
    firsts = {
        "late": measures.overdue(today).order_by(*by_deadline),
        "returned": measures.returned().order_by(*by_deadline),
        "long_term": lasting.order_by("sort_key"),
    }
    most = {"late": MOST_LATE if wall else SHOWN}
    keys = {name: found.values("pk")[: most.get(name, SHOWN)] for name, found in firsts.items()}
    marks = {f"in_{name}": Case(When(pk__in=found, then=True), default=False) for name, found in keys.items()}
    # Of these measures again, not of all: keys alone would have a database look through every inspection for them.
    listed = measures.filter(reduce(or_, (Q(pk__in=found) for found in keys.values())))
    known = with_urges(listed.annotate(**marks), today=today)
    told = _with_last_words(known).select_related("leader", "lead_unit")
    all_of_them: list[Any] = list(told.order_by(F("deadline").asc(nulls_last=True), "sort_key"))
    grounds = dict(Decision.Ground.choices)
    for row in all_of_them:
        row.ground_word = grounds.get(row.ground, "")
    return Lists(**{name: [row for row in all_of_them if getattr(row, f"in_{name}")] for name in firsts})


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


def with_waiting(user: Any) -> QuerySet[Inspection]:
    """Return the inspections of the user, each with what waits in it: applications for the user, requested extensions.

    These are `for_me` and `asked`.
    """
    mine = queue_of(user).filter(inspection=OuterRef("pk"))
    asked = Extension.objects.visible_to(user).pending().filter(measure__inspection=OuterRef("pk"))
    seen = Inspection.objects.visible_to(user).select_related("organisation")
    return seen.annotate(for_me=_counted(mine), asked=_counted(asked))


def _counted(rows: QuerySet[Any]) -> Coalesce:
    counts = rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counts), 0)
