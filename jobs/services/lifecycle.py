"""The life of a job: enqueued, claimed, on its way, finished or failed, put back.

What a worker may change, and when it has lost the job to another one, is the engine's to say: `core.leases`.
"""

import logging
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from core.transitions import transition
from files.models import StoredFile
from jobs.models import Job
from jobs.services.registry import get_handler

log = logging.getLogger(__name__)


class LeaseLost(Exception):
    """The worker lost the job: another may do it. Raised inside its transaction, it undoes the effects."""


def _lease() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def enqueue(
    *, job_type: str, arguments: Mapping[str, Any], title: str, by: User, at: datetime, unique_key: str | None = None
) -> Job:
    """Write the row of a job and return it; the interface then calls `run_job.delay_on_commit(job.pk)`.

    With a `unique_key` the same work is enqueued once: the job that has this key already is returned, whatever its
    state. Its messages will be in the language that is active now. Raises `LookupError` for an unknown job type.
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
    """Take the job for this worker and return it; None where it is over, claimed by another, or was given up.

    Raises `Job.DoesNotExist` for an unknown id.
    """
    job = Job.objects.get(pk=job_id)
    begun = {"status": Job.Status.RUNNING, "started_at": at, "percent": 0, "stage": ""}
    return Job.objects.claim(job.pk, at=at, lease=_lease(), **begun)


def renew(*, job: Job, at: datetime) -> bool:
    """Hold the job longer; return whether this worker still holds it."""
    return job.renew(until=at + _lease())


def advance(*, job: Job, percent: int, stage: str = "") -> None:
    """Say how far the work is. Call it outside of the transaction with the effects, else no one sees it.

    Raises `LeaseLost` where another worker has taken over: going on would be in vain.
    """
    if not job.write_claimed(percent=min(max(percent, 0), 100), stage=stage[:200]):
        raise LeaseLost(job.pk)


def finish(*, job: Job, at: datetime, result_url: str = "", result_file: StoredFile | None = None) -> None:
    """End the job with its result, in the transaction of the work's effects.

    Raises `LeaseLost` where the worker no longer holds the job; left uncaught it rolls the effects back.
    """
    result = {"result_url": result_url, "result_file": result_file, "percent": 100, "stage": ""}
    if not job.succeed(status=Job.Status.DONE, ended_at=at, **result):
        raise LeaseLost(job.pk)


def fail(*, job: Job, error: str, at: datetime) -> bool:
    """End the job with the error that its page shows; return whether this worker still held it."""
    return job.fail(error, at=at, is_final=True)


def fail_unexpectedly(*, job: Job, at: datetime) -> bool:
    """End the job after an unexpected error: the page displays a number that the log has too, with the traceback.

    To be called while the exception is handled.
    """
    number = secrets.token_hex(4)
    log.exception("Error %s in job %s (%s), attempt %s", number, job.pk, job.job_type, job.attempt)
    error = _("An unexpected error occurred. Give the administrator this error number: %(number)s.")
    return fail(job=job, error=error % {"number": number}, at=at)


def retry_job(*, job: Job, at: datetime) -> None:
    """Put a failed job back with a new set of attempts.

    Raises `RuleViolation` for any other, `Conflict` if it was put back already. `attempt` goes on counting, so that no
    worker of an earlier one can finish it.
    """
    fresh: dict[str, Any] = {
        "requested_at": at,
        "ended_at": None,
        "failures": 0,
        "error": "",
        "percent": 0,
        "stage": "",
    }
    transition(job, Job.Status.QUEUED, steps=Job.STEPS, **fresh)
