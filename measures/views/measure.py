"""The page of one measure, and the queue of extensions that wait for a decision."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from core.breadcrumbs import breadcrumbs
from issues.models import Inspection
from measures.breadcrumbs import to_measure
from measures.models import Extension, Measure
from measures.permissions import abilities, may_decide
from measures.queries import evidence_of, history, line_of_states, next_step

TABS = ("progress", "milestones", "evidence", "extensions", "applications", "history")


@login_required
def measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Show text, who, by when, state; progress, milestones, extensions and history as tabs."""
    whole = Measure.objects.visible_to(request.user).select_related(
        "inspection__organisation", "issue", "leader", "lead_unit"
    )
    shown = get_object_or_404(whole.prefetch_related("supporting_units", "milestones", "extensions"), pk=pk)
    tab = request.GET.get("tab", "")
    able = abilities(request.user, shown)
    context = {
        "inspection": shown.inspection,
        "measure": shown,
        "able": able,
        "next_step": next_step(able, **_work_done(shown)),
        "light": shown.light(timezone.localdate(), shown.inspection.due_soon_days),
        "line": line_of_states(shown),
        "may_add_evidence": "add_evidence" in able,
        "evidence_count": shown.evidence.in_force().count(),
        "redo_of": _redone(request, shown),
        "tab": tab if tab in TABS else TABS[0],
        "breadcrumbs": to_measure(shown),
        **_tab(request, shown, tab),
    }
    return render(request, "measures/measure.html", context)


def _work_done(shown: Measure) -> dict[str, bool]:
    """Return what decides the next step; the milestones are loaded already."""
    return {
        "has_report": shown.reports.exists(),
        "has_evidence": shown.evidence.in_force().exists(),
        "has_open_stages": any(stage.reached_on is None for stage in shown.milestones.all()),
    }


def _redone(request: HttpRequest, shown: Measure) -> Measure | None:
    """Return the measure that this one does again, if the person sees it: another unit may have had it."""
    if shown.redo_of_id is None:
        return None
    return Measure.objects.visible_to(request.user).filter(pk=shown.redo_of_id).first()


def _tab(request: HttpRequest, shown: Measure, tab: str) -> dict[str, Any]:
    """Load what the chosen tab shows, and nothing else."""
    if tab == "history":
        return {"history": history(shown)}
    if tab == "extensions":
        asked = shown.extensions.select_related("requested_by", "decided_by", "measure__inspection__organisation")
        rows = [(extension, may_decide(request.user, extension)) for extension in asked.order_by("-requested_at")]
        return {"extensions": rows}
    if tab == "evidence":
        return {"evidence": evidence_of(request.user, measure=shown)}
    if tab in {"milestones", "applications"}:
        return {}
    return {"reports": shown.reports.select_related("by", "unit")}


@login_required
def extensions(request: HttpRequest) -> HttpResponse:
    """Show the requests for a later deadline that wait, the oldest first; of one inspection where that is asked for."""
    code = request.GET.get("inspection", "")
    inspection = Inspection.objects.visible_to(request.user).filter(code=code).first() if code else None
    waiting = Extension.objects.visible_to(request.user).pending()
    waiting = waiting.select_related(
        "measure__inspection__organisation", "measure__lead_unit", "measure__leader", "requested_by__unit"
    ).prefetch_related("measure__supporting_units")
    if code:
        waiting = waiting.filter(measure__inspection=inspection)
    rows = [(extension, may_decide(request.user, extension)) for extension in waiting.order_by("requested_at")]
    context = {"rows": rows, "inspection": inspection, "breadcrumbs": breadcrumbs(_("Extensions"))}
    return render(request, "measures/extensions.html", context)
