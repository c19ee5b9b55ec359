"""The office's work on the plan: add a measure to an issue, change one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedRequest
from core.forms import attempt
from issues.breadcrumbs import to_issue
from issues.models import Issue
from issues.permissions import require_office
from measures import services
from measures.breadcrumbs import to_measure
from measures.forms import PlanForm, StageFormSet, stages_of
from measures.views.actions import get_measure_for


@login_required
def plan_measure(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Add a measure to an issue."""
    rows = Issue.objects.visible_to(request.user).select_related("inspection__organisation", "leader", "lead_unit")
    issue = get_object_or_404(rows, pk=pk)
    require_office(request.user, issue.inspection)
    initial = {"leader": issue.leader_id, "lead_unit": issue.lead_unit_id}
    form = PlanForm(request.POST or None, organisation=issue.inspection.organisation, initial=initial)
    stages = StageFormSet(request.POST or None, prefix="stages")

    def submit(data: dict[str, Any]) -> None:
        services.plan_measure(issue=issue, stages=stages_of(stages), by=request.user, at=timezone.now(), **data)

    if request.method == "POST" and stages.is_valid() and attempt(form, submit):
        messages.success(request, _("The measure was planned."))
        return redirect("issue", pk=pk)
    title = _("Plan a measure")
    context = {"inspection": issue.inspection, "issue": issue, "title": title}
    context |= {"back": reverse("issue", args=[pk]), "breadcrumbs": to_issue(issue, title)}
    return _plan_page(request, form, stages, context)


@login_required
def edit_measure(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Change the plan of a measure; what its state does not allow any more is said at the field."""
    measure = get_measure_for(request, pk, "edit_measure")
    form = PlanForm(request.POST or None, instance=measure, organisation=measure.inspection.organisation)
    current_stages = [{"title": stage.title, "due_on": stage.due_on} for stage in measure.milestones.all()]
    stages = StageFormSet(request.POST or None, initial=current_stages, prefix="stages")

    def submit(data: dict[str, Any]) -> None:
        services.edit_measure(
            measure=measure,
            supporting_units=list(data.pop("supporting_units")),
            values=data,
            stages=stages_of(stages),
            by=request.user,
            at=timezone.now(),
        )

    if request.method == "POST" and stages.is_valid() and attempt(form, submit):
        messages.success(request, _("The plan was saved."))
        return redirect("measure", pk=pk)
    title = _("Edit the plan")
    context = {"inspection": measure.inspection, "measure": measure, "title": title}
    context |= {"back": reverse("measure", args=[pk]), "breadcrumbs": to_measure(measure, title)}
    return _plan_page(request, form, stages, context)


def _plan_page(request: AuthenticatedRequest, form: PlanForm, stages: Any, context: dict[str, Any]) -> HttpResponse:
    is_invalid = bool(form.errors) or (stages.is_bound and not stages.is_valid())
    context |= {"form": form, "stages": stages}
    return render(request, "measures/plan.html", context, status=422 if is_invalid else 200)
