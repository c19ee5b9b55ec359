"""The papers of sign-off: the form of an application, the whole file of an issue."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedRequest
from core.exceptions import RuleViolation
from documents import WRITERS
from files.adapters import download_response
from files.models import StoredFile
from issues.models import Issue
from jobs.tasks import run_job
from signoffs.models import Application
from signoffs.queries import with_subject
from signoffs.responses import archive_job, form_response
from signoffs.services import papers


@login_required
def application_form(request: AuthenticatedRequest, pk: int, kind: str) -> HttpResponse:
    """Give the form of an application out, as Word or PDF."""
    if kind not in WRITERS:
        raise Http404
    application = get_object_or_404(with_subject(Application.objects.visible_to(request.user)), pk=pk)
    return form_response(application=application, kind=kind, by=request.user, at=timezone.now())


@login_required
@require_POST
def request_archive(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Ask for the whole file of an issue; the page of the job says how far it is."""
    issue = get_object_or_404(Issue.objects.visible_to(request.user), pk=pk)
    job = papers.request_archive(issue=issue, by=request.user, at=timezone.now())
    run_job.delay_on_commit(job.pk)
    return redirect("job", pk=job.pk)


@login_required
def issue_archive(request: AuthenticatedRequest, pk: int, key: UUID) -> HttpResponseBase:
    """Give one's own archive out, as long as one sees all that is in it."""
    job = archive_job(issue=pk, key=key, by=request.user)
    try:
        if not papers.hand_out_archive(job=job, by=request.user, at=timezone.now()):
            raise Http404
        return download_response(file=StoredFile.objects.get(key=key), by=request.user, at=timezone.now())
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
        return redirect("job", pk=job.pk)
