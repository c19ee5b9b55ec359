"""What the page of a job shows, and what a sweeper finds."""

from datetime import datetime, timedelta

from jobs.models import Job, WorkerBeat

SILENT_AFTER = timedelta(seconds=25)
"""A worker shows life every ten seconds; with this a page says within thirty that none answers."""
MESSAGE_LOST_AFTER = timedelta(seconds=10)
"""A queued job is first left to the message that its asker sent."""


def worker_answers(*, now: datetime) -> bool:
    """Return whether any worker has shown life lately."""
    return WorkerBeat.objects.filter(seen_at__gte=now - SILENT_AFTER).exists()


def due(*, now: datetime) -> list[int]:
    """Return the ids of jobs that nobody does: queued for some seconds, or held by a worker that fell silent."""
    fresh = Job.objects.filter(status=Job.Status.QUEUED, requested_at__gte=now - MESSAGE_LOST_AFTER)
    waiting = Job.objects.due(now).exclude(pk__in=fresh)
    return list(waiting.order_by("requested_at", "pk").values_list("pk", flat=True))


def wait_of(job: Job, *, now: datetime) -> str:
    """Return why a job does not move: `silent` (no worker answers), `busy` (none is free), or an empty text."""
    if not Job.objects.due(now).filter(pk=job.pk).exists():
        return ""
    return "busy" if worker_answers(now=now) else "silent"
