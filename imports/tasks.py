"""The work of imports that a person waits for."""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from imports.models import Import
from imports.services.imports import STAGE, WORK, carry_out_import, reading_for
from imports.services.staging import compare, stage
from jobs.models import Job
from jobs.services import advance, finish, job_handler


def _source(job: Job) -> Import:
    return Import.objects.select_related("file", "inspection__organisation", "organisation", "by").get(
        pk=job.arguments["import"]
    )


@job_handler(STAGE)
def stage_workbook(job: Job) -> None:
    """Read a workbook, or compare it again; its preview is there when the job is done."""
    source = _source(job)
    if job.arguments.get("again"):
        compare(source, job=job)
    else:
        stage(source, at=timezone.now(), job=job)
    finish(job=job, at=timezone.now(), result_url=reverse("import_detail", args=[source.pk]))


@job_handler(WORK)
def apply(job: Job) -> None:
    """Write the import that the job names: all of it, with the end of the job, or nothing."""
    source = _source(job)
    if source.status == Import.Status.DISCARDED:
        raise RuleViolation(_("The import was discarded; nothing was written."))
    reading = None
    if source.status == Import.Status.READ:
        advance(job=job, percent=5, stage=_("Fetching what was read"))
        reading = reading_for(source)
    advance(job=job, percent=20, stage=_("Comparing the file with the ledger and writing"))
    with transaction.atomic():
        now = timezone.now()
        base_seq = job.arguments["base_seq"]
        carry_out_import(source=source, base_seq=base_seq, by=job.requested_by, at=now, reading=reading)
        finish(job=job, at=now, result_url=reverse("import_detail", args=[source.pk]))
