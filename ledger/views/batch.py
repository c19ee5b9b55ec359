"""Several measures of a ledger at once: choose the verb, look at what will happen, confirm, read the result."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedRequest
from core.batches import BatchResult
from issues.breadcrumbs import to_ledger
from issues.models import Inspection
from ledger import services
from ledger.forms.batch import BATCH_FORMS, BATCH_LABELS, NothingForm
from ledger.permissions import BATCH_VERBS, batch_verbs, require_batch
from measures.models import Measure

AT_MOST = 100
RESULT_IN_SESSION = "batch_of_measures"


@login_required
def batch_measures(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Use one verb on the chosen measures; the step before the last shows what it would do to each."""
    inspection = _inspection(request, code)
    sent = request.POST if request.method == "POST" else request.GET
    chosen, left_out = _chosen(request, inspection, sent)
    if chosen and sent.get("verb") in BATCH_VERBS:
        require_batch(request.user, sent["verb"], chosen)
    verbs = batch_verbs(request.user, chosen)
    verb = sent.get("verb", next(iter(verbs), ""))
    context: dict[str, Any] = {"chosen": chosen, "left_out": left_out, "verb": verb, "verbs": _tabs(verbs, chosen)}
    if verb not in verbs:  # never another verb than the one that was sent
        return _page(request, inspection, {**context, "verb": ""}, status=422 if request.method == "POST" else 200)
    form = BATCH_FORMS[verb](request.POST or None, inspection=inspection)
    context["form"] = form
    if request.method != "POST" or "change" in request.POST:
        return _page(request, inspection, context)
    if not form.is_valid():
        return _page(request, inspection, context, status=422)
    if "confirm" not in request.POST:
        trial = _use(request, verb, chosen, form, is_trial=True)
        return _page(
            request, inspection, {**context, "trial": trial, "entries": _entries(form), "label": BATCH_LABELS[verb]}
        )
    result = _use(request, verb, chosen, form)
    request.session[RESULT_IN_SESSION] = _as_json(code, verb, result)
    return redirect("batch_measures_done", code=code)


def _inspection(request: AuthenticatedRequest, code: str) -> Inspection:
    return get_object_or_404(Inspection.objects.visible_to(request.user).select_related("organisation"), code=code)


def _visible(request: AuthenticatedRequest, inspection: Inspection) -> Any:
    rows = Measure.objects.visible_to(request.user, inspection)
    return rows.select_related("inspection__organisation", "issue", "leader", "lead_unit")


def _chosen(request: AuthenticatedRequest, inspection: Inspection, sent: QueryDict) -> tuple[list[Measure], int]:
    """Return what was ticked and is visible, a hundred at most, in the order of the plan; and how many are left out."""
    keys = {int(key) for key in sent.getlist("measure") if key.isascii() and key.isdigit() and len(key) < 19}
    rows = _visible(request, inspection).filter(pk__in=keys).prefetch_related("supporting_units", "extensions")
    chosen = list(rows.order_by("sort_key")[:AT_MOST])
    return chosen, len(keys) - len(chosen)


def _tabs(verbs: list[str], chosen: list[Measure]) -> list[dict[str, Any]]:
    """The verbs to choose from, each with the address of the same choice under it."""
    address = QueryDict(mutable=True)
    address.setlist("measure", [str(measure.pk) for measure in chosen])
    return [{"verb": verb, "label": BATCH_LABELS[verb], "url": f"?verb={verb}&{address.urlencode()}"} for verb in verbs]


def _use(
    request: AuthenticatedRequest, verb: str, chosen: list[Measure], form: NothingForm, *, is_trial: bool = False
) -> BatchResult[Measure]:
    values = form.cleaned_data
    return services.batch_measures(
        verb=verb, measures=chosen, values=values, by=request.user, at=timezone.now(), is_trial=is_trial
    )


def _entries(form: NothingForm) -> list[tuple[str, str]]:
    """What the form says, each value under its label, as the person reads it once more before confirming."""
    filled = [(str(form.fields[name].label), value) for name, value in form.cleaned_data.items() if value]
    return [(label, date_format(value) if isinstance(value, date) else str(value)) for label, value in filled]


def _page(
    request: AuthenticatedRequest, inspection: Inspection, context: dict[str, Any], *, status: int = 200
) -> HttpResponse:
    context |= {"inspection": inspection, "title": _("Several measures at once"), "most": AT_MOST}
    context["breadcrumbs"] = to_ledger(inspection, context["title"])
    return render(request, "ledger/batch.html", context, status=status)


def _as_json(code: str, verb: str, result: BatchResult[Measure]) -> dict[str, Any]:
    """What the page after it says; it is stored with the log-in, so that a reload does nothing again."""
    skipped = [[measure.pk, reason] for measure, reason in result.skipped]
    return {"code": code, "verb": verb, "done": [measure.pk for measure in result.done], "skipped": skipped}


@login_required
def batch_measures_done(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """Say what was done, what was skipped and why."""
    inspection, result = _inspection(request, code), request.session.get(RESULT_IN_SESSION)
    if result is None or result["code"] != code:
        return redirect("ledger", code=code)
    reasons = dict(result["skipped"])
    measures = _visible(request, inspection).in_bulk([*result["done"], *reasons])
    title = _("Results")
    context = {
        "inspection": inspection,
        "title": title,
        "label": BATCH_LABELS[result["verb"]],
        "done": [measures[key] for key in result["done"] if key in measures],
        "skipped": [(measures[key], reason) for key, reason in reasons.items() if key in measures],
        "breadcrumbs": to_ledger(inspection, title),
    }
    return render(request, "ledger/batch_done.html", context)
