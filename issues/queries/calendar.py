"""Reads over the plan's upper levels."""

from django.db.models.functions import ExtractYear

from core.workdays import WorkingCalendar
from issues.models import CalendarDay


def working_calendar() -> WorkingCalendar:
    """Return the table of working days as it is now; years without any row are unknown."""
    rows = list(CalendarDay.objects.values_list("day", "kind"))
    return WorkingCalendar(
        rest_days=frozenset(day for day, kind in rows if kind == CalendarDay.Kind.REST),
        make_up_days=frozenset(day for day, kind in rows if kind == CalendarDay.Kind.MAKE_UP),
        years=frozenset(day.year for day, _kind in rows),
    )


def calendar_years() -> list[int]:
    """Return the years that the table covers."""
    years = CalendarDay.objects.annotate(year=ExtractYear("day")).order_by("year")
    return sorted(set(years.values_list("year", flat=True)))
