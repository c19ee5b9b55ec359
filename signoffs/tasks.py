"""The work of sign-off that a person waits for."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from jobs.services import advance, finish, job_handler
from signoffs.services import audit, papers


@job_handler(audit.JOB_TYPE)
def verify_chains(job: Job) -> None:
    """Walk the chains of the auditor who asked; the results are stored with the end of the job."""
    with transaction.atomic():
        audit.verify_chains(by=job.requested_by, at=timezone.now())
        finish(job=job, at=timezone.now(), result_url=reverse("audit"))


@job_handler(papers.JOB_TYPE)
def pack_archive(job: Job) -> None:
    """Pack the whole file of an issue; it is stored with the end of the job."""

    def report(percent: int, stage: str) -> None:
        advance(job=job, percent=percent, stage=stage)

    with papers.pack_archive(job=job, at=timezone.now(), on_progress=report) as file:
        url = reverse("issue_archive", args=[job.arguments["issue"], file.key])
        finish(job=job, at=timezone.now(), result_url=url)
