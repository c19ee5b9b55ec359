"""A replay of the sample's history: who acts for whom, on which working day, at which minute."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.core.exceptions import ObjectDoesNotExist

from accounts.models import Unit, User
from core.exceptions import Forbidden, RuleViolation
from core.workdays import WorkingCalendar
from issues.models import Inspection, Issue
from measures.models import Measure

OFFICE_HOURS = ZoneInfo("Asia/Shanghai")
OPENS = time(8, 40)
A_DAY = timedelta(hours=8)
ONE_BY_ONE = timedelta(minutes=17)
"""Between two lines of a day; less where the lines of several days fall on one, behind a holiday."""
IN_ONE_GO = timedelta(seconds=40)
"""Between the measures of one line."""


@dataclass(frozen=True)
class ScriptEntry:
    """One line of the script."""

    line: int
    day: int
    verb: str
    code: str
    words: str = ""
    options: dict[str, str] = field(default_factory=dict)

    def covers(self, code: str) -> bool:
        """Return whether the line means what has this code: it alone, or all that begins so."""
        return code.startswith(self.code[:-1]) if self.code.endswith("*") else code == self.code


@dataclass(frozen=True)
class ScriptVerb:
    """How a line is played: what it is about, and what is done to each of them."""

    find: Callable[["Replay", ScriptEntry], list[Any]]
    do: Callable[["Replay", ScriptEntry, Any, datetime], Any]


@dataclass
class Replay:
    """A replay in progress: who acts for whom, and the clock of each day."""

    inspection: Inspection
    start: date
    office: User
    group: User
    officers: dict[int, User]  # by the key of their unit
    units: dict[str, Unit]
    people: dict[str, User]
    calendar: WorkingCalendar
    verbs: Mapping[str, ScriptVerb]
    close_weeks: Callable[[date, datetime | None], datetime | None]  # before a day, by the present clock
    stored: list[str] = field(default_factory=list)  # where the files that were made lie
    clock: datetime | None = None

    def run(self, entries: Iterable[ScriptEntry], *, until: date) -> int:
        """Replay what happened up to the end of the day `until`; return how many verbs were used.

        Raises `ValueError` naming the line of the script that does not fit the plan or the rules.
        """
        planned = [(entry, self.start + timedelta(days=entry.day)) for entry in entries]
        due = [(entry, self._working_day(day, until)) for entry, day in planned if day <= until]
        lines = Counter(day for _entry, day in due)
        done = 0
        for entry, day in due:
            self.clock = self.close_weeks(day, self.clock)
            try:
                done += self._play(entry, day, min(ONE_BY_ONE, A_DAY / lines[day]))
            except (RuleViolation, Forbidden, ObjectDoesNotExist, LookupError) as error:
                raise ValueError(f"line {entry.line}: {entry.verb} {entry.code}: {error}") from error
        self.clock = self.close_weeks(until + timedelta(days=1), self.clock)
        return done

    def _play(self, entry: ScriptEntry, day: date, pause: timedelta) -> int:
        verb = self.verbs[entry.verb]
        subjects = verb.find(self, entry)
        for each in subjects:
            verb.do(self, entry, each, self.moment(day, pause))
            pause = min(pause, IN_ONE_GO)
        return len(subjects)

    def _working_day(self, day: date, until: date) -> date:
        moved = self.calendar.next_working_day(day)
        return moved if moved <= until else self.calendar.previous_working_day(day)

    def moment(self, day: date, pause: timedelta) -> datetime:
        """Give each event of a day its own moment, so that the trail reads in order."""
        opening = datetime.combine(day, OPENS, tzinfo=OFFICE_HOURS)
        self.clock = max(opening, self.clock + pause) if self.clock else opening
        return self.clock

    def officer(self, subject: Measure | Issue) -> User:
        assert subject.lead_unit_id is not None  # only complete measures are in the script's reach
        return self.officers[subject.lead_unit_id]
