"""The work of sign-off that a person waits for."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from jobs.services import advance, finish, job_handler
from signoffs.services import papers
from signoffs.services.audit import WORK, verify_chains


@job_handler(WORK)
def verify(job: Job) -> None:
    """Walk the chains of the auditor who asked; what was found is kept with the end of the job."""
    with transaction.atomic():
        verify_chains(by=job.requested_by, at=timezone.now())
        finish(job=job, at=timezone.now(), result_url=reverse("audit"))


@job_handler(papers.WORK)
def archive(job: Job) -> None:
    """Pack the whole file of an issue; it is kept with the end of the job."""

    def told(percent: int, stage: str) -> None:
        advance(job=job, percent=percent, stage=stage)

    with papers.pack_archive(job=job, at=timezone.now(), told=told) as file:
        found = reverse("issue_archive", args=[job.arguments["issue"], file.key])
        finish(job=job, at=timezone.now(), result_url=found)
