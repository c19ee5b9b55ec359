"""Figures of the present, counted from indexed rows each time; nothing is stored, so nothing can be stale."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery

from issues.models import Inspection, Issue
from measures.models import Measure
from reporting.models import IssueFigures, MeasureFigures
from signoffs.models import Application


@dataclass(frozen=True)
class Group:
    """The figures of one area, unit or leader. `key` is None where measures have none."""

    key: int | None
    name: str
    figures: MeasureFigures


def measure_counts(today: date, due_soon_days: int) -> dict[str, Count]:
    """Return what is counted of measures, or of their spans: both have state and deadline under the same names."""
    late = Q(deadline__lt=today)
    soon = Q(deadline__range=(today, today + timedelta(days=due_soon_days)))
    unfinished = Q(status__in=Measure.UNFINISHED)
    counts = {status.value: Count("pk", filter=Q(status=status)) for status in Measure.Status}
    return {
        "total": Count("pk"),
        **counts,
        "overdue": Count("pk", filter=unfinished & late),
        "overdue_planned": Count("pk", filter=Q(status=Measure.Status.PLANNED) & late),
        "due_soon": Count("pk", filter=unfinished & soon),
    }


def issue_counts() -> dict[str, Count]:
    """Return what is counted of issues, or of their spans, that tell `is_late` and `is_claimed`."""
    counts = {status.value: Count("pk", filter=Q(status=status)) for status in Issue.Status}
    closed_so = Q(status=Issue.Status.RECTIFIED, completion=Issue.Completion.BASICALLY_DONE)
    return {
        "total": Count("pk"),
        **counts,
        "basically_done": Count("pk", filter=closed_so),
        "overdue": Count("pk", filter=Q(is_late=True)),
        "claimed": Count("pk", filter=Q(is_claimed=True)),
    }


def measure_figures(measures: QuerySet[Measure], *, today: date, due_soon_days: int) -> MeasureFigures:
    """Count measures (already through `visible_to`) on the day `today`; one query."""
    return MeasureFigures(**measures.order_by().aggregate(**measure_counts(today, due_soon_days)))


def group_figures(
    measures: QuerySet[Measure], *, key: str, name: str, order: str, today: date, due_soon_days: int
) -> list[Group]:
    """Count measures by the field `key`, in the order of `order`; one query."""
    counts = measure_counts(today, due_soon_days)
    rows = measures.order_by().values(key, name, order).annotate(**counts).order_by(order, key)
    return [Group(row[key], row[name] or "", MeasureFigures(**{n: row[n] for n in counts})) for row in rows]


def by_area(measures: QuerySet[Measure], **day: Any) -> list[Group]:
    area = "issue__problem__category__area"
    return group_figures(measures, key=area, name=f"{area}__title", order=f"{area}__position", **day)


def by_unit(measures: QuerySet[Measure], **day: Any) -> list[Group]:
    """By lead unit: most overdue first, then the lower rate, then the order of units; those without tasks left out."""
    found = group_figures(measures, key="lead_unit", name="lead_unit__name", order="lead_unit__position", **day)
    return sorted(found, key=lambda group: urgency(group.key, group.figures))


def by_leader(measures: QuerySet[Measure], **day: Any) -> list[Group]:
    """By responsible leader, ranked as units are, then by name."""
    found = group_figures(measures, key="leader", name="leader__name", order="leader__name", **day)
    return sorted(found, key=lambda group: urgency(group.key, group.figures))


def urgency(key: int | None, figures: MeasureFigures) -> tuple[bool, int, float]:
    """The order of units and leaders; what has no rate, for all of it was cancelled, is not the worst of them."""
    return key is None, -figures.overdue, 1 if figures.rate is None else figures.rate


def issue_figures(issues: QuerySet[Issue], measures: QuerySet[Measure], *, today: date) -> IssueFigures:
    """Count issues; `measures` are those that the person sees, for `overdue`. One query."""
    late = Measure.objects.overdue(today).filter(pk__in=measures.order_by().values("pk"), issue=OuterRef("pk"))
    claims = Application.objects.claims().filter(issue=OuterRef("pk"), measure=None)
    told = issues.order_by().annotate(is_late=Exists(late), is_claimed=Exists(claims))
    return IssueFigures(**told.aggregate(**issue_counts()))


@dataclass(frozen=True)
class Course:
    """Where today lies in the concentrated period: weeks counted from 1; `days_left` is negative once it is over."""

    week: int
    weeks: int
    days_left: int


def course_of(inspection: Inspection, today: date) -> Course | None:
    """Return where the rectification stands; None where the period is not set or has not begun."""
    start, end = inspection.concentrated_from, inspection.concentrated_until
    if start is None or end is None or today < start:
        return None
    weeks = (end - start).days // 7 + 1
    return Course(min((today - start).days // 7 + 1, weeks), weeks, (end - today).days)


def lately_signed_off(measures: QuerySet[Measure]) -> QuerySet[Measure]:
    """Put those that were signed off last first, each with the moment as `signed_off_at`."""
    accepted = Application.objects.filter(measure=OuterRef("pk"), status=Application.Status.ACCEPTED)
    at = Subquery(accepted.values("ended_at")[:1])
    return measures.annotate(signed_off_at=at).select_related("lead_unit").order_by("-signed_off_at", "sort_key")
