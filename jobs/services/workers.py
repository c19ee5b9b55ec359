"""Heartbeats of the workers: a page can say that none answers."""

from datetime import datetime, timedelta

from jobs.models import WorkerHeartbeat

MAX_AGE = timedelta(days=1)


def record_heartbeat(*, worker: str, at: datetime) -> None:
    """Note that a worker is alive."""
    WorkerHeartbeat.objects.update_or_create(worker=worker, defaults={"last_at": at})


def delete_heartbeat(*, worker: str) -> None:
    """Note that a worker was shut down in order: it is not waited for."""
    WorkerHeartbeat.objects.filter(worker=worker).delete()


def prune_heartbeats(*, at: datetime) -> None:
    """Forget the workers without a heartbeat for a day."""
    WorkerHeartbeat.objects.filter(last_at__lt=at - MAX_AGE).delete()
