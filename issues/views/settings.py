"""The settings page of an inspection."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedRequest
from core.forms import attempt
from issues import services
from issues.breadcrumbs import to_settings
from issues.forms.settings import InspectionForm
from issues.models import Inspection
from issues.permissions import require_office


@login_required
def inspection_settings(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Show and change the dates, thresholds and names of one inspection."""
    inspection = get_object_or_404(Inspection.objects.visible_to(request.user), code=code)
    require_office(request.user, inspection)
    form = InspectionForm(request.POST or None, instance=inspection)

    def submit(_data: dict[str, Any]) -> None:
        services.edit_inspection(inspection=inspection, values=form.values(), by=request.user, at=timezone.now())

    if request.method == "POST" and attempt(form, submit):
        messages.success(request, _("The settings were saved."))
        return redirect("inspection_settings", code=code)
    context = {"inspection": inspection, "form": form, "breadcrumbs": to_settings(inspection)}
    return render(request, "issues/settings.html", context, status=422 if form.errors else 200)
