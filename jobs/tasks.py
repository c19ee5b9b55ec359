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
from jobs.services import LeaseLost, beat, claim, fail, fail_unexpectedly, forget_beat, get_handler, prune_beats, renew

log = logging.getLogger(__name__)
BEAT_SECONDS = 10
SWEEP_SECONDS = 15


class BestEffortTask(DjangoTask):
    """A task whose sender does without the broker: where it is down, the sweeper sends the message later."""

    def delay_on_commit(self, *args: Any, **kwargs: Any) -> None:
        # Not a `partial`: Django tells of a failure by the function's name, and a `partial` has none.
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
                log.exception("A sign of life could not be written")
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
        with translation.override(job.language), _kept(job):
            _do(job)


@contextmanager
def _kept(job: Job) -> Iterator[None]:
    """Renew the lease as long as the work goes on."""
    pulse = Heartbeat(lambda: renew(job=job, at=timezone.now()), every=settings.JOB_LEASE_SECONDS / 3)
    pulse.start()
    try:
        yield
    finally:
        pulse.stop()


def _do(job: Job) -> None:
    """Call the work; every way to end that is not `finish` becomes a reason on the job's page."""
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

    The messages expire before the next sweep, so that a queue nobody empties does not grow.
    """
    for job_id in due(now=timezone.now()):
        run_job.apply_async([job_id], expires=SWEEP_SECONDS)
    prune_beats(at=timezone.now())


_hearts: dict[str, Heartbeat] = {}


@worker_ready.connect
def show_life(*, sender: Any, **_kwargs: Any) -> None:
    """Let every worker show life from its main process, however busy its hands are."""
    worker = str(sender.hostname)
    sign = partial(_show, worker)
    sign()
    _hearts[worker] = Heartbeat(sign, every=BEAT_SECONDS)
    _hearts[worker].start()


def _show(worker: str) -> None:
    beat(worker=worker, at=timezone.now())


@worker_shutdown.connect
def end_of_life(*, sender: Any, **_kwargs: Any) -> None:
    """A worker that is shut down in order is not waited for."""
    worker = str(sender.hostname)
    if worker in _hearts:
        _hearts.pop(worker).stop()
        forget_beat(worker=worker)
