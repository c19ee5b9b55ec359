"""The page on which an office sets the ladder of reminders of an inspection."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from issues.breadcrumbs import to_settings
from issues.models import Inspection
from issues.permissions import require_office
from notifications.forms import RungFormSet, initial_of, typed_steps
from notifications.services import set_ladder, steps_of


@login_required
def ladder(request: HttpRequest, code: str) -> HttpResponse:
    """Show and change when whom is reminded."""
    inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
    inspection = get_object_or_404(inspections, code=code)
    require_office(request.user, inspection)
    formset = RungFormSet(request.POST or None, initial=initial_of(steps_of(inspection)))
    refused = ""
    if request.method == "POST" and formset.is_valid():
        try:
            set_ladder(inspection=inspection, steps=typed_steps(formset), by=request.user, at=timezone.now())
            messages.success(request, _("The ladder of reminders was saved."))
            return redirect("set_ladder", code=code)
        except RuleViolation as refusal:
            refused = str(refusal.message)
    title = _("Ladder of reminders")
    context = {"inspection": inspection, "formset": formset, "refused": refused, "title": title}
    context["breadcrumbs"] = to_settings(inspection, title)
    return render(request, "notifications/ladder.html", context, status=422 if formset.is_bound else 200)
