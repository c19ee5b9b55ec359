"""The page on which a person waits for a job."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedRequest
from core.breadcrumbs import breadcrumbs
from core.exceptions import RuleViolation
from files.adapters import download_response
from jobs import services
from jobs.models import Job
from jobs.queries import waiting_reason
from jobs.tasks import run_job

STOP_POLLING = 286
"""The status by which htmx ends a poll."""


def _job_context(request: AuthenticatedRequest, pk: int) -> dict[str, Any]:
    job = get_object_or_404(Job.objects.visible_to(request.user).select_related("result_file"), pk=pk)
    return {"job": job, "wait": waiting_reason(job, now=timezone.now())}


@login_required
def job(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show state, progress, result or reason of failure of one's own job."""
    context = _job_context(request, pk)
    context["breadcrumbs"] = breadcrumbs(context["job"].title)
    return render(request, "jobs/job.html", context)


@login_required
def job_progress(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """The part of the page that changes; once the job is over, the page that includes it is loaded again."""
    context = _job_context(request, pk)
    response = render(request, "jobs/_progress.html", context)
    if context["job"].is_over:
        response.status_code = STOP_POLLING
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_POST
def retry_job(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Try a failed job again; one that was put back already, or that never failed, is only displayed."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    try:
        services.retry_job(job=job, at=timezone.now())
        run_job.delay_on_commit(job.pk)
    except RuleViolation:
        pass
    return redirect("job", pk=pk)


@login_required
def job_result(request: AuthenticatedRequest, pk: int) -> HttpResponseBase:
    """Download the result file of the job."""
    job = get_object_or_404(Job.objects.visible_to(request.user), pk=pk)
    if job.result_file is None:
        raise Http404
    try:
        return download_response(file=job.result_file, by=request.user, at=timezone.now())
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
        return redirect("job", pk=pk)
