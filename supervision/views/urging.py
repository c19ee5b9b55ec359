"""Urging from the page of a measure and from the list of late units."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedRequest
from core.exceptions import RuleViolation
from issues.breadcrumbs import to_inspection
from issues.models import Inspection
from measures.models import Measure
from supervision import services
from supervision.permissions import require_urger
from supervision.queries import late_units


@login_required
@require_POST
def urge_measure(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Urge one measure and go back to the page of the button."""
    measures = Measure.objects.visible_to(request.user).select_related("inspection__organisation")
    measure = get_object_or_404(measures, pk=pk)
    try:
        urge = services.urge_measure(measure=measure, by=request.user, at=timezone.now())
        messages.success(request, _("%(unit)s was urged.") % {"unit": urge.unit})
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    return redirect(_back(request, reverse("measure", args=[pk])))


def _back(request: AuthenticatedRequest, otherwise: str) -> str:
    """Return the page that the form names, if it is one of ours."""
    page = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if page and ours else otherwise


@login_required
def urges(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Show the units with overdue measures, those with the most first; a POST urges one of them for all it has."""
    inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
    inspection = get_object_or_404(inspections, code=code)
    require_urger(request.user, inspection)
    late = late_units(Measure.objects.visible_to(request.user), inspection=inspection, today=timezone.localdate())
    if request.method == "POST":
        return _urge_unit(request, inspection, {str(each.unit.pk): each.unit for each in late})
    title = _("Urge by unit")
    context: dict[str, Any] = {
        "inspection": inspection,
        "late": late,
        "title": title,
        "breadcrumbs": to_inspection(inspection, title),
    }
    return render(request, "supervision/urges.html", context)


def _urge_unit(request: AuthenticatedRequest, inspection: Inspection, units: dict[str, Any]) -> HttpResponse:
    unit = units.get(request.POST.get("unit", ""))
    try:
        if unit is None:
            raise RuleViolation(_("Nothing of this unit is overdue."))
        urge = services.urge_unit(inspection=inspection, unit=unit, by=request.user, at=timezone.now())
        params = {"unit": urge.unit, "count": urge.measures}
        messages.success(request, _("%(unit)s was urged for %(count)d overdue measures.") % params)
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    return redirect("urges", code=inspection.code)
