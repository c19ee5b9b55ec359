"""The work of imports and exports that a person waits for."""

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from issues.models import Inspection
from jobs.models import Job
from jobs.services import advance, finish, job_handler
from ledger.services.exports import EXPORT, export_ledger
from measures.filters import MeasureFilter
from measures.models import Measure


@job_handler(EXPORT)
def export(job: Job) -> None:
    """Write the list that a person filtered into a workbook, as far as it is visible to them."""
    inspections = Inspection.objects.visible_to(job.requested_by).select_related("organisation")
    inspection = inspections.get(pk=job.arguments["inspection"])
    visible = Measure.objects.visible_to(job.requested_by, inspection)
    filtered = MeasureFilter(QueryDict(job.arguments["query"]), queryset=visible, today=timezone.localdate())

    def on_progress(done: int, count: int) -> None:
        advance(job=job, percent=done * 95 // max(count, 1), stage=_("Measure %(n)d") % {"n": done})

    file = export_ledger(
        inspection=inspection, measures=filtered.qs, by=job.requested_by, at=timezone.now(), on_progress=on_progress
    )
    finish(job=job, at=timezone.now(), result_file=file)
