"""Who could be urged, and who was today."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Min, OuterRef, QuerySet

from accounts.models import Unit
from issues.models import Inspection
from measures.models import Measure
from supervision.models import Urge


@dataclass(frozen=True)
class LateUnit:
    """A unit with overdue measures: how many, since when, and the last urge of it as a whole."""

    unit: Unit
    count: int
    since: date
    last: Urge | None
    is_urged: bool


def late_units(measures: QuerySet[Measure], *, inspection: Inspection, today: date) -> list[LateUnit]:
    """Return the units that lead overdue measures, those with the most first; 3 queries.

    The measures went through `visible_to` already.
    """
    rows = measures.overdue(today).filter(inspection=inspection).exclude(lead_unit=None)  # type: ignore[attr-defined]
    counts = list(rows.order_by().values("lead_unit").annotate(n=Count("pk"), since=Min("deadline")))
    units = Unit.objects.in_bulk([row["lead_unit"] for row in counts])
    urges = Urge.objects.filter(inspection=inspection, measure=None, unit__in=units).select_related("by")
    last = {urge.unit_id: urge for urge in urges.order_by("at", "pk")}
    late = [
        LateUnit(units[key], row["n"], row["since"], last.get(key), key in last and last[key].on == today)
        for row in counts
        for key in [row["lead_unit"]]
    ]
    return sorted(late, key=lambda each: (-each.count, each.since, each.unit.position, each.unit.pk))


def with_urges(measures: QuerySet[Measure], *, today: date) -> QuerySet[Measure]:
    """Let each measure know whether it was urged on the day `today`, as `is_urged`."""
    return measures.annotate(is_urged=Exists(Urge.objects.filter(measure=OuterRef("pk"), on=today)))
