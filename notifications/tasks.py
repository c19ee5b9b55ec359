"""The tasks of the schedule. The rows are the truth: a tick may be lost or come twice."""

from celery import shared_task
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from notifications import services
from notifications.models import ReminderRun

REMIND = "notifications.tasks.remind"


@shared_task
def remind() -> None:
    """Create today's digests; on a rest day nothing."""
    services.send_reminders(at=timezone.now())


@shared_task
def read_outbox() -> None:
    """Turn what has happened into notifications, and resume a run of reminders that broke off."""
    now = timezone.now()
    services.read_outbox(at=now)
    if _was_lost():
        services.send_reminders(at=now)
    else:
        services.resume_reminders(at=now)


def _was_lost() -> bool:
    """Whether the scheduler asked for today's reminders and no worker ever began: the broker lost the message."""
    today = timezone.localdate()
    ticks = PeriodicTask.objects.filter(task=REMIND, enabled=True).exclude(last_run_at=None)
    days = {timezone.localdate(run) for run in ticks.values_list("last_run_at", flat=True)}
    return today in days and not ReminderRun.objects.filter(day=today).exists()


@shared_task
def deliver() -> None:
    """Send what is due."""
    services.deliver_due(clock=timezone.now)


@shared_task
def send_webhooks() -> None:
    """Post what has happened to the webhooks."""
    services.send_webhooks(clock=timezone.now)
