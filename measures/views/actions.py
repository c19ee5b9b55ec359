"""One page per verb: fetch what the person sees, check the table of permissions, call one service."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedRequest
from core.exceptions import Forbidden, RuleViolation
from core.forms import attempt
from issues.breadcrumbs import to_inspection
from issues.models import Inspection
from issues.permissions import require_office
from measures import services
from measures.breadcrumbs import to_measure
from measures.forms import DutiesForm, ExtensionForm, GrantForm, HandOverForm, ReasonForm, RefuseForm, ReportForm
from measures.models import Extension, Measure
from measures.permissions import may_decide, require

Submit = Callable[[dict[str, Any]], Any]


def get_measure_for(request: AuthenticatedRequest, pk: int, verb: str) -> Measure:
    """Return a measure that the person sees and whose verb their roles allow; else 404 or 403."""
    rows = Measure.objects.visible_to(request.user)
    rows = rows.select_related("inspection__organisation", "issue", "leader", "lead_unit")
    measure = get_object_or_404(rows, pk=pk)
    require(request.user, verb, measure)
    return measure


def _form_page(
    request: AuthenticatedRequest,
    measure: Measure,
    form: forms.Form,
    submit: Submit,
    *,
    title: str,
    success: str,
    **context: Any,
) -> HttpResponse:
    """Show a verb's form; when it is sent, call the verb and go back to the measure."""
    if request.method == "POST" and attempt(form, submit):
        messages.success(request, success)
        return redirect("measure", pk=measure.pk)
    context |= {
        "inspection": measure.inspection,
        "measure": measure,
        "form": form,
        "title": title,
        "back": reverse("measure", args=[measure.pk]),
        "breadcrumbs": to_measure(measure, title),
    }
    return render(request, "measures/verb.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def start_measure(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Take a measure up; a refusal is said on its page."""
    measure = get_measure_for(request, pk, "start_measure")
    try:
        services.start_measure(measure=measure, by=request.user, at=timezone.now())
        messages.success(request, _("The measure is under way."))
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    return redirect("measure", pk=pk)


@login_required
def report_progress(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    measure = get_measure_for(request, pk, "report_progress")
    form = ReportForm(request.POST or None, measure=measure)

    def submit(data: dict[str, Any]) -> None:
        reached = list(data.get("reached") or [])
        services.report_progress(
            measure=measure, text=data["text"], reached=reached, by=request.user, at=timezone.now()
        )

    return _form_page(request, measure, form, submit, title=_("Report progress"), success=_("The report was saved."))


@login_required
def hand_over(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    measure = get_measure_for(request, pk, "hand_over")
    form = HandOverForm(request.POST or None, measure=measure)

    def submit(data: dict[str, Any]) -> None:
        services.hand_over(measure=measure, by=request.user, at=timezone.now(), **data)

    hint = _("The history keeps who had the measure until now.")
    title, success = _("Hand over"), _("It was handed over.")
    return _form_page(request, measure, form, submit, title=title, success=success, hint=hint)


@login_required
def cancel_measure(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    measure = get_measure_for(request, pk, "cancel_measure")
    form = ReasonForm(request.POST or None)

    def submit(data: dict[str, Any]) -> None:
        services.cancel_measure(measure=measure, by=request.user, at=timezone.now(), **data)

    hint = _("A cancelled measure stays in the ledger, struck out, and no longer counts. This cannot be undone.")
    title, success = _("Cancel the measure"), _("It was cancelled.")
    return _form_page(request, measure, form, submit, title=title, success=success, hint=hint)


@login_required
def request_extension(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    measure = get_measure_for(request, pk, "request_extension")
    form = ExtensionForm(request.POST or None)

    def submit(data: dict[str, Any]) -> None:
        services.request_extension(measure=measure, by=request.user, at=timezone.now(), **data)

    hint = _("The office or the leading group decides. Until then the current deadline applies.")
    title, success = _("Request an extension"), _("The request was submitted.")
    return _form_page(request, measure, form, submit, title=title, success=success, hint=hint)


def _get_extension_for_decision(request: AuthenticatedRequest, pk: int) -> Extension:
    """Return an extension that the person sees and may decide; else 404 or 403."""
    rows = Extension.objects.visible_to(request.user)
    rows = rows.select_related(
        "measure__inspection__organisation", "measure__issue", "measure__lead_unit", "requested_by"
    )
    extension = get_object_or_404(rows, pk=pk)
    if not may_decide(request.user, extension):
        raise Forbidden(_("You cannot decide on your own request; only the office or the leading group decides."))
    return extension


def _short_date(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


@login_required
def grant_extension(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    extension = _get_extension_for_decision(request, pk)
    form = GrantForm(request.POST or None)

    def submit(data: dict[str, Any]) -> None:
        services.grant_extension(extension=extension, by=request.user, at=timezone.now(), **data)

    days = {"old": _short_date(extension.old_deadline), "new": _short_date(extension.new_deadline)}
    hint = _("The deadline moves from %(old)s to %(new)s.") % days
    title, success = _("Grant the extension"), _("The extension was granted.")
    context: dict[str, Any] = {"hint": hint, "extension": extension}
    return _form_page(request, extension.measure, form, submit, title=title, success=success, **context)


@login_required
def refuse_extension(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    extension = _get_extension_for_decision(request, pk)
    form = RefuseForm(request.POST or None)

    def submit(data: dict[str, Any]) -> None:
        services.refuse_extension(extension=extension, note=data["reason"], by=request.user, at=timezone.now())

    hint = _("The deadline stays %(old)s.") % {"old": _short_date(extension.old_deadline)}
    title, success = _("Refuse the extension"), _("The extension was refused.")
    context: dict[str, Any] = {"hint": hint, "extension": extension}
    return _form_page(request, extension.measure, form, submit, title=title, success=success, **context)


@login_required
def hand_over_duties(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Hand everything unfinished of one leader over to another, for a post that changes hands."""
    inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
    inspection = get_object_or_404(inspections, code=code)
    require_office(request.user, inspection)
    form = DutiesForm(request.POST or None, inspection=inspection)

    def submit(data: dict[str, Any]) -> None:
        count = services.hand_over_duties(inspection=inspection, by=request.user, at=timezone.now(), **data)
        messages.success(request, _("Measures handed over: %(count)d") % {"count": count})

    if request.method == "POST" and attempt(form, submit):
        return redirect("ledger", code=code)
    title = _("Hand over duties")
    context = {
        "inspection": inspection,
        "form": form,
        "title": title,
        "hint": _("All unfinished measures and open issues of one leader go to another; the history keeps both."),
        "back": reverse("inspection_settings", args=[code]),
        "breadcrumbs": to_inspection(inspection, title),
    }
    return render(request, "measures/verb.html", context, status=422 if form.errors else 200)
