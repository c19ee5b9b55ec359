"""The page of one measure, and the queue of extensions that wait for a decision."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.requests import AuthenticatedRequest
from core.breadcrumbs import breadcrumbs
from issues.models import Inspection
from measures.breadcrumbs import to_measure
from measures.models import Extension, Measure
from measures.permissions import abilities, extension_abilities
from measures.queries import evidence_of, history, line_of_states, next_step

TABS = ("progress", "milestones", "evidence", "extensions", "applications", "history")


@login_required
def measure(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show text, who, by when, state; progress, milestones, extensions and history as tabs."""
    rows = Measure.objects.visible_to(request.user).select_related(
        "inspection__organisation", "issue", "leader", "lead_unit"
    )
    measure = get_object_or_404(rows.prefetch_related("supporting_units", "milestones", "extensions"), pk=pk)
    tab = request.GET.get("tab", "")
    able = abilities(request.user, measure)
    context = {
        "inspection": measure.inspection,
        "measure": measure,
        "able": able,
        "next_step": next_step(able, **_work_so_far(measure)),
        "light": measure.light(timezone.localdate(), measure.inspection.due_soon_days),
        "line": line_of_states(measure),
        "may_add_evidence": "add_evidence" in able,
        "evidence_count": measure.evidence.in_force().count(),
        "redo_of": _visible_redo_of(request.user, measure),
        "tab": tab if tab in TABS else TABS[0],
        "breadcrumbs": to_measure(measure),
        **_tab_context(request.user, measure, tab),
    }
    return render(request, "measures/measure.html", context)


def _work_so_far(measure: Measure) -> dict[str, bool]:
    """Return what decides the next step; the milestones are loaded already."""
    return {
        "has_report": measure.reports.exists(),
        "has_evidence": measure.evidence.in_force().exists(),
        "has_open_stages": any(stage.reached_on is None for stage in measure.milestones.all()),
    }


def _visible_redo_of(user: User, measure: Measure) -> Measure | None:
    """Return the measure that this one does again, if the person sees it: another unit may have had it."""
    if measure.redo_of_id is None:
        return None
    return Measure.objects.visible_to(user).filter(pk=measure.redo_of_id).first()


def _tab_context(user: User, measure: Measure, tab: str) -> dict[str, Any]:
    """Load what the chosen tab shows, and nothing else."""
    if tab == "history":
        return {"history": history(measure)}
    if tab == "extensions":
        rows = measure.extensions.select_related("requested_by", "decided_by", "measure__inspection__organisation")
        return {"extensions": _with_abilities(user, rows.order_by("-requested_at"))}
    if tab == "evidence":
        return {"evidence": evidence_of(user, measure=measure)}
    if tab in {"milestones", "applications"}:
        return {}
    return {"reports": measure.reports.select_related("by", "unit")}


def _with_abilities(user: User, rows: QuerySet[Extension]) -> list[tuple[Extension, frozenset[str]]]:
    return [(extension, extension_abilities(user, extension)) for extension in rows]


@login_required
def extensions(request: AuthenticatedRequest) -> HttpResponse:
    """List the requests for a later deadline that wait, the oldest first; of one inspection where a code is given."""
    code = request.GET.get("inspection", "")
    inspection = Inspection.objects.visible_to(request.user).filter(code=code).first() if code else None
    pending = Extension.objects.visible_to(request.user).pending()
    pending = pending.select_related(
        "measure__inspection__organisation", "measure__lead_unit", "measure__leader", "requested_by__unit"
    ).prefetch_related("measure__supporting_units")
    if code:
        pending = pending.filter(measure__inspection=inspection)
    rows = _with_abilities(request.user, pending.order_by("requested_at"))
    context = {"rows": rows, "inspection": inspection, "breadcrumbs": breadcrumbs(_("Extensions"))}
    return render(request, "measures/extensions.html", context)
