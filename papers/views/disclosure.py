"""What is shown to whom: the list of issues, several at once with a preview, one issue side by side."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from core.batches import BatchResult
from core.exceptions import Forbidden, RuleViolation
from core.forms import attempt
from issues import services
from issues.models import Disclosure, Inspection, Issue
from issues.permissions import disclosure_abilities, holds_group, may_propose_disclosure
from issues.queries import disclosed_to, in_state
from papers.breadcrumbs import to_disclosure
from papers.forms import ProposalForm, ReturnPaperForm
from papers.services.presentation import counts_by_state, disclosure_rows
from papers.views.papers import inspection_of

A_PAGE = 25
AT_ONCE = 200
STATES = {
    "undecided": gettext_lazy("not decided"),
    "waiting": gettext_lazy("waiting for approval"),
    "full": gettext_lazy("in full"),
    "redacted": gettext_lazy("redacted"),
    "withheld": gettext_lazy("withheld"),
}


def _audience(request: HttpRequest) -> str:
    audience = request.POST.get("audience") or request.GET.get("audience", "")
    return audience if audience in Disclosure.Audience else Disclosure.Audience.PUBLIC.value


@login_required
def disclosures(request: HttpRequest, code: str) -> HttpResponse:
    """List the issues with what an audience is shown of each."""
    inspection, audience = inspection_of(request, code), _audience(request)
    disclosed = disclosed_to(audience, inspection)
    state = request.GET.get("state", "") if request.GET.get("state") in STATES else ""
    issues = inspection.issues.order_by("sort_key")
    listed = in_state(issues, audience, state) if state else issues
    page = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    counts = counts_by_state(disclosed)
    context = {
        "inspection": inspection,
        "audience": audience,
        "audiences": Disclosure.Audience.choices,
        "state": state,
        "states": [(key, label, counts[key]) for key, label in STATES.items()],
        "total": sum(counts.values()),
        "page": page,
        "rows": disclosure_rows(inspection, audience, page.object_list, disclosed),
        "labels": STATES,
        "verb": _verb(request.user, inspection),
        "counts": counts,
        "at_once": AT_ONCE,
        "breadcrumbs": to_disclosure(inspection, audience),
    }
    return render(request, "papers/disclosures.html", context)


def _verb(user: Any, inspection: Inspection) -> str:
    """Return what the person can do with several issues at once: `propose`, `approve` or nothing."""
    if may_propose_disclosure(user, inspection):
        return "propose"
    return "approve" if holds_group(user, inspection) else ""


@login_required
def disclose_many(request: HttpRequest, code: str) -> HttpResponse:
    """Show what proposing or approving several at once would do, and do it."""
    inspection, audience = inspection_of(request, code), _audience(request)
    verb = _verb(request.user, inspection)
    if not verb:
        raise Forbidden(_("Your role does not allow this."))
    issues = list(_chosen(request, inspection, audience, verb)[:AT_ONCE])
    if request.method == "POST":
        outcome = _carry_out(request, inspection, audience, verb, issues)
        _tell(request, outcome)
        return redirect(f"{reverse('disclosures', args=[code])}?audience={audience}")
    rows = disclosure_rows(inspection, audience, issues)
    context = {
        "inspection": inspection,
        "audience": audience,
        "audience_label": Disclosure.Audience(audience).label,
        "verb": verb,
        "rows": rows,
        "named": sum(1 for row in rows if row.names),
        "labels": STATES,
        "breadcrumbs": to_disclosure(inspection, audience, _("Several at once")),
    }
    return render(request, "papers/disclose_bulk.html", context)


def _chosen(request: HttpRequest, inspection: Inspection, audience: str, verb: str) -> Any:
    """Return the issues that were ticked, or all that the verb is for."""
    sent = request.POST if request.method == "POST" else request.GET
    ticked = {int(key) for key in sent.getlist("issue") if key.isdecimal() and len(key) <= 18}
    issues = inspection.issues.order_by("sort_key")
    possible = in_state(issues, audience, "undecided" if verb == "propose" else "waiting")
    return possible if sent.get("all") and not ticked else possible.filter(pk__in=ticked)


def _carry_out(
    request: HttpRequest, inspection: Inspection, audience: str, verb: str, issues: list[Issue]
) -> BatchResult[Issue]:
    by, at = request.user, timezone.now()
    if verb == "propose":
        return services.propose_in_full(inspection=inspection, issues=issues, audience=audience, by=by, at=at)
    rows = Disclosure.objects.pending().filter(issue__in=issues, audience=audience)
    return services.approve_disclosures(
        disclosures=rows.select_related("issue__inspection__organisation"), by=by, at=at
    )


def _tell(request: HttpRequest, outcome: BatchResult[Issue]) -> None:
    done = len(outcome.done)
    messages.success(request, ngettext("Done for %(n)d issue.", "Done for %(n)d issues.", done) % {"n": done})
    for issue, why in outcome.skipped:
        messages.warning(request, f"{issue.code}: {why}")


def _issue_of(request: HttpRequest, pk: int) -> Issue:
    """Return the issue if the person sees its inspection as a whole."""
    related = ("inspection__organisation", "problem__category__area")
    issue = get_object_or_404(Issue.objects.visible_to(request.user).select_related(*related), pk=pk)
    inspection_of(request, issue.inspection.code)
    return issue


@login_required
def disclosure(request: HttpRequest, pk: int, audience: str) -> HttpResponse:
    """Show one issue side by side with what the audience is shown, and propose something else."""
    if audience not in Disclosure.Audience:
        raise Http404
    issue = _issue_of(request, pk)
    if request.method != "POST":
        return _render(request, issue, audience)
    form = ProposalForm(request.POST)
    common: dict[str, Any] = {"issue": issue, "audience": audience, "by": request.user, "at": timezone.now()}
    if not may_propose_disclosure(request.user, issue.inspection):
        raise Forbidden(_("Only the rectification office of this organisation may do this."))
    if attempt(form, lambda _data: services.propose_disclosure(proposal=form.proposal(), **common)):
        messages.success(request, _("The proposal waits for the leading group."))
        return redirect("disclosure", pk=pk, audience=audience)
    return _render(request, issue, audience, form=form)


def _render(request: HttpRequest, issue: Issue, audience: str, **forms: Any) -> HttpResponse:
    (row,) = disclosure_rows(issue.inspection, audience, [issue])
    history = issue.disclosures.filter(audience=audience).select_related("proposed_by", "decided_by")
    latest = row.pending or history.filter(status=Disclosure.Status.APPROVED).first()
    names = ("extent", "text", "account", "reason")
    initial = {name: getattr(latest, name) for name in names} if latest else {"extent": "full"}
    initial = {**initial, "text": initial.get("text") or issue.text, "account": initial.get("account") or ""}
    decides = row.pending is not None and bool(disclosure_abilities(request.user, row.pending))
    context: dict[str, Any] = {
        "inspection": issue.inspection,
        "issue": issue,
        "audience": audience,
        "audience_label": Disclosure.Audience(audience).label,
        "other": next(each for each in Disclosure.Audience if each != audience),
        "row": row,
        "labels": STATES,
        "may_propose": may_propose_disclosure(request.user, issue.inspection),
        "decides": decides,
        "history": history.order_by("-proposed_at", "-pk"),
        "form": ProposalForm(initial=initial),
        "refuse_form": ReturnPaperForm(auto_id="refuse_%s"),
        "breadcrumbs": to_disclosure(issue.inspection, audience, issue.code),
        **forms,
    }
    is_wrong = any(form.errors for form in forms.values())
    return render(request, "papers/disclosure.html", context, status=422 if is_wrong else 200)


def _disclosure_of(request: HttpRequest, pk: int) -> Disclosure:
    rows = Disclosure.objects.visible_to(request.user).select_related("issue__inspection__organisation")
    return get_object_or_404(rows, pk=pk)


@login_required
@require_POST
def approve_disclosure(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a proposal; one that waits no longer is said so."""
    row = _disclosure_of(request, pk)
    try:
        services.approve_disclosure(disclosure=row, by=request.user, at=timezone.now())
        messages.success(request, _("It takes effect now."))
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    return redirect("disclosure", pk=row.issue_id, audience=row.audience)


@login_required
@require_POST
def refuse_disclosure(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse a proposal with a reason; what counted before goes on."""
    row, form = _disclosure_of(request, pk), ReturnPaperForm(request.POST, auto_id="refuse_%s")
    if not holds_group(request.user, row.issue.inspection):
        raise Forbidden(_("Only the leading group decides what is shown."))
    if attempt(
        form, lambda data: services.refuse_disclosure(disclosure=row, by=request.user, at=timezone.now(), **data)
    ):
        messages.success(request, _("The proposal was refused."))
        return redirect("disclosure", pk=row.issue_id, audience=row.audience)
    return _render(request, _issue_of(request, row.issue_id), row.audience, refuse_form=form)
