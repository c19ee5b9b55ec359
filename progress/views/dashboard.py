"""The dashboard of an inspection: two rates with their denominators, what is late, where it is late."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from issues.models import Inspection, Issue
from issues.permissions import may_administer, sees_whole
from measures.models import Extension, Measure
from progress.queries import by_area, by_leader, by_unit, course_of, issue_figures, measure_figures
from signoffs.services.queues import queue_of

LATE_SHOWN = 8


@login_required
def inspection(request: HttpRequest, code: str) -> HttpResponse:
    """Count what this person sees of the inspection; every figure links to the list that makes it up."""
    inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
    shown = get_object_or_404(inspections, code=code)
    today = timezone.localdate()
    measures = Measure.objects.visible_to(request.user).filter(inspection=shown)
    issues = Issue.objects.visible_to(request.user).filter(inspection=shown)
    late = measures.overdue(today).select_related("leader", "lead_unit").order_by("deadline", "sort_key")
    waiting = Extension.objects.visible_to(request.user).pending().filter(measure__inspection=shown)
    day: dict[str, Any] = {"today": today, "due_soon_days": shown.due_soon_days}
    context = {
        "inspection": shown,
        "issues": issue_figures(issues, measures, today=today),
        "measures": measure_figures(measures, **day),
        "areas": by_area(measures, **day),
        "units": by_unit(measures, **day),
        "leaders": by_leader(measures, **day),
        "late": late[:LATE_SHOWN],
        "waiting": waiting.count(),
        "for_me": queue_of(request.user).filter(inspection=shown).count(),
        "incomplete": measures.incomplete().count(),
        "course": course_of(shown, today),
        "soon_url": _soon_url(shown, today),
        "may_administer": may_administer(request.user, shown),
        "sees_whole": sees_whole(request.user, shown),
    }
    return render(request, "progress/dashboard.html", context)


def _soon_url(shown: Inspection, today: date) -> str:
    """Return the address of the list of what falls due within the days of the setting."""
    until = today + timedelta(days=shown.due_soon_days)
    asked = {"status": Measure.UNFINISHED, "due_after": today, "due_before": until, "sort": "deadline"}
    return f"{reverse('ledger', args=[shown.code])}?{urlencode(asked, doseq=True)}"
