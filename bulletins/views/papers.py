"""The bulletin as a file: Word, PDF, Excel, each written by a job."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedRequest
from bulletins import services
from bulletins.services.exports import FORMATS
from bulletins.views.bulletin import get_bulletin_or_404
from jobs.models import Job
from jobs.tasks import run_job


@login_required
@require_POST
def request_bulletin_paper(request: AuthenticatedRequest, pk: int, kind: str) -> HttpResponse:
    """Request a file of the bulletin; its progress, and in the end the file, are on the page of the bulletin."""
    if kind not in FORMATS:
        raise Http404
    bulletin = get_bulletin_or_404(request, pk)
    job = services.request_bulletin_paper(bulletin=bulletin, kind=kind, by=request.user, at=timezone.now())
    if job.status == Job.Status.QUEUED:
        run_job.delay_on_commit(job.pk)
    return redirect("bulletin", pk=pk)
