"""The chain of review steps of an inspection, edited by its office."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from issues.breadcrumbs import to_inspection
from issues.models import Inspection
from issues.permissions import require_office
from signoffs.forms import StepFormSet, steps_of
from signoffs.models import STEPS_AT_MOST, Application
from signoffs.services import chain_of, set_chain


@login_required
def chain(request: HttpRequest, code: str) -> HttpResponse:
    """Show and change the steps; rows in their order, empty ones left out."""
    inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
    inspection = get_object_or_404(inspections, code=code)
    require_office(request.user, inspection)
    kept = chain_of(inspection)
    initial = [*kept, *({"name": "", "role": ""} for _each in range(STEPS_AT_MOST - len(kept)))]
    formset = StepFormSet(request.POST or None, initial=initial, prefix="steps")
    refused = ""
    if request.method == "POST" and formset.is_valid():
        try:
            set_chain(inspection=inspection, steps=steps_of(formset), by=request.user, at=timezone.now())
            messages.success(request, _("The chain of review steps was saved."))
            return redirect("inspection_settings", code=code)
        except RuleViolation as refusal:
            refused = str(refusal.message)
    title = _("Chain of review steps")
    under_review = Application.objects.filter(inspection=inspection).pending().count()
    context = {"inspection": inspection, "formset": formset, "refused": refused, "title": title}
    context |= {"under_review": under_review, "breadcrumbs": to_inspection(inspection, title)}
    return render(request, "signoffs/chain.html", context, status=422 if formset.is_bound else 200)
