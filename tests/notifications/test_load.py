"""A hundred thousand overdue measures over three thousand people: every one of them has a digest within minutes."""

import sys
import time
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection

from accounts.models import Appointment, Role, Unit, User
from issues.models import Inspection, Issue
from measures.models import Measure
from notifications.models import Digest, Reminder
from tests.factories import NOW, TODAY, Cast, issue
from tests.notifications.reminder_steps import remind

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.postgres]
UNITS, EACH, PER_ISSUE = 1000, 100, 100
LIMIT = 300  # seconds


def people(prefix: str) -> list[User]:
    names = [f"{prefix}{number}" for number in range(UNITS)]
    return User.objects.bulk_create([User(username=name, name=name, email=f"{name}@b.example") for name in names])


def fill(cast: Cast) -> None:
    """A thousand units, each with an officer, a head, a leader and a hundred overdue measures."""
    root = cast.organisation
    units = Unit.objects.bulk_create([Unit(name=f"Unit {number}", parent=root) for number in range(UNITS)])
    for unit in units:
        unit.path = f"{root.path}{unit.pk}/"
    Unit.objects.bulk_update(units, ["path"], batch_size=500)
    officers, heads, leaders = people("officer"), people("head"), people("leader")
    rows: list[tuple[Any, ...]] = [*((p, Role.LEADER, root) for p in leaders)]
    rows += [(p, Role.OFFICER, u) for p, u in zip(officers, units, strict=True)]
    rows += [(p, Role.UNIT_HEAD, u) for p, u in zip(heads, units, strict=True)]
    Appointment.objects.bulk_create([Appointment(user=p, role=role, unit=u) for p, role, u in rows])
    under: list[Issue] = [issue(cast.inspection) for _each in range(UNITS * EACH // PER_ISSUE)]
    _plan(cast.inspection, under, units, leaders)


def _plan(inspection: Inspection, under: list[Issue], units: list[Unit], leaders: list[User]) -> None:
    made = []
    for number in range(UNITS * EACH):
        above, place = under[number // PER_ISSUE], number % PER_ISSUE + 1
        who: dict[str, Any] = {"lead_unit": units[number % UNITS], "leader": leaders[number % UNITS]}
        where: dict[str, Any] = {"code": f"{above.code}-{place}", "sort_key": f"{above.sort_key}{place:04}"}
        late = timedelta(days=8 + number % 90)
        made.append(
            Measure(
                inspection=inspection,
                issue=above,
                position=place,
                text="Overdue",
                status="in_progress",
                deadline=TODAY - late,
                **who,
                **where,
            )
        )
    Measure.objects.bulk_create(made, batch_size=2000)


def test_three_thousand_digests_within_five_minutes(cast: Cast) -> None:
    with time_machine.travel(NOW, tick=False):
        fill(cast)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # what the database does by itself once the rows are committed
    began = time.monotonic()
    with time_machine.travel(NOW, tick=True):
        outcome = remind()
    first = time.monotonic() - began
    began = time.monotonic()
    with time_machine.travel(NOW + timedelta(days=1), tick=True):
        second = remind(TODAY + timedelta(days=1))
    later = time.monotonic() - began
    told = f"{outcome.digests} digests with {outcome.reminders} reminders in {first:.0f} s"
    sys.stdout.write(f"\n{told}; the next day {second.digests} with {second.reminders} in {later:.0f} s\n")
    assert outcome.digests == 3 * UNITS + 2, "office and group as well"
    assert Reminder.objects.filter(digest__day=TODAY).count() == outcome.reminders == 5 * UNITS * EACH
    assert Digest.objects.filter(day=TODAY).count() == outcome.digests
    assert first < LIMIT
    assert later < LIMIT
