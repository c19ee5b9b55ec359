"""The dashboard of an inspection and its wall screen: its progress, who is late, what waits for me."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.models import ORGANISATION_ROLES
from accounts.permissions import grants_of
from accounts.requests import AuthenticatedRequest
from issues.models import Issue
from issues.permissions import can_see_all, may_administer
from measures.models import Measure
from reporting import queries
from signoffs.queries.figures import Moment, count_issues

WALL_OVERDUE, WALL_UNITS = 6, 16
"""Rows of what is overdue and units that the wall shows at a time."""
WALL_SECONDS = 20
"""How long it shows them before the next ones; then it asks for the figures again."""


@login_required
def inspection(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Count what this person sees of the inspection; every figure links to the list that makes it up."""
    context = _context(request, code, now=timezone.localtime())
    current = context["inspection"]
    context |= {
        "may_administer": may_administer(request.user, current),
        "can_see_all": can_see_all(request.user, current),
        "mine": next((part for part in context["leaders"] if part.key == request.user.pk), None),
    }
    return render(request, "reporting/dashboard.html", context)


@login_required
def screen(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """The wall of a meeting room: the same figures, large; it refreshes by itself and has nothing to click."""
    now = timezone.localtime()
    context = _context(request, code, now=now, wall=True)
    turn = int(now.timestamp()) // WALL_SECONDS
    overdue, first = _page_of_turn(context["lists"].overdue, WALL_OVERDUE, turn)
    context |= {
        "now": now,
        "overdue_page": overdue,
        "overdue_from": first + 1,
        "overdue_until": first + len(overdue),
        "ranked": _page_of_turn(context["units"], WALL_UNITS, turn)[0],
        "seconds": WALL_SECONDS,
    }
    return render(request, "reporting/screen.html", context)


def _page_of_turn(rows: list[Any], size: int, turn: int) -> tuple[list[Any], int]:
    """Return the page of the rows that it is the turn of, and the place of its first row."""
    first = turn % max(1, -(-len(rows) // size)) * size
    return rows[first : first + size], first


def _context(request: AuthenticatedRequest, code: str, *, now: datetime, wall: bool = False) -> dict[str, Any]:
    """What dashboard and wall share; as many queries for a million measures as for ten."""
    user, today = request.user, now.date()
    current = get_object_or_404(queries.with_waiting(user), code=code)
    measures = Measure.objects.visible_to(user, current)
    week_began = queries.last_week_end(current, now)
    moment = Moment.present(today, current.due_soon_days)
    counts = queries.count_dashboard(measures, moment=moment, week_began=week_began)
    weeks = queries.burn_up_of(current, measures, now=now)
    return {
        "inspection": current,
        "sees_all": grants_of(user).holds(ORGANISATION_ROLES, current.organisation),
        "issues": count_issues(Issue.objects.visible_to(user, current), measures, moment=moment),
        "measures": counts.measures,
        "exceptions": counts.exceptions,
        "areas": counts.areas,
        "units": queries.ranking(counts.units, weeks.units),
        "leaders": counts.leaders,
        "weeks": weeks,
        "lists": queries.dashboard_lists(measures, today=today, wall=wall),
        "period": queries.period_progress(current, today),
        "elapsed": queries.elapsed(current, today),
        "week_began": week_began,
    }
