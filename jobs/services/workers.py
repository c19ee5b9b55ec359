"""Signs of life of the workers."""

from datetime import datetime, timedelta

from jobs.models import WorkerBeat

REMEMBERED = timedelta(days=1)


def beat(*, worker: str, at: datetime) -> None:
    """Note that a worker lives."""
    WorkerBeat.objects.update_or_create(worker=worker, defaults={"seen_at": at})


def forget_beat(*, worker: str) -> None:
    """Note that a worker was shut down in order."""
    WorkerBeat.objects.filter(worker=worker).delete()


def prune_beats(*, at: datetime) -> None:
    """Forget the workers that have not been heard of for a day."""
    WorkerBeat.objects.filter(seen_at__lt=at - REMEMBERED).delete()
