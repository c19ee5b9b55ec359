"""Editing an issue of the plan."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedRequest
from core.forms import attempt
from issues import services
from issues.breadcrumbs import to_issue
from issues.forms.issue import IssueForm
from issues.models import Issue
from issues.permissions import require_office


@login_required
def edit_issue(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Change text, goal, leader, unit, task force of an issue."""
    rows = Issue.objects.visible_to(request.user).select_related("inspection__organisation")
    issue = get_object_or_404(rows, pk=pk)
    require_office(request.user, issue.inspection)
    form = IssueForm(request.POST or None, instance=issue)

    def submit(data: dict[str, Any]) -> None:
        services.edit_issue(issue=issue, values=data, by=request.user, at=timezone.now())

    if request.method == "POST" and attempt(form, submit):
        messages.success(request, _("The issue was saved."))
        return redirect("issue", pk=pk)
    breadcrumbs = to_issue(issue, _("Edit the issue"))
    context = {"inspection": issue.inspection, "issue": issue, "form": form, "breadcrumbs": breadcrumbs}
    return render(request, "issues/edit_issue.html", context, status=422 if form.errors else 200)
