"""Saving the filters of a ledger under a name, and removing them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedRequest
from core.forms import attempt
from issues.models import Inspection
from ledger import services
from ledger.forms.filters import SaveFilterForm
from ledger.models import SavedFilter


@login_required
@require_POST
def save_filter(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Save what is filtered by; the ledger comes back as it was."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), code=code)
    form = SaveFilterForm(request.POST, today=timezone.localdate())

    def save(data: dict[str, Any]) -> None:
        services.save_filter(inspection=inspection, by=request.user, at=timezone.now(), **data)

    if attempt(form, save):
        messages.success(request, _("The filters were saved."))
    for errors in form.errors.values():
        messages.error(request, " ".join(str(error) for error in errors))
    query = form.cleaned_data.get("query", "")
    return redirect(f"{reverse('ledger', args=[code])}{'?' if query else ''}{query}")


@login_required
@require_POST
def delete_saved_filter(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter.objects.visible_to(request.user).select_related("inspection"), pk=pk)
    services.delete_saved_filter(saved=saved, by=request.user)
    messages.success(request, _("The saved filters were removed."))
    return redirect("ledger", code=saved.inspection.code)
