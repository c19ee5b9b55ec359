"""The office's work on the plan: add a measure to an issue, change one."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from core.forms import attempt
from issues.breadcrumbs import to_issue
from issues.models import Issue
from issues.permissions import require_office
from measures.breadcrumbs import to_measure
from measures.forms import PlanForm, StageFormSet, stages_of
from measures.services import edit_measure, plan_measure
from measures.views.verbs import fetch


@login_required
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a measure to an issue."""
    rows = Issue.objects.visible_to(request.user).select_related("inspection__organisation", "leader", "lead_unit")
    issue = get_object_or_404(rows, pk=pk)
    require_office(request.user, issue.inspection)
    initial = {"leader": issue.leader_id, "lead_unit": issue.lead_unit_id}
    form = PlanForm(request.POST or None, organisation=issue.inspection.organisation, initial=initial)
    stages = StageFormSet(request.POST or None, prefix="stages")

    def done(data: dict[str, Any]) -> None:
        plan_measure(issue=issue, stages=stages_of(stages), by=request.user, at=timezone.now(), **data)

    if request.method == "POST" and stages.is_valid() and attempt(form, done):
        messages.success(request, _("The measure was planned."))
        return redirect("issue", pk=pk)
    title = _("Plan a measure")
    context = {"inspection": issue.inspection, "issue": issue, "title": title}
    context |= {"back": reverse("issue", args=[pk]), "breadcrumbs": to_issue(issue, title)}
    return _shown(request, form, stages, context)


@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the plan of a measure; what its state does not allow any more is said at the field."""
    measure = fetch(request, pk, "edit_measure")
    form = PlanForm(request.POST or None, instance=measure, organisation=measure.inspection.organisation)
    kept = [{"title": stage.title, "due_on": stage.due_on} for stage in measure.milestones.all()]
    stages = StageFormSet(request.POST or None, initial=kept, prefix="stages")

    def done(data: dict[str, Any]) -> None:
        units, at = list(data.pop("supporting_units")), timezone.now()
        edit_measure(
            measure=measure, values=data, supporting_units=units, stages=stages_of(stages), by=request.user, at=at
        )

    if request.method == "POST" and stages.is_valid() and attempt(form, done):
        messages.success(request, _("The plan was saved."))
        return redirect("measure", pk=pk)
    title = _("Edit the plan")
    context = {"inspection": measure.inspection, "measure": measure, "title": title}
    context |= {"back": reverse("measure", args=[pk]), "breadcrumbs": to_measure(measure, title)}
    return _shown(request, form, stages, context)


def _shown(request: HttpRequest, form: PlanForm, stages: Any, context: dict[str, Any]) -> HttpResponse:
    is_wrong = bool(form.errors) or (stages.is_bound and not stages.is_valid())
    context |= {"form": form, "stages": stages}
    return render(request, "measures/plan.html", context, status=422 if is_wrong else 200)
