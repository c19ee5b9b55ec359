"""A week of the calendar, as a value: `2026-W47`."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

LABEL = re.compile(r"(\d{4})-W(\d{2})")
MOST_WEEKS = 53


@dataclass(frozen=True, order=True)
class Week:
    """An ISO week. Whichever weekday ends it, its number is that of the calendar week in which it ends."""

    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Week":
        """Return the week that `day` is in."""
        year, number, _weekday = day.isocalendar()
        return cls(year, number)

    @classmethod
    def read(cls, label: str) -> "Week":
        """Return the week of a label. Raises `ValueError` for what is none, also for week 53 of a year with 52."""
        match = LABEL.fullmatch(label.strip())
        if match is None:
            raise ValueError(f"not a week: {label!r}")
        week = cls(int(match[1]), int(match[2]))
        date.fromisocalendar(week.year, week.number, 1)
        return week

    def __str__(self) -> str:
        return f"{self.year}-W{self.number:02}"

    @property
    def monday(self) -> date:
        return date.fromisocalendar(self.year, self.number, 1)

    @property
    def next(self) -> "Week":
        return Week.of(self.monday + timedelta(weeks=1))

    @property
    def previous(self) -> "Week":
        return Week.of(self.monday - timedelta(weeks=1))

    @property
    def begins_at(self) -> datetime:
        """The first moment of its Monday, on the office's clock."""
        return _in_office_time(self.monday, time())

    def ends_at(self, *, weekday: int, clock: time) -> datetime:
        """Return the moment at which it ends: the ISO weekday and the time of the inspection's settings."""
        return _in_office_time(self.monday + timedelta(days=weekday - 1), clock)


def _in_office_time(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, tzinfo=timezone.get_default_timezone())
