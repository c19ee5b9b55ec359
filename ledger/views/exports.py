"""The ledger as a workbook: the filtered list by a job, the empty template, an import with its errors marked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from core.refusals import Refused
from files.adapters import made_response
from issues.models import Inspection
from jobs.tasks import run_job
from ledger.models import Import
from ledger.permissions import require_importer
from ledger.services.exports import ask_for_export, empty_ledger
from ledger.services.marking import marked_copy


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
    require_importer(request.user)
    return made_response(*empty_ledger(), "xlsx")


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
    return made_response(name, content, "xlsx")
