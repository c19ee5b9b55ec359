"""The page on which an office sets the escalation of reminders of an inspection."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedRequest
from core.exceptions import RuleViolation
from issues.breadcrumbs import to_settings
from issues.models import Inspection
from issues.permissions import require_office
from notifications import services
from notifications.forms import EscalationStepFormSet, initial_of, typed_steps


@login_required
def set_escalation(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Show and change who is reminded when."""
    inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
    inspection = get_object_or_404(inspections, code=code)
    require_office(request.user, inspection)
    formset = EscalationStepFormSet(request.POST or None, initial=initial_of(services.steps_of(inspection)))
    error = ""
    if request.method == "POST" and formset.is_valid():
        try:
            steps = typed_steps(formset)
            services.set_escalation(inspection=inspection, steps=steps, by=request.user, at=timezone.now())
            messages.success(request, _("The escalation of reminders was saved."))
            return redirect("set_escalation", code=code)
        except RuleViolation as refusal:
            error = str(refusal.message)
    title = _("Escalation of reminders")
    context = {"inspection": inspection, "formset": formset, "error": error, "title": title}
    context["breadcrumbs"] = to_settings(inspection, title)
    return render(request, "notifications/escalation.html", context, status=422 if formset.is_bound else 200)
