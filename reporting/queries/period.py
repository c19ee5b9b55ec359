"""Where a day lies in the weeks of an inspection and in its concentrated period."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from issues.models import Inspection
from reporting.models import Week


@dataclass(frozen=True)
class PeriodProgress:
    """The place of a day in the concentrated period: weeks counted from 1; `days_left` is negative once it is over."""

    week: int
    weeks: int
    days_left: int


def period_progress(inspection: Inspection, today: date) -> PeriodProgress | None:
    """Return how far the period is; None where it is not set or has not begun."""
    start, end = inspection.concentrated_from, inspection.concentrated_until
    if start is None or end is None or today < start:
        return None
    weeks = (end - start).days // 7 + 1
    return PeriodProgress(min((today - start).days // 7 + 1, weeks), weeks, (end - today).days)


def elapsed(inspection: Inspection, today: date) -> float | None:
    """Return how much of the concentrated period is over, from 0 to 1; None where it is not set or not begun."""
    start, end = inspection.concentrated_from, inspection.concentrated_until
    if start is None or end is None or today < start:
        return None
    return min(((today - start).days + 1) / ((end - start).days + 1), 1)


def end_of_week(inspection: Inspection, week: Week) -> datetime:
    return week.ends_at(weekday=inspection.week_ends_weekday, clock=inspection.week_ends_at)


def last_week_end(inspection: Inspection, now: datetime) -> datetime:
    """Return when the last whole week of the inspection ended: the week of reports began then."""
    week = Week.of(now.date() + timedelta(weeks=1))
    while (end := end_of_week(inspection, week)) > now:
        week = week.previous
    return end
