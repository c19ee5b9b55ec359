"""The work of imports and exports that a person waits for."""

from django.db import transaction
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.refusals import Refused
from issues.models import Inspection
from jobs.models import Job
from jobs.services import advance, finish, work
from ledger.models import Import, PaperVersion
from ledger.services.exports import EXPORT, export_ledger
from ledger.services.imports import STAGE, WORK, carry_out_import, reading_for
from ledger.services.papers import exporting
from ledger.services.staging import compare, stage
from measures.filters import MeasureFilter
from measures.models import Measure


def _source(job: Job) -> Import:
    return Import.objects.select_related("file", "inspection__organisation", "organisation", "by").get(
        pk=job.arguments["import"]
    )


@work(STAGE)
def stage_workbook(job: Job) -> None:
    """Read a workbook, or compare it anew; its preview is there when the job is done."""
    source = _source(job)
    if job.arguments.get("again"):
        compare(source, job=job)
    else:
        stage(source, at=timezone.now(), job=job)
    finish(job=job, at=timezone.now(), result_url=reverse("import", args=[source.pk]))


@work(WORK)
def apply(job: Job) -> None:
    """Write the import that the job names: all of it, with the end of the job, or nothing."""
    source = _source(job)
    if source.status == Import.Status.DISCARDED:
        raise Refused(_("The import was discarded; nothing was written."))
    reading = None
    if source.status == Import.Status.READ:
        advance(job=job, percent=5, stage=_("Fetching what was read"))
        reading = reading_for(source)
    advance(job=job, percent=20, stage=_("Comparing the file with the ledger and writing"))
    with transaction.atomic():
        now = timezone.now()
        base_seq = job.arguments["base_seq"]
        carry_out_import(source=source, base_seq=base_seq, by=job.requested_by, at=now, reading=reading)
        finish(job=job, at=now, result_url=reverse("import", args=[source.pk]))


@work(EXPORT)
def export(job: Job) -> None:
    """Write the list that somebody filtered into a workbook, as far as they see it."""
    inspections = Inspection.objects.visible_to(job.requested_by).select_related("organisation")
    inspection = inspections.get(pk=job.arguments["inspection"])
    seen = Measure.objects.visible_to(job.requested_by, inspection)
    filtered = MeasureFilter(QueryDict(job.arguments["query"]), queryset=seen, today=timezone.localdate())

    def told(done: int, count: int) -> None:
        advance(job=job, percent=done * 95 // max(count, 1), stage=_("Measure %(n)d") % {"n": done})

    file = export_ledger(inspection=inspection, measures=filtered.qs, by=job.requested_by, at=timezone.now(), told=told)
    finish(job=job, at=timezone.now(), result_file=file)


@work(exporting.WORK)
def write_paper(job: Job) -> None:
    """Write one version of a paper, as long as whoever asked still sees it."""
    rows = PaperVersion.objects.visible_to(job.requested_by).select_related("inspection__organisation")
    version = rows.get(pk=job.arguments["version"])
    advance(job=job, percent=20, stage=_("Writing the paper"))
    told = {"version": version, "ending": job.arguments["ending"], "by": job.requested_by}
    finish(job=job, at=timezone.now(), result_file=exporting.store_paper(at=timezone.now(), **told))
