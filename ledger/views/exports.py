"""The ledger as a workbook: the filtered list by a job, the empty template, an import with its errors marked."""

import io
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import grants_of
from core.refusals import Forbidden, Refused
from files.adapters import MIME_TYPES
from issues.models import Inspection
from jobs.tasks import run_job
from ledger.models import Import
from ledger.services.exports import ask_for_export
from ledger.services.marking import marked_copy
from ledger.workbook.template import write_template

TEMPLATE_NAME = "整改台账（空表）.xlsx"


@login_required
@require_POST
def export(request: HttpRequest, code: str) -> HttpResponse:
    """Ask for the workbook of the list whose address had this query; the page of the job shows how far it is."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), code=code)
    query = request.POST.get("query", "")
    job = ask_for_export(inspection=inspection, query=query, by=request.user, at=timezone.now())
    run_job.delay_on_commit(job.pk)
    return redirect("job", pk=job.pk)


@login_required
def template(request: HttpRequest) -> FileResponse:
    """Give out the empty ledger."""
    if Role.OFFICE not in grants_of(request.user).roles():
        raise Forbidden(_("Only the rectification office imports notices."))
    content = io.BytesIO()
    write_template(content)
    return _workbook(content, TEMPLATE_NAME)


@login_required
def marked(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Give the workbook of an import back with its errors marked in it."""
    rows = Import.objects.visible_to(request.user).filter(file__kind="xlsx").select_related("file")
    source = get_object_or_404(rows, pk=pk)
    try:
        name, content = marked_copy(source=source, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal.message))
        return redirect("import", pk=pk)
    return _workbook(io.BytesIO(content), name)


def _workbook(content: io.BytesIO, name: str) -> Any:
    content.seek(0)
    response = FileResponse(content, as_attachment=True, filename=name, content_type=MIME_TYPES["xlsx"])
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private"
    return response
