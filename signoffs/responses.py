"""The papers of sign-off between services and HTTP, the same for the pages and the API."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header

from accounts.models import User
from documents import write_paper
from files.adapters import MIME_TYPES
from jobs.models import Job
from signoffs.models import Application
from signoffs.services.papers import JOB_TYPE, form_name, form_of


def form_response(*, application: Application, kind: str, by: User, at: datetime) -> HttpResponse:
    """Return the form of an application as a download; `kind` is one of `documents.WRITERS`.

    The caller has fetched the application through `visible_to` and `with_subject`.
    """
    paper = form_of(application, by=by, at=at)
    headers = {"Cache-Control": "private, no-store", "X-Content-Type-Options": "nosniff"}
    response = HttpResponse(write_paper(paper, kind), content_type=MIME_TYPES[kind], headers=headers)
    response["Content-Disposition"] = content_disposition_header(True, f"{form_name(application)}.{kind}") or ""
    return response


def archive_job(*, issue: int, key: UUID, by: User) -> Job:
    """Return the person's own job that made this archive: its result is this address and no other. Raises `Http404`."""
    own = Job.objects.visible_to(by).filter(job_type=JOB_TYPE, status=Job.Status.DONE, arguments__issue=issue)
    return get_object_or_404(own, result_url=reverse("issue_archive", args=[issue, key]))
