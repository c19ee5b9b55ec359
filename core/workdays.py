"""Sums of working days. Chinese rest days are known from a table: weekends, public holidays, make-up days."""

from dataclasses import dataclass, field
from datetime import date, timedelta

SATURDAY = 5
_LONGEST_REST = 40  # days; longer than any run of rest days, so that a broken table cannot loop for ever


@dataclass(frozen=True)
class WorkingCalendar:
    """Days that differ from the plain week. `years` are those whose table has been entered."""

    rest_days: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    years: frozenset[int] = field(default_factory=frozenset)

    def knows(self, day: date) -> bool:
        """Return whether the table covers the year of `day`; where not, only weekends are counted as rest."""
        return day.year in self.years

    def is_working_day(self, day: date) -> bool:
        """Return whether offices work on `day`."""
        if day in self.make_up_days:
            return True
        return day.weekday() < SATURDAY and day not in self.rest_days

    def next_working_day(self, day: date) -> date:
        """Return `day` itself where it is a working day, else the first one after it."""
        return self._step(day, 1) if not self.is_working_day(day) else day

    def previous_working_day(self, day: date) -> date:
        """Return `day` itself where it is a working day, else the last one before it."""
        return self._step(day, -1) if not self.is_working_day(day) else day

    def working_days_between(self, start: date, end: date) -> int:
        """Return how many working days lie after `start` up to and with `end`; negative where `end` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(map(self.is_working_day, days))

    def _step(self, day: date, step: int) -> date:
        for _each in range(_LONGEST_REST):
            day += timedelta(days=step)
            if self.is_working_day(day):
                return day
        raise ValueError(f"no working day within {_LONGEST_REST} days of {day}")
