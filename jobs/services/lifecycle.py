"""The life of a job: asked for, claimed, on its way, finished or failed, asked for again.

Every change by a worker is one conditional update on the attempt it holds, so a worker that was thought dead
and comes back changes nothing.
"""

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from core.transitions import transition
from files.models import StoredFile
from jobs.models import ATTEMPTS, Job
from jobs.services.registry import get_handler

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """The worker no longer holds the job: another may do it. Raised inside its transaction, it undoes the effects."""


def lease_from(at: datetime) -> datetime:
    """Return until when a worker holds a job that shows life at `at`."""
    return at + timedelta(seconds=settings.JOB_LEASE_SECONDS)


def enqueue(
    *, job_type: str, arguments: Mapping[str, Any], title: str, by: Any, at: datetime, unique_key: str | None = None
) -> Job:
    """Write the row of a job and return it; the interface that asked then calls `run_job.delay_on_commit(job.pk)`.

    With a `unique_key` the same work is asked for once: the job that bears it already is returned, whatever its
    state. Its messages will be in the language that is active now. Raises `LookupError` for unregistered work.
    """
    get_handler(job_type)
    fields = {
        "job_type": job_type,
        "arguments": dict(arguments),
        "title": title,
        "requested_by": by,
        "requested_at": at,
        "language": translation.get_language() or settings.LANGUAGE_CODE,
    }
    if unique_key is None:
        return Job.objects.create(**fields)
    return Job.objects.get_or_create(unique_key=unique_key, defaults=fields)[0]


def claim(*, job_id: int, at: datetime) -> Job | None:
    """Take the job for this worker and return it; None where it is over, held by another, or was given up.

    Raises `Job.DoesNotExist` for an unknown id.
    """
    job = Job.objects.get(pk=job_id)
    free = Job.objects.claimable(at).filter(pk=job.pk, attempt=job.attempt)
    if job.attempt >= job.last_attempt:
        told = _("The work was begun %(count)d times and broken off each time.") % {"count": ATTEMPTS}
        free.update(status=Job.Status.FAILED, reason=told, ended_at=at, lease_until=None)
        return None
    taken = {"attempt": job.attempt + 1, "lease_until": lease_from(at), "started_at": at, "percent": 0, "stage": ""}
    if not free.update(status=Job.Status.RUNNING, **taken):
        return None
    job.refresh_from_db()
    return job


def _held(job: Job) -> Any:
    """The row of the job as long as this worker holds it."""
    return Job.objects.filter(pk=job.pk, attempt=job.attempt, status=Job.Status.RUNNING)


def renew(*, job: Job, at: datetime) -> bool:
    """Hold the job longer; return whether this worker still holds it."""
    return bool(_held(job).update(lease_until=lease_from(at)))


def advance(*, job: Job, percent: int, stage: str = "") -> None:
    """Say how far the work is. Call it outside of the transaction with the effects, else nobody sees it.

    Raises `LeaseLost` where another worker has taken over: going on would be in vain.
    """
    if not _held(job).update(percent=min(max(percent, 0), 100), stage=stage[:200]):
        raise LeaseLost(job.pk)


def finish(*, job: Job, at: datetime, result_url: str = "", result_file: StoredFile | None = None) -> None:
    """End the job with its result, in the transaction of the work's effects.

    Raises `LeaseLost` where the worker no longer holds the job; left uncaught it rolls the effects back.
    """
    ended = {"ended_at": at, "lease_until": None, "percent": 100, "stage": ""}
    if not _held(job).update(status=Job.Status.DONE, result_url=result_url, result_file=result_file, **ended):
        raise LeaseLost(job.pk)
    job.refresh_from_db()


def fail(*, job: Job, reason: str, at: datetime) -> bool:
    """End the job with the reason that its page shows; return whether this worker still held it."""
    return bool(_held(job).update(status=Job.Status.FAILED, reason=reason, ended_at=at, lease_until=None))


def fail_unexpectedly(*, job: Job, at: datetime) -> bool:
    """End the job after an error that nobody foresaw: the page shows a number, the log tells it with the traceback.

    To be called while the exception is handled.
    """
    number = secrets.token_hex(4)
    log.exception("Error %s in job %s (%s), attempt %s", number, job.pk, job.job_type, job.attempt)
    reason = _("Something went wrong that was not foreseen. Tell the administrator this error number: %(number)s.")
    return fail(job=job, reason=reason % {"number": number}, at=at)


def retry(*, job: Job, at: datetime) -> None:
    """Put a failed job back with a new set of attempts. Raises `RuleViolation` for any other, `Conflict` if already put
    back.

    The attempts go on counting, so that no worker of the earlier ones can finish it.
    """
    transition(
        job,
        Job.Status.QUEUED,
        steps=Job.STEPS,
        requested_at=at,
        reason="",
        ended_at=None,
        percent=0,
        stage="",
        last_attempt=F("attempt") + ATTEMPTS,
    )
    job.refresh_from_db()
