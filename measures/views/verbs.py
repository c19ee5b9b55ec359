"""One page per verb: fetch what the person sees, ask the table of permissions, call one service."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.exceptions import Forbidden, RuleViolation
from core.forms import attempt
from issues.breadcrumbs import to_inspection
from issues.models import Inspection
from issues.permissions import require_office
from measures.breadcrumbs import to_measure
from measures.forms import DutiesForm, ExtensionForm, GrantForm, HandOverForm, ReasonForm, RefuseForm, ReportForm
from measures.models import Extension, Measure
from measures.permissions import may_decide, require
from measures.services import (
    cancel_measure,
    grant_extension,
    hand_over,
    hand_over_duties,
    refuse_extension,
    report_progress,
    request_extension,
    start_measure,
)

Done = Callable[[dict[str, Any]], Any]


def fetch(request: HttpRequest, pk: int, verb: str) -> Measure:
    """Return a measure that the person sees and whose verb their roles allow; else 404 or 403."""
    rows = Measure.objects.visible_to(request.user)
    rows = rows.select_related("inspection__organisation", "issue", "leader", "lead_unit")
    measure = get_object_or_404(rows, pk=pk)
    require(request.user, verb, measure)
    return measure


def _page(
    request: HttpRequest, measure: Measure, form: forms.Form, done: Done, *, title: str, saved: str, **told: Any
) -> HttpResponse:
    """Show a verb's form; when it is sent, call the verb and go back to the measure."""
    if request.method == "POST" and attempt(form, done):
        messages.success(request, saved)
        return redirect("measure", pk=measure.pk)
    context = {
        "inspection": measure.inspection,
        "measure": measure,
        "form": form,
        "title": title,
        "back": reverse("measure", args=[measure.pk]),
        "breadcrumbs": to_measure(measure, title),
        **told,
    }
    return render(request, "measures/verb.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a measure up; a refusal is said on its page."""
    measure = fetch(request, pk, "start_measure")
    try:
        start_measure(measure=measure, by=request.user, at=timezone.now())
        messages.success(request, _("The measure is under way."))
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    return redirect("measure", pk=pk)


@login_required
def report(request: HttpRequest, pk: int) -> HttpResponse:
    measure = fetch(request, pk, "report_progress")
    form = ReportForm(request.POST or None, measure=measure)

    def done(data: dict[str, Any]) -> None:
        reached = list(data.get("reached") or [])
        by, at = request.user, timezone.now()
        report_progress(measure=measure, text=data["text"], reached=reached, by=by, at=at)  # type: ignore[arg-type]

    return _page(request, measure, form, done, title=_("Report progress"), saved=_("The report was saved."))


@login_required
def hand_over_measure(request: HttpRequest, pk: int) -> HttpResponse:
    measure = fetch(request, pk, "hand_over")
    form = HandOverForm(request.POST or None, measure=measure)

    def done(data: dict[str, Any]) -> None:
        hand_over(measure=measure, by=request.user, at=timezone.now(), **data)

    hint = _("The history keeps who had the measure until now.")
    return _page(request, measure, form, done, title=_("Hand over"), saved=_("It was handed over."), hint=hint)


@login_required
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    measure = fetch(request, pk, "cancel_measure")
    form = ReasonForm(request.POST or None)

    def done(data: dict[str, Any]) -> None:
        cancel_measure(measure=measure, by=request.user, at=timezone.now(), **data)

    hint = _("A cancelled measure stays in the ledger, struck out, and no longer counts. This cannot be undone.")
    return _page(request, measure, form, done, title=_("Cancel the measure"), saved=_("It was cancelled."), hint=hint)


@login_required
def request_later(request: HttpRequest, pk: int) -> HttpResponse:
    measure = fetch(request, pk, "request_extension")
    form = ExtensionForm(request.POST or None)

    def done(data: dict[str, Any]) -> None:
        request_extension(measure=measure, by=request.user, at=timezone.now(), **data)

    hint = _("The office or the leading group decides. Until then the present deadline holds.")
    saved = _("The request was handed in.")
    return _page(request, measure, form, done, title=_("Ask for a later deadline"), saved=saved, hint=hint)


def _decidable(request: HttpRequest, pk: int) -> Extension:
    """Return an extension that the person sees and may decide; else 404 or 403."""
    rows = Extension.objects.visible_to(request.user)
    rows = rows.select_related(
        "measure__inspection__organisation", "measure__issue", "measure__lead_unit", "requested_by"
    )
    extension = get_object_or_404(rows, pk=pk)
    if not may_decide(request.user, extension):
        raise Forbidden(_("Nobody decides on their own request, and only the office or the leading group decides."))
    return extension


def _day(day: date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


@login_required
def grant(request: HttpRequest, pk: int) -> HttpResponse:
    extension = _decidable(request, pk)
    form = GrantForm(request.POST or None)

    def done(data: dict[str, Any]) -> None:
        grant_extension(extension=extension, by=request.user, at=timezone.now(), **data)

    days = {"old": _day(extension.old_deadline), "new": _day(extension.new_deadline)}
    hint = _("The deadline moves from %(old)s to %(new)s.") % days
    title, saved = _("Grant the later deadline"), _("The later deadline was granted.")
    return _page(request, extension.measure, form, done, title=title, saved=saved, hint=hint, extension=extension)


@login_required
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    extension = _decidable(request, pk)
    form = RefuseForm(request.POST or None)

    def done(data: dict[str, Any]) -> None:
        refuse_extension(extension=extension, note=data["reason"], by=request.user, at=timezone.now())

    hint = _("The deadline stays %(old)s.") % {"old": _day(extension.old_deadline)}
    title, saved = _("Refuse the later deadline"), _("The later deadline was refused.")
    return _page(request, extension.measure, form, done, title=title, saved=saved, hint=hint, extension=extension)


@login_required
def hand_over_all(request: HttpRequest, code: str) -> HttpResponse:
    """Hand everything unfinished of one leader over to another, for a post that changes hands."""
    inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
    inspection = get_object_or_404(inspections, code=code)
    require_office(request.user, inspection)
    form = DutiesForm(request.POST or None, inspection=inspection)

    def done(data: dict[str, Any]) -> None:
        count = hand_over_duties(inspection=inspection, by=request.user, at=timezone.now(), **data)
        messages.success(request, _("Measures handed over: %(count)d") % {"count": count})

    if request.method == "POST" and attempt(form, done):
        return redirect("ledger", code=code)
    title = _("Hand over duties")
    back = reverse("inspection_settings", args=[code])
    hint = _("All unfinished measures and open issues of one leader go to another; the history keeps both.")
    context = {"inspection": inspection, "form": form, "title": title, "hint": hint, "back": back}
    context["breadcrumbs"] = to_inspection(inspection, title)
    return render(request, "measures/verb.html", context, status=422 if form.errors else 200)
