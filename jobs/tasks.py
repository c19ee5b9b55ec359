"""The tasks that wake a worker up. The rows are the truth: any message may be lost or come twice."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from celery import shared_task
from celery.contrib.django.task import DjangoTask
from celery.signals import worker_ready, worker_shutdown
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation

from core.exceptions import RuleViolation
from jobs.models import Job
from jobs.queries import due
from jobs.services import (
    LeaseLost,
    claim,
    delete_heartbeat,
    fail,
    fail_unexpectedly,
    get_handler,
    prune_heartbeats,
    record_heartbeat,
    renew,
)

log = logging.getLogger(__name__)
BEAT_SECONDS = 10
SWEEP_SECONDS = 15


class BestEffortTask(DjangoTask):
    """A task whose sender does without the broker: where it is down, the sweeper sends the message later."""

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:
        # Not a `partial`: Django logs a failure with the function's name, and a `partial` has none.
        transaction.on_commit(lambda: self.delay(*args, **kwargs), robust=True)


class Heartbeat(threading.Thread):
    """Calls a function every so many seconds until it returns False or `stop` is called; survives its errors."""

    def __init__(self, call: Callable[[], bool | None], *, every: float) -> None:
        super().__init__(daemon=True)
        self.call, self.every = call, every
        self.over = threading.Event()

    def run(self) -> None:
        while not self.over.wait(self.every):
            try:
                if self.call() is False:
                    return
            except Exception:
                log.exception("A heartbeat could not be written")
            finally:
                connection.close()

    def stop(self) -> None:
        self.over.set()
        self.join()


@shared_task(base=BestEffortTask)
def run_job(job_id: int) -> None:
    """Claim one job and do its work; nothing where another has it or it is over."""
    job = claim(job_id=job_id, at=timezone.now())
    if job is not None:
        with translation.override(job.language), _renewing_lease(job):
            _run_handler(job)


@contextmanager
def _renewing_lease(job: Job) -> Iterator[None]:
    """Renew the lease as long as the work goes on."""
    heartbeat = Heartbeat(lambda: renew(job=job, at=timezone.now()), every=settings.JOB_LEASE_SECONDS / 3)
    heartbeat.start()
    try:
        yield
    finally:
        heartbeat.stop()


def _run_handler(job: Job) -> None:
    """Call the handler; every way to end that is not `finish` becomes an error on the job's page."""
    try:
        get_handler(job.job_type)(job)
        if Job.objects.filter(pk=job.pk, status=Job.Status.RUNNING, attempt=job.attempt).exists():
            raise RuntimeError(f"{job.job_type} ended without calling finish.")
    except LeaseLost:
        log.warning("Job %s: attempt %s lost its lease, its effects were rolled back", job.pk, job.attempt)
    except RuleViolation as refusal:
        fail(job=job, error=str(refusal.message), at=timezone.now())
    except Exception:
        fail_unexpectedly(job=job, at=timezone.now())


@shared_task
def sweep() -> None:
    """Wake workers up for what is due and unclaimed, or whose worker fell silent. Twice does no harm.

    The messages expire before the next sweep, so that a queue without a worker does not grow.
    """
    for job_id in due(now=timezone.now()):
        run_job.apply_async([job_id], expires=SWEEP_SECONDS)
    prune_heartbeats(at=timezone.now())


_heartbeats: dict[str, Heartbeat] = {}


@worker_ready.connect
def start_heartbeat(*, sender: Any, **_kwargs: Any) -> None:
    """Let every worker have a heartbeat from its main process, however busy its pool is."""
    worker = str(sender.hostname)
    beat = partial(_record, worker)
    beat()
    _heartbeats[worker] = Heartbeat(beat, every=BEAT_SECONDS)
    _heartbeats[worker].start()


def _record(worker: str) -> None:
    record_heartbeat(worker=worker, at=timezone.now())


@worker_shutdown.connect
def stop_heartbeat(*, sender: Any, **_kwargs: Any) -> None:
    """Forget a worker that is shut down in order."""
    worker = str(sender.hostname)
    if worker in _heartbeats:
        _heartbeats.pop(worker).stop()
        delete_heartbeat(worker=worker)
