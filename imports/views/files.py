"""The files of an import: the empty template, the workbook with its errors marked."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.requests import AuthenticatedRequest
from core.exceptions import RuleViolation
from files.adapters import file_response
from imports import services
from imports.models import Import
from imports.permissions import require_importer
from ledger.services.exports import empty_ledger


@login_required
def ledger_template(request: AuthenticatedRequest) -> FileResponse:
    """Give out the empty ledger."""
    require_importer(request.user)
    return file_response(*empty_ledger(), "xlsx")


@login_required
def marked_import(request: AuthenticatedRequest, pk: int) -> HttpResponseBase:
    """Give the workbook of an import back with its errors marked in it."""
    rows = Import.objects.visible_to(request.user).filter(file__kind="xlsx").select_related("file")
    source = get_object_or_404(rows, pk=pk)
    try:
        name, content = services.marked_copy(source=source, by=request.user, at=timezone.now())
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
        return redirect("import_detail", pk=pk)
    return file_response(name, content, "xlsx")
