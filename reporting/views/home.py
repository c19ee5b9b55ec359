"""The first page after the log-in: one's own work for units, the dashboard for those who see the whole."""

from datetime import date, timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.permissions import grants_of, is_auditor, is_system_admin
from issues.models import Inspection
from measures.models import Measure
from measures.permissions import abilities
from measures.queries import next_step, with_work_done
from reporting.queries import Line as Compared
from reporting.queries import lately_signed_off, side_by_side, with_waiting
from signoffs.models import Application, Decision
from signoffs.queries import last_rounds, round_of, with_subject

SHOWN = 40
INSPECTIONS_A_PAGE = 100
DONE_SHOWN = 10
Line = tuple[Measure, str, str]
DUE_WITHIN = timedelta(days=30)


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Send leaders, office, group and inspectors to the inspection; show units what is due."""
    grants = grants_of(request.user)
    inspections = list(with_waiting(request.user))
    if len(inspections) == 1 and not grants.unit_paths:
        return redirect("inspection", code=inspections[0].code)
    context = {
        "page": _compared(request, inspections),
        "has_work": bool(grants.unit_paths),
        "is_system_admin": is_system_admin(request.user),
        "is_auditor": is_auditor(request.user),
    }
    if grants.unit_paths:
        context |= _work(request)
    return render(request, "reporting/home.html", context)


def _compared(request: HttpRequest, inspections: list[Inspection]) -> Page[Compared]:
    """The inspections side by side, the worst first, a hundred to a page."""
    lines = side_by_side(inspections, user=request.user, now=timezone.localtime())
    return Paginator(lines, INSPECTIONS_A_PAGE).get_page(request.GET.get("page"))


def _work(request: HttpRequest) -> dict[str, Any]:
    """What the person's units have to do, what was returned to them, what lies with others, what is done."""
    today = timezone.localdate()
    seen = Measure.objects.visible_to(request.user)
    unfinished = seen.unfinished()
    due = unfinished.filter(deadline__lte=today + DUE_WITHIN)
    returned = seen.returned()
    rows = due.exclude(pk__in=returned.values("pk")).order_by("deadline", "sort_key")[:SHOWN]
    submitted = Application.objects.visible_to(request.user).pending().order_by("applied_at", "pk")
    done = seen.filter(status=Measure.Status.SIGNED_OFF)
    return {
        "work": _lines(request, rows, today),
        "due_count": due.count(),
        "all_count": unfinished.count(),
        "shown": SHOWN,
        "returned": _returned(request, returned.order_by("deadline", "sort_key")[:SHOWN], today),
        "submitted": list(with_subject(submitted)[:SHOWN]),
        "submitted_count": submitted.count(),
        "done": lately_signed_off(done)[:DONE_SHOWN],
        "done_count": done.count(),
    }


def _lines(request: HttpRequest, rows: QuerySet[Measure], today: date) -> list[Line]:
    """Each measure with its light and the step that comes next; as many queries for one as for forty."""
    found = rows.select_related("inspection__organisation", "issue", "leader", "lead_unit")
    lines = []
    for measure in with_work_done(found.prefetch_related("supporting_units", "extensions")):
        done = {name: getattr(measure, name) for name in ("has_report", "has_evidence", "has_open_stages")}
        step = next_step(abilities(request.user, measure), **done)
        lines.append((measure, measure.light(today, measure.inspection.due_soon_days), step))
    return lines


def _returned(request: HttpRequest, rows: QuerySet[Measure], today: date) -> list[tuple[Line, Decision | None]]:
    """What was returned, with the decision that says why."""
    lines = _lines(request, rows, today)
    last = last_rounds(measure for measure, _light, _step in lines)
    return [(line, round_of(last[line[0].pk]).return_decision) for line in lines]
