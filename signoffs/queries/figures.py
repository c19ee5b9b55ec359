"""The one engine of figures: what is counted of measures and of issues, now or as of a moment, in one shape each.

A figure is one line of `MeasureCounts` or `IssueCounts`: its name, the condition under which a row counts, its label.
The same object goes from the query into a snapshot, onto the dashboard and the wall, into the comparison, the API and
the bulletin. The conditions themselves are those by which the lists filter (`measures.models`).
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db.models import Count, DateTimeField, Exists, OuterRef, Q, QuerySet, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from issues.models import Issue, Light, light_of
from measures.models import INCOMPLETE, RETURNED, Measure, ProgressReport, due_within, overdue, unfinished
from measures.queries import Bar, bar_of
from signoffs.models import Application

Status, IssueStatus = Measure.Status, Issue.Status


@dataclass(frozen=True)
class Moment:
    """A moment to count at: `at` (None: the present), its day in the office, how many days ahead count as due soon.

    Where inspections are counted together that each count other days as soon, `due_soon_days` is the set of them, and
    each row is measured by the setting of its own inspection.
    """

    at: datetime | None
    today: date
    due_soon_days: int | frozenset[int]

    @classmethod
    def past(cls, at: datetime, due_soon_days: int) -> Self:
        return cls(at, timezone.localdate(at), due_soon_days)

    @classmethod
    def present(cls, today: date, due_soon_days: int | Collection[int]) -> Self:
        is_one = isinstance(due_soon_days, int)
        return cls(None, today, due_soon_days if is_one else frozenset(due_soon_days))  # type: ignore[arg-type]

    def due_soon(self) -> Q:
        if isinstance(self.due_soon_days, int):
            return due_within(self.today, self.due_soon_days)
        own = (Q(inspection__due_soon_days=days) & due_within(self.today, days) for days in self.due_soon_days)
        return reduce(or_, own, Q(pk__in=[]))


Condition = Callable[[Moment], Q]


def _figure(label: Any, condition: Condition, state: str = "") -> Any:
    return field(default=0, metadata={"label": label, "condition": condition, "state": state})


def _all(label: Any) -> Any:
    return _figure(label, lambda _moment: Q())


def _state(label: Any, state: str) -> Any:
    """A figure of the rows in one state; the states add up to the total."""
    return _figure(label, lambda _moment: Q(status=state), str(state))


class AddableCounts:
    """Counts that can be put together: those of an area are the sum of those of its categories."""

    @classmethod
    def names(cls) -> list[str]:
        return [each.name for each in fields(cls)]  # type: ignore[arg-type]

    @classmethod
    def labels(cls) -> dict[str, Any]:
        return {each.name: each.metadata["label"] for each in fields(cls)}  # type: ignore[arg-type]

    @classmethod
    def states(cls) -> dict[str, str]:
        """Return the figures that count one state each, with that state."""
        each_with_state = ((each.name, each.metadata["state"]) for each in fields(cls))  # type: ignore[arg-type]
        return {name: state for name, state in each_with_state if state}

    @classmethod
    def aggregates(cls, moment: Moment, where: Q | None = None) -> dict[str, Count]:
        """Return what a database has to count; with `where`, only of the rows that it holds for."""
        conditions = {each.name: each.metadata["condition"](moment) for each in fields(cls)}  # type: ignore[arg-type]
        narrowed = {name: where & condition if where else condition for name, condition in conditions.items()}
        return {name: Count("pk", filter=condition or None) for name, condition in narrowed.items()}

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        """Return the counts that a row holds among other things."""
        return cls(**{name: row[name] for name in cls.names()})

    @classmethod
    def sum(cls, parts: Iterable[Self]) -> Self:
        """Return the sum of counts that have nothing in common."""
        listed = list(parts)
        return cls(**{name: sum(getattr(part, name) for part in listed) for name in cls.names()})


@dataclass(frozen=True)
class MeasureCounts(AddableCounts):
    """Counts of measures: each is in one state; the figures after the states are an "of which"."""

    total: int = _all(_("measures"))
    planned: int = _state(_("planned"), Status.PLANNED)
    in_progress: int = _state(_("in progress"), Status.IN_PROGRESS)
    under_review: int = _state(_("under review"), Status.SUBMITTED)
    signed_off: int = _state(_("signed off"), Status.SIGNED_OFF)
    cancelled: int = _state(_("cancelled"), Status.CANCELLED)
    overdue: int = _figure(_("overdue"), lambda moment: overdue(moment.today))
    overdue_planned: int = _figure(
        _("overdue and not begun"), lambda moment: overdue(moment.today) & Q(status=Status.PLANNED)
    )
    due_soon: int = _figure(_("due soon"), Moment.due_soon)

    @property
    def counted(self) -> int:
        """The denominator of the rate: all but the cancelled ones."""
        return self.total - self.cancelled

    @property
    def done(self) -> int:
        return self.signed_off

    @property
    def rate(self) -> float | None:
        """Signed off / (all − cancelled), from 0 to 1; None where nothing counts."""
        return self.done / self.counted if self.counted else None

    @property
    def light(self) -> Light:
        return light_of(overdue=self.overdue, due_soon=self.due_soon, signed_off=self.signed_off, counted=self.counted)

    @property
    def by_part(self) -> dict[str, int]:
        """The counts by segment of a bar: each measure in one, what is overdue taken out of its state."""
        parts = {state: getattr(self, name) for name, state in self.states().items()}
        parts[Status.PLANNED] -= self.overdue_planned
        parts[Status.IN_PROGRESS] -= self.overdue - self.overdue_planned
        return {**parts, Measure.OVERDUE: self.overdue}

    @property
    def segments(self) -> Bar:
        return bar_of(self.by_part)


@dataclass(frozen=True)
class IssueCounts(AddableCounts):
    """Counts of issues: each is in one state; the figures after the states are an "of which".

    `basically_done` are rectified with that conclusion; `overdue` have an overdue measure; of `claimed` an imported
    source says that they are done, and no one has decided it here.
    """

    total: int = _all(_("issues"))
    planned: int = _state(_("open"), IssueStatus.OPEN)
    in_progress: int = _state(_("in rectification"), IssueStatus.IN_RECTIFICATION)
    under_review: int = _state(_("awaiting closure"), IssueStatus.AWAITING_CLOSURE)
    rectified: int = _state(_("rectified"), IssueStatus.RECTIFIED)
    basically_done: int = _figure(
        _("basically done"),
        lambda _moment: Q(status=IssueStatus.RECTIFIED, completion=Issue.Completion.BASICALLY_DONE),
    )
    overdue: int = _figure(_("issues with an overdue measure"), lambda _moment: Q(is_late=True))
    claimed: int = _figure(_("issues claimed by an imported source"), lambda _moment: Q(is_claimed=True))

    @property
    def counted(self) -> int:
        """The denominator of the rate: an issue is never cancelled."""
        return self.total

    @property
    def done(self) -> int:
        return self.rectified

    @property
    def rate(self) -> float | None:
        """Rectified / all, from 0 to 1; a long-term issue counts as done when it is rectified."""
        return self.done / self.counted if self.counted else None


@dataclass(frozen=True)
class Exceptions(AddableCounts):
    """Measures of the present that need attention, whatever their state; needs `with_exceptions`."""

    incomplete: int = _figure(_("Incomplete"), lambda _moment: INCOMPLETE)
    returned: int = _figure(_("returned"), lambda _moment: RETURNED)
    unreported: int = _figure(_("no report this week"), lambda _moment: Q(status=Status.IN_PROGRESS, is_reported=False))
    long_term: int = _figure(_("long-term"), lambda _moment: unfinished() & Q(mode=Measure.Mode.LONG_TERM))


def with_exceptions(measures: QuerySet[Measure], *, week_began: Any) -> QuerySet[Measure]:
    """Add what `Exceptions` asks; `week_began` is the moment since which a report is expected, or an expression."""
    since = Value(week_began, output_field=DateTimeField()) if isinstance(week_began, datetime) else week_began
    reports = ProgressReport.objects.filter(measure=OuterRef("pk"), at__gte=OuterRef("week_began"))
    known = measures.with_last_application().alias(week_began=since)  # type: ignore[attr-defined]
    return known.alias(is_reported=Exists(reports))


def with_issue_marks(issues: QuerySet[Any], measures: QuerySet[Any], *, moment: Moment, key: str) -> QuerySet[Any]:
    """Add what `IssueCounts` asks. Issues and measures are rows or spans; `key` names the issue's key on `issues`."""
    late = measures.filter(overdue(moment.today), issue=OuterRef(key))
    claims = Application.objects.claims().filter(issue=OuterRef(key), measure=None)
    if moment.at is not None:
        claims = claims.filter(applied_at__lte=moment.at)
    return issues.annotate(is_late=Exists(late), is_claimed=Exists(claims))


def count_measures(measures: QuerySet[Measure], *, moment: Moment) -> MeasureCounts:
    """Count measures, already through `visible_to`; one query."""
    return MeasureCounts(**measures.order_by().aggregate(**MeasureCounts.aggregates(moment)))


def count_issues(issues: QuerySet[Issue], measures: QuerySet[Measure], *, moment: Moment) -> IssueCounts:
    """Count issues; `measures` are those that the person sees, for `overdue`. One query."""
    marked = with_issue_marks(issues.order_by(), measures, moment=moment, key="pk")
    return IssueCounts(**marked.aggregate(**IssueCounts.aggregates(moment)))


def count_by(
    rows: QuerySet[Any], *keys: str, shapes: Iterable[type[AddableCounts]], moment: Moment
) -> list[dict[str, Any]]:
    """Count rows or spans by the fields `keys`; return these with the figures of all the shapes. One query."""
    counts = {name: count for shape in shapes for name, count in shape.aggregates(moment).items()}
    return list(rows.order_by().values(*keys).annotate(**counts))
