"""The bulletin to take along: Word, PDF, Excel, each made by a job."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from bulletins.services.exports import WRITERS, ask_for_paper
from bulletins.views.bulletin import fetch
from jobs.models import Job
from jobs.tasks import run_job


@login_required
@require_POST
def ask(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Ask for a file of the bulletin; its progress, and in the end the file, stand on the page of the bulletin."""
    if kind not in WRITERS:
        raise Http404
    found = fetch(request, pk)
    job = ask_for_paper(bulletin=found, kind=kind, by=request.user, at=timezone.now())
    if job.status == Job.Status.QUEUED:
        run_job.delay_on_commit(job.pk)
    return redirect("bulletin", pk=pk)
