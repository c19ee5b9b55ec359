"""What the page of a job displays, and what the sweeper sends."""

from datetime import datetime, timedelta

from jobs.models import Job, WorkerHeartbeat

SILENT_AFTER = timedelta(seconds=25)
"""A worker has a heartbeat every ten seconds; with this a page says within thirty that none answers."""
MESSAGE_LOST_AFTER = timedelta(seconds=10)
"""A queued job is first left to the message that was sent when it was requested."""


def has_live_worker(*, now: datetime) -> bool:
    """Return whether any worker had a heartbeat lately."""
    return WorkerHeartbeat.objects.filter(last_at__gte=now - SILENT_AFTER).exists()


def due(*, now: datetime) -> list[int]:
    """Return the ids of jobs without a worker: queued for some seconds, or claimed by one that fell silent."""
    fresh = Job.objects.filter(status=Job.Status.QUEUED, requested_at__gte=now - MESSAGE_LOST_AFTER)
    waiting = Job.objects.due(now).exclude(pk__in=fresh)
    return list(waiting.order_by("requested_at", "pk").values_list("pk", flat=True))


def waiting_reason(job: Job, *, now: datetime) -> str:
    """Return why a job does not move: `silent` (no worker answers), `busy` (none is free), or an empty text."""
    if not Job.objects.due(now).filter(pk=job.pk).exists():
        return ""
    return "busy" if has_live_worker(now=now) else "silent"
