"""The first page after the log-in: one's own work for units, the dashboard for those who see the whole."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.models import User
from accounts.permissions import grants_of, is_auditor, is_system_admin
from accounts.requests import AuthenticatedRequest
from issues.models import Inspection
from measures.models import Measure
from measures.permissions import abilities
from measures.queries import next_step, with_work_done
from reporting.queries import InspectionSummary, compare_inspections, lately_signed_off, with_waiting
from signoffs.models import Application, Decision
from signoffs.queries import last_rounds, round_of, with_subject

LISTED = 40
INSPECTIONS_A_PAGE = 100
DONE_LISTED = 10
WorkLine = tuple[Measure, str, str]
"""A measure, its light, the step that comes next."""
DUE_WITHIN = timedelta(days=30)


@login_required
def home(request: AuthenticatedRequest) -> HttpResponse:
    """Send leaders, office, group and inspectors to the inspection; show units what is due."""
    grants = grants_of(request.user)
    inspections = list(with_waiting(request.user))
    if len(inspections) == 1 and not grants.unit_paths:
        return redirect("inspection", code=inspections[0].code)
    context = {
        "page": _summaries(request, inspections),
        "has_work": bool(grants.unit_paths),
        "is_system_admin": is_system_admin(request.user),
        "is_auditor": is_auditor(request.user),
    }
    if grants.unit_paths:
        context |= _work(request.user)
    return render(request, "reporting/home.html", context)


def _summaries(request: AuthenticatedRequest, inspections: list[Inspection]) -> Page[InspectionSummary]:
    """The inspections side by side, the worst first, a hundred to a page."""
    summaries = compare_inspections(inspections, user=request.user, now=timezone.localtime())
    return Paginator(summaries, INSPECTIONS_A_PAGE).get_page(request.GET.get("page"))


def _work(user: User) -> dict[str, Any]:
    """What the person's units have to do, what was returned to them, what lies with others, what is done."""
    today = timezone.localdate()
    visible = Measure.objects.visible_to(user)
    unfinished = visible.unfinished()
    due = unfinished.filter(deadline__lte=today + DUE_WITHIN)
    returned = visible.returned()
    rows = due.exclude(pk__in=returned.values("pk")).order_by("deadline", "sort_key")[:LISTED]
    submitted = Application.objects.visible_to(user).pending().order_by("applied_at", "pk")
    done = visible.filter(status=Measure.Status.SIGNED_OFF)
    return {
        "work": _work_lines(user, rows, today),
        "due_count": due.count(),
        "all_count": unfinished.count(),
        "most_listed": LISTED,
        "returned": _returned(user, returned.order_by("deadline", "sort_key")[:LISTED], today),
        "submitted": list(with_subject(submitted)[:LISTED]),
        "submitted_count": submitted.count(),
        "done": lately_signed_off(done)[:DONE_LISTED],
        "done_count": done.count(),
    }


def _work_lines(user: User, rows: QuerySet[Measure], today: date) -> list[WorkLine]:
    """Each measure with its light and the step that comes next; as many queries for one as for forty."""
    related = rows.select_related("inspection__organisation", "issue", "leader", "lead_unit")
    lines = []
    for measure in with_work_done(related.prefetch_related("supporting_units", "extensions")):
        done = {name: getattr(measure, name) for name in ("has_report", "has_evidence", "has_open_stages")}
        step = next_step(abilities(user, measure), **done)
        lines.append((measure, measure.light(today, measure.inspection.due_soon_days), step))
    return lines


def _returned(user: User, rows: QuerySet[Measure], today: date) -> list[tuple[WorkLine, Decision | None]]:
    """What was returned, with the decision that says why."""
    lines = _work_lines(user, rows, today)
    last = last_rounds(measure for measure, _light, _step in lines)
    return [(line, round_of(last[line[0].pk]).return_decision) for line in lines]
