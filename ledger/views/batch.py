"""Several measures of a ledger at once: choose the verb, look at what will happen, confirm, read the result."""

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.batches import BatchResult
from issues.breadcrumbs import to_ledger
from issues.models import Inspection
from ledger.forms.batch import BATCH_FORMS, BATCH_LABELS, NothingForm
from ledger.permissions import BATCH_VERBS, batch_verbs, require_batch
from ledger.services.batch import batch_measures
from measures.models import Measure

AT_MOST = 100
KEPT = "batch_of_measures"


@login_required
def batch(request: HttpRequest, code: str) -> HttpResponse:
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
        trial = _used(request, verb, chosen, form, is_trial=True)
        return _page(request, inspection, {**context, "trial": trial, "told": _said(form), "label": BATCH_LABELS[verb]})
    outcome = _used(request, verb, chosen, form)
    request.session[KEPT] = _told(code, verb, outcome)
    return redirect("batch_measures_done", code=code)


def _inspection(request: HttpRequest, code: str) -> Inspection:
    return get_object_or_404(Inspection.objects.visible_to(request.user).select_related("organisation"), code=code)


def _seen(request: HttpRequest, inspection: Inspection) -> Any:
    rows = Measure.objects.visible_to(request.user, inspection)
    return rows.select_related("inspection__organisation", "issue", "leader", "lead_unit")


def _chosen(request: HttpRequest, inspection: Inspection, sent: QueryDict) -> tuple[list[Measure], int]:
    """Return what was ticked and is seen, a hundred at most, in the order of the plan; and how many were left out."""
    keys = {int(key) for key in sent.getlist("measure") if key.isascii() and key.isdigit() and len(key) < 19}
    rows = _seen(request, inspection).filter(pk__in=keys).prefetch_related("supporting_units", "extensions")
    found = list(rows.order_by("sort_key")[:AT_MOST])
    return found, len(keys) - len(found)


def _tabs(verbs: list[str], chosen: list[Measure]) -> list[dict[str, Any]]:
    """The verbs to choose from, each with the address of the same choice under it."""
    address = QueryDict(mutable=True)
    address.setlist("measure", [str(measure.pk) for measure in chosen])
    return [{"verb": verb, "label": BATCH_LABELS[verb], "url": f"?verb={verb}&{address.urlencode()}"} for verb in verbs]


def _used(
    request: HttpRequest, verb: str, chosen: list[Measure], form: NothingForm, *, is_trial: bool = False
) -> BatchResult[Measure]:
    values = form.cleaned_data
    return batch_measures(
        verb=verb, measures=chosen, values=values, by=request.user, at=timezone.now(), is_trial=is_trial
    )


def _said(form: NothingForm) -> list[tuple[str, str]]:
    """What the form says, each value under its label, as the person reads it once more before it holds."""
    given = [(str(form.fields[name].label), value) for name, value in form.cleaned_data.items() if value]
    return [(label, date_format(value) if isinstance(value, date) else str(value)) for label, value in given]


def _page(request: HttpRequest, inspection: Inspection, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    context |= {"inspection": inspection, "title": _("Several measures at once"), "most": AT_MOST}
    context["breadcrumbs"] = to_ledger(inspection, context["title"])
    return render(request, "ledger/batch.html", context, status=status)


def _told(code: str, verb: str, outcome: BatchResult[Measure]) -> dict[str, Any]:
    """What the page after it says; it is kept with the log-in, so that a reload does nothing again."""
    skipped = [[measure.pk, why] for measure, why in outcome.skipped]
    return {"code": code, "verb": verb, "done": [measure.pk for measure in outcome.done], "skipped": skipped}


@login_required
def done(request: HttpRequest, code: str) -> HttpResponse:
    """Say what was done, what was skipped and why."""
    inspection, told = _inspection(request, code), request.session.get(KEPT)
    if told is None or told["code"] != code:
        return redirect("ledger", code=code)
    whys = dict(told["skipped"])
    found = _seen(request, inspection).in_bulk([*told["done"], *whys])
    title = _("What became of them")
    context = {
        "inspection": inspection,
        "title": title,
        "label": BATCH_LABELS[told["verb"]],
        "done": [found[key] for key in told["done"] if key in found],
        "skipped": [(found[key], why) for key, why in whys.items() if key in found],
        "breadcrumbs": to_ledger(inspection, title),
    }
    return render(request, "ledger/batch_done.html", context)
