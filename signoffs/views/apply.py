"""The applicants' pages: apply for sign-off, apply for closing an issue, take an application back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedRequest
from core.exceptions import Forbidden
from core.forms import attempt
from core.rules import is_possible
from issues.breadcrumbs import to_issue
from issues.models import Issue
from measures.breadcrumbs import to_measure
from measures.models import Measure
from measures.permissions import require
from signoffs import services
from signoffs.breadcrumbs import to_application
from signoffs.forms import ClosureForm, StatementForm, WithdrawForm, with_role_labels
from signoffs.models import Application
from signoffs.permissions import RULES, may_apply_for_closure, may_withdraw


@login_required
def apply_for_sign_off(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show what will be frozen, and apply."""
    rows = Measure.objects.visible_to(request.user).select_related("inspection__organisation", "issue", "lead_unit")
    measure = get_object_or_404(rows, pk=pk)
    require(request.user, "apply_for_sign_off", measure)
    form = StatementForm(request.POST or None)

    def service(data: dict[str, Any]) -> None:
        services.apply_for_sign_off(measure=measure, by=request.user, at=timezone.now(), **data)

    if request.method == "POST" and attempt(form, service):
        messages.success(request, _("The application was submitted."))
        return redirect(f"{reverse('measure', args=[pk])}?tab=applications")
    title = _("Apply for sign-off")
    context = {"measure": measure, "title": title, "breadcrumbs": to_measure(measure, title)}
    context["open_stages"] = measure.milestones.filter(reached_on=None)
    context["evidence"] = measure.evidence.in_force().order_by("position").prefetch_related("versions__file__scan")
    return _page(request, measure.inspection, form, context)


@login_required
def apply_for_closure(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show on what the closing is based, and apply for it with the conclusion."""
    rows = Issue.objects.visible_to(request.user).select_related("inspection__organisation", "lead_unit")
    issue = get_object_or_404(rows, pk=pk)
    if not may_apply_for_closure(request.user, issue):
        raise Forbidden(_("The lead unit of the issue applies for its closure."))
    form = ClosureForm(request.POST or None, initial={"is_sustained": issue.is_sustained})

    def service(data: dict[str, Any]) -> None:
        services.apply_for_closure(issue=issue, by=request.user, at=timezone.now(), **data)

    if request.method == "POST" and attempt(form, service):
        messages.success(request, _("The application was submitted."))
        return redirect("issue", pk=pk)
    title = _("Apply for closure")
    context = {"issue": issue, "title": title, "breadcrumbs": to_issue(issue, title)}
    context["measures"] = Measure.objects.visible_to(request.user).filter(issue=issue).order_by("sort_key")
    own = issue.evidence.in_force().filter(measure=None)
    context["evidence"] = own.order_by("position").prefetch_related("versions__file__scan")
    return _page(request, issue.inspection, form, context)


def _page(request: AuthenticatedRequest, inspection: Any, form: forms.Form, context: dict[str, Any]) -> HttpResponse:
    steps = with_role_labels(services.review_steps_of(inspection))
    context |= {"inspection": inspection, "form": form, "review_steps": steps}
    return render(request, "signoffs/apply.html", context, status=422 if form.errors else 200)


@login_required
def withdraw_application(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Take an application back, with a reason."""
    rows = Application.objects.visible_to(request.user).select_related("inspection", "issue", "measure")
    application = get_object_or_404(rows, pk=pk)
    is_over = not is_possible(RULES, "withdraw_application", application)
    if not may_withdraw(request.user, application) and not (is_over and application.applicant_id == request.user.pk):
        raise Forbidden(_("Only who applied can withdraw the application."))
    form = WithdrawForm(request.POST or None)

    def service(data: dict[str, Any]) -> None:
        services.withdraw_application(application=application, by=request.user, at=timezone.now(), **data)

    if request.method == "POST" and attempt(form, service):
        messages.success(request, _("The application was withdrawn; the work goes on."))
        return redirect("application", pk=pk)
    title = _("Withdraw the application")
    context = {"inspection": application.inspection, "application": application, "form": form, "title": title}
    context |= {"breadcrumbs": to_application(application, title), "is_over": is_over}
    return render(request, "signoffs/withdraw.html", context, status=422 if form.errors else 200)
