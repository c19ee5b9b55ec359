"""The dashboard of an inspection and its wall screen: where it stands, who is late, what waits for me."""

from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.models import ORGANISATION_ROLES
from accounts.permissions import grants_of
from issues.models import Issue
from issues.permissions import can_see_all, may_administer
from measures.models import Measure
from reporting.queries import (
    course_of,
    cube_of,
    elapsed,
    issue_figures,
    last_end_of,
    lists_of,
    ranking,
    weeks_of,
    with_waiting,
)

WALL_LATE, WALL_UNITS = 6, 16
"""Rows of what is overdue and units that the wall shows at a time."""
WALL_SECONDS = 20
"""How long it shows them before the next ones; then it asks for the figures anew."""


@login_required
def inspection(request: HttpRequest, code: str) -> HttpResponse:
    """Count what this person sees of the inspection; every figure links to the list that makes it up."""
    context = _board(request, code, now=timezone.localtime())
    shown = context["inspection"]
    context |= {
        "may_administer": may_administer(request.user, shown),
        "can_see_all": can_see_all(request.user, shown),
        "mine": next((group for group in context["leaders"] if group.key == request.user.pk), None),
    }
    return render(request, "reporting/dashboard.html", context)


@login_required
def screen(request: HttpRequest, code: str) -> HttpResponse:
    """The wall of a meeting room: the same figures, large; asks anew by itself, nothing to click."""
    now = timezone.localtime()
    context = _board(request, code, now=now, wall=True)
    turn = int(now.timestamp()) // WALL_SECONDS
    late, first = _turned(context["lists"].late, WALL_LATE, turn)
    context |= {
        "now": now,
        "late_page": late,
        "late_from": first + 1,
        "late_until": first + len(late),
        "ranked": _turned(context["units"], WALL_UNITS, turn)[0],
        "seconds": WALL_SECONDS,
    }
    return render(request, "reporting/screen.html", context)


def _turned(rows: list[Any], shown: int, turn: int) -> tuple[list[Any], int]:
    """Return the page of the rows that it is the turn of, and the place of its first row."""
    first = turn % max(1, -(-len(rows) // shown)) * shown
    return rows[first : first + shown], first


def _board(request: HttpRequest, code: str, *, now: datetime, wall: bool = False) -> dict[str, Any]:
    """What dashboard and wall share; as many queries for a million measures as for ten."""
    shown = get_object_or_404(with_waiting(request.user), code=code)
    today = now.date()
    measures = Measure.objects.visible_to(request.user, shown)
    issues = Issue.objects.visible_to(request.user, shown)
    week_began = last_end_of(shown, now)
    cube = cube_of(measures, today=today, due_soon_days=shown.due_soon_days, week_began=week_began)
    weeks = weeks_of(shown, measures, now=now)
    sees_all = grants_of(request.user).holds(ORGANISATION_ROLES, shown.organisation)
    return {
        "inspection": shown,
        "sees_all": sees_all,
        "issues": issue_figures(issues, measures, today=today),
        "measures": cube.figures,
        "notes": cube.notes,
        "areas": cube.areas,
        "units": ranking(cube.units, weeks.units),
        "leaders": cube.leaders,
        "weeks": weeks,
        "lists": lists_of(measures, today=today, wall=wall),
        "course": course_of(shown, today),
        "elapsed": elapsed(shown, today),
        "week_began": week_began,
    }
