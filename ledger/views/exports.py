"""The ledger as a workbook: the filtered list, written by a job."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedRequest
from issues.models import Inspection
from jobs.tasks import run_job
from ledger import services


@login_required
@require_POST
def export_ledger(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Ask for the workbook of the list whose address had this query; the page of the job shows how far it is."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), code=code)
    query = request.POST.get("query", "")
    job = services.request_export(inspection=inspection, query=query, by=request.user, at=timezone.now())
    run_job.delay_on_commit(job.pk)
    return redirect("job", pk=job.pk)
