"""The page of one issue with its measures. It lives here, for it shows measures, which issues do not know of."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from issues.breadcrumbs import to_issue_by_heading
from issues.models import Issue
from issues.permissions import may_administer
from measures.models import Measure
from measures.permissions import may_change_evidence
from measures.queries import evidence_of, history_of_issue, parts_of


@login_required
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Show text, who, the measures that the person sees as cards, what an import claimed, the history."""
    rows = Issue.objects.visible_to(request.user).select_related(
        "inspection__organisation", "problem__category__area", "leader", "lead_unit", "task_force"
    )
    shown = get_object_or_404(rows, pk=pk)
    seen = Measure.objects.visible_to(request.user).filter(issue=shown)
    measures = list(seen.select_related("leader", "lead_unit").order_by("sort_key"))
    today, soon = timezone.localdate(), shown.inspection.due_soon_days
    context = {
        "inspection": shown.inspection,
        "issue": shown,
        "cards": [(measure, measure.light(today, soon)) for measure in measures],
        "parts": parts_of(measures, today),
        "claim": shown.applications.filter(origin="imported", measure=None).first(),
        "evidence": evidence_of(request.user, issue=shown),
        "may_add_evidence": may_change_evidence(request.user, measure=None, issue=shown),
        "may_administer": may_administer(request.user, shown.inspection),
        "history": history_of_issue(shown),
        "breadcrumbs": to_issue_by_heading(shown),
    }
    return render(request, "measures/issue.html", context)
