"""The tasks of the schedule. The rows are the truth: a tick may be lost or come twice."""

from celery import shared_task
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from notifications.models import ReminderRun
from notifications.services import deliver_due, read_trails, resume_reminders, send_reminders, tell_webhooks

REMIND = "notifications.tasks.remind"


@shared_task
def remind() -> None:
    """Make today's digests; on a rest day nothing."""
    send_reminders(at=timezone.now())


@shared_task
def read_trail() -> None:
    """Turn what has happened into notices, and go on with a round of reminders that broke off."""
    now = timezone.now()
    read_trails(at=now)
    if _was_lost():
        send_reminders(at=now)
    else:
        resume_reminders(at=now)


def _was_lost() -> bool:
    """Whether the scheduler asked for today's reminders and no worker ever began: the broker lost the message."""
    today = timezone.localdate()
    asked = PeriodicTask.objects.filter(task=REMIND, enabled=True).exclude(last_run_at=None)
    days = {timezone.localdate(run) for run in asked.values_list("last_run_at", flat=True)}
    return today in days and not ReminderRun.objects.filter(day=today).exists()


@shared_task
def deliver() -> None:
    """Send what is due."""
    deliver_due(clock=timezone.now)


@shared_task
def tell_programs() -> None:
    """Post what has happened to the webhooks."""
    tell_webhooks(clock=timezone.now)
