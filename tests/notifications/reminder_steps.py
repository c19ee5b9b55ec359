"""What the tests of notifications share: days, rounds of reminders, who was told what."""

from datetime import date, datetime, time
from typing import Any

from django.utils import timezone

from measures.models import Measure
from notifications.models import Notification, Reminder
from notifications.services import read_outbox, send_reminders
from notifications.services.reminding import ReminderOutcome
from tests.factories import TODAY


def morning(day: date) -> datetime:
    return datetime.combine(day, time(8, 30), timezone.get_current_timezone())


def remind(day: date = TODAY) -> ReminderOutcome:
    return send_reminders(at=morning(day))


def reminders(day: date, measure: Measure | None = None) -> dict[str, list[int]]:
    """Who was reminded on this day, and on which steps (the day of the occurrence after the deadline)."""
    rows = Reminder.objects.filter(digest__day=day, **({"measure": measure} if measure else {}))
    found: dict[str, list[int]] = {}
    for name, offset in rows.order_by("person", "offset").values_list("person__name", "offset"):
        found.setdefault(name, []).append(offset)
    return found


def told(at: datetime) -> list[tuple[str, str]]:
    """Read the trail; return who was told what kind of thing, new ones alone."""
    last = Notification.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    read_outbox(at=at)
    return sorted(Notification.objects.filter(pk__gt=last).values_list("person__name", "kind"))


def settle(at: datetime) -> None:
    """Let the cursors stand at the end of what the set-up wrote."""
    read_outbox(at=at)
    Notification.objects.all().delete()


def only(rows: Any) -> Any:
    (one,) = rows
    return one
