"""The review steps of an inspection, edited by its office."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedRequest
from core.exceptions import RuleViolation
from issues.breadcrumbs import to_inspection
from issues.models import Inspection
from issues.permissions import require_office
from signoffs import services
from signoffs.forms import ReviewStepFormSet, steps_in
from signoffs.models import STEPS_AT_MOST, Application


@login_required
def set_review_steps(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Show and change the steps; rows in their order, empty ones left out."""
    inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
    inspection = get_object_or_404(inspections, code=code)
    require_office(request.user, inspection)
    current = services.review_steps_of(inspection)
    initial = [*current, *({"name": "", "role": ""} for _each in range(STEPS_AT_MOST - len(current)))]
    formset = ReviewStepFormSet(request.POST or None, initial=initial, prefix="steps")
    error = ""
    if request.method == "POST" and formset.is_valid():
        try:
            services.set_review_steps(
                inspection=inspection, steps=steps_in(formset), by=request.user, at=timezone.now()
            )
            messages.success(request, _("The review steps were saved."))
            return redirect("inspection_settings", code=code)
        except RuleViolation as refusal:
            error = str(refusal.message)
    title = _("Review steps")
    under_review = Application.objects.filter(inspection=inspection).pending().count()
    context = {"inspection": inspection, "formset": formset, "error": error, "title": title}
    context |= {"under_review": under_review, "breadcrumbs": to_inspection(inspection, title)}
    return render(request, "signoffs/review_steps.html", context, status=422 if formset.is_bound else 200)
