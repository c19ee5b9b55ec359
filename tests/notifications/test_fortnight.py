"""A fortnight of reminders over the sample inspection, day by day: National Day, a make-up Saturday, an outage.

What went out on which day to whom is in fortnight.txt, `measure | milestone | day of the step | people`; besides
it is reckoned once more here, as simply as it can be: item by item, day by day, person by person.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from accounts.models import Appointment, Role
from core.workdays import SATURDAY
from issues.models import CalendarDay, Inspection
from measures.models import Measure, Milestone
from notifications.models import Digest, Reminder
from notifications.services.reminding import ReminderOutcome
from rectify.demo.sample import load_sample
from tests.notifications.reminder_steps import morning, remind

pytestmark = [pytest.mark.django_db, pytest.mark.once]
FIRST = date(2026, 9, 30)  # a Wednesday, the last working day before National Day
DAYS = [FIRST + timedelta(days=number) for number in range(15)]
OUTAGE = {date(2026, 10, 12), date(2026, 10, 13)}
WORKED = [date(2026, 9, 30), date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10), date(2026, 10, 14)]
STEPS = {
    False: [(-20, 0, "o"), (-10, 0, "ol"), (-3, 0, "ol"), (1, 0, "olh"), (7, 7, "olhgz")],
    True: [(-7, 0, "o"), (1, 0, "olh"), (7, 7, "olh")],
}
Sent = dict[date, set[tuple[str, str, int, str]]]


@pytest.fixture
def inspection(db: None) -> Iterator[Inspection]:
    with time_machine.travel(morning(FIRST), tick=False):
        yield load_sample(as_of=FIRST).inspection


def read_table() -> Sent:
    found: Sent = {}
    for line in (Path(__file__).parent / "fortnight.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            day = found.setdefault(date.fromisoformat(line.removeprefix("# ")), set())
        elif line:
            code, stage, offset, people = (part.strip() for part in line.split("|"))
            day |= {(code, stage, int(offset), person) for person in people.split("、")}
    return found


def sent() -> Sent:
    found: Sent = {}
    rows = Reminder.objects.values_list("digest__day", "measure__code", "stage", "offset", "person__name")
    for day, *row in rows:
        found.setdefault(day, set()).add(tuple(row))
    return found


def reckoned(inspection: Inspection) -> Sent:
    """The same, by the words of the domain and nothing cleverer."""
    holders: dict[tuple[str, int], list[Any]] = {}
    for held in Appointment.objects.select_related("user"):
        holders.setdefault((held.role, held.unit_id), []).append(held.user)
    items: list[tuple[Measure, str, date]] = []
    for measure in inspection.measures.filter(status__in=["planned", "in_progress"]).select_related("leader"):
        items += [(measure, "", measure.deadline)] if measure.deadline else []
        open_ones = Milestone.objects.filter(measure=measure, reached_on=None)
        items += [(measure, stage.title, stage.due_on) for stage in open_ones]
    told: dict[tuple[int, str, int], int] = {}
    found: Sent = {}
    for day in WORKED:
        for measure, stage, deadline in items:
            who = {
                "o": holders.get((Role.OFFICER, measure.lead_unit_id), []),
                "h": holders.get((Role.UNIT_HEAD, measure.lead_unit_id), []),
                "l": [measure.leader] if measure.leader else [],
                "g": holders[Role.GROUP, inspection.organisation_id],
                "z": holders[Role.OFFICE, inspection.organisation_id],
            }
            late = (day - deadline).days
            for days, every, letters in STEPS[bool(stage)]:
                reached = [days + n * every for n in range(60 if every else 1) if days + n * every <= late]
                for person in {person for letter in letters for person in who[letter]} if reached else ():
                    key = (measure.pk, stage, person.pk)
                    row = (measure.code, stage, reached[-1], person.name)
                    higher = _higher(STEPS[bool(stage)], late, who, person)
                    if reached[-1] == higher and told.get(key, -99) < higher:
                        told[key] = higher
                        found.setdefault(day, set()).add(row)
    return found


def _higher(steps: Any, late: int, who: dict[str, list[Any]], person: Any) -> int:
    """The day of the highest step that this person is named on."""
    mine = [(days, every) for days, every, letters in steps if any(person in who[letter] for letter in letters)]
    return max(days + (late - days) // every * every if every else days for days, every in mine if days <= late)


def test_a_fortnight_of_the_sample(inspection: Inspection) -> None:
    assert CalendarDay.objects.get(day=date(2026, 10, 10)).kind == "make_up"
    outcomes: dict[date, ReminderOutcome] = {}
    for day in DAYS:
        if day not in OUTAGE:
            with time_machine.travel(morning(day), tick=False):
                outcomes[day] = remind(day)
                assert remind(day).digests == 0, "the second run of a day makes nothing"
    assert [day for day, outcome in outcomes.items() if not outcome.is_rest_day] == WORKED
    found = sent()
    assert sorted(found) == WORKED
    assert found == reckoned(inspection)
    assert found == read_table()
    assert Digest.objects.count() == sum(outcome.digests for outcome in outcomes.values())
    assert Reminder.objects.count() == sum(len(rows) for rows in found.values())


def test_the_table_holds_no_day_without_work_and_the_make_up_saturday() -> None:
    table = set(read_table())
    assert not table & ({date(2026, 10, day) for day in range(1, 8)} | OUTAGE)
    assert {day for day in table if day.weekday() == SATURDAY} == {date(2026, 10, 10)}
