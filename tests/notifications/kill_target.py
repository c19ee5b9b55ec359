"""What a process of the kill tests does: set a bureau up, remind and deliver, at a working day of the past."""

import os
from datetime import date

from django.core.management import call_command
from django.db.models import CharField, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from accounts.models import Role, User
from notifications.services import deliver_due
from tests.factories import inspection, issue, measure, problem, unit, user


def set_up(name: str, people: int) -> None:
    """A bureau with so many units, each with an officer who has an address and one measure that is overdue."""
    organisation = unit(f"Bureau {name}")
    leader = user(f"Leader of {name}")
    whole = inspection(organisation, code=f"kill-{name}")
    under = issue(whole, under=problem(whole))
    for number in range(people):
        own = unit(f"Unit {name} {number}", parent=organisation)
        user(f"Officer {name} {number}", role=Role.OFFICER, over=own, email=f"{name}-{number}@bureau.example")
        measure(under, lead_unit=own, leader=leader, deadline=date(2026, 2, 20))
    # The next process counts its users from one again.
    User.objects.update(username=Concat(Value("person-"), Cast("pk", CharField())))


def work() -> None:
    """Do what the tasks of the schedule do."""
    with open(os.devnull, "w") as nowhere:
        call_command("send_reminders", "--date", "2026-03-02", stdout=nowhere)
    deliver_due(clock=timezone.now)
