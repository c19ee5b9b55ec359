"""The page of one issue with its measures. It lives here, for it shows measures, which issues do not know of."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.requests import AuthenticatedRequest
from issues.breadcrumbs import to_issue_by_heading
from issues.models import Issue
from issues.permissions import abilities
from measures.models import Measure
from measures.permissions import may_change_evidence
from measures.queries import evidence_of, history_of_issue, parts_of


@login_required
def issue(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show text, who, the measures that the person sees as cards, what an import claimed, the history."""
    rows = Issue.objects.visible_to(request.user).select_related(
        "inspection__organisation", "problem__category__area", "leader", "lead_unit", "task_force"
    )
    issue = get_object_or_404(rows, pk=pk)
    visible_measures = Measure.objects.visible_to(request.user).filter(issue=issue)
    measures = list(visible_measures.select_related("leader", "lead_unit").order_by("sort_key"))
    today, due_soon_days = timezone.localdate(), issue.inspection.due_soon_days
    context = {
        "inspection": issue.inspection,
        "issue": issue,
        "cards": [(measure, measure.light(today, due_soon_days)) for measure in measures],
        "parts": parts_of(measures, today),
        "claim": issue.applications.filter(origin="imported", measure=None).first(),
        "evidence": evidence_of(request.user, issue=issue),
        "may_add_evidence": may_change_evidence(request.user, measure=None, issue=issue),
        "able": abilities(request.user, issue),
        "history": history_of_issue(issue),
        "breadcrumbs": to_issue_by_heading(issue),
    }
    return render(request, "measures/issue.html", context)
