"""Evidence: uploading to a measure or an issue, the page of one piece with its versions, giving files out."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.exceptions import Forbidden, RuleViolation
from core.forms import attempt
from files.adapters import download_response, name_of, preview_of, preview_response, process_soon
from files.services import KINDS, LOCKS
from issues.breadcrumbs import to_issue
from issues.models import Issue
from measures.breadcrumbs import to_evidence, to_measure
from measures.forms import EvidenceForm, ReasonForm, VersionForm
from measures.models import Evidence, EvidenceVersion
from measures.permissions import holds_evidence_role, may_change_evidence
from measures.services import accepted_kinds, upload_evidence, upload_version, withdraw_evidence
from measures.views.verbs import fetch

NAME_SHOWN = 80


@login_required
def add_to_measure(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload files to a measure."""
    measure = fetch(request, pk, "add_evidence")
    context = {"measure": measure, "breadcrumbs": to_measure(measure, _("Add evidence"))}
    back = f"{reverse('measure', args=[pk])}?tab=evidence"
    return _upload(request, {"measure": measure}, back, {"inspection": measure.inspection, **context})


@login_required
def add_to_issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload files to an issue as a whole."""
    rows = Issue.objects.visible_to(request.user).select_related("inspection__organisation", "lead_unit")
    issue = get_object_or_404(rows, pk=pk)
    if not holds_evidence_role(request.user, measure=None, issue=issue):
        raise Forbidden(_("Your role does not allow this."))
    context = {"issue": issue, "breadcrumbs": to_issue(issue, _("Add evidence"))}
    back = f"{reverse('issue', args=[pk])}#evidence"
    return _upload(request, {"issue": issue}, back, {"inspection": issue.inspection, **context})


def _upload(request: HttpRequest, target: dict[str, Any], back: str, context: dict[str, Any]) -> HttpResponse:
    """Take the files in one by one; each that is refused says why, the others stay."""
    form = EvidenceForm(*_sent(request))
    added: list[Evidence] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        shared = {"about_on": data["about_on"], "classification": data["classification"], **target}
        several = len(data["uploads"]) > 1
        for upload in data["uploads"]:
            _take(form, upload, added, by=request.user, shared=shared, several=several)
    if request.headers.get("Accept") == "application/json":
        return _answer(form, [reverse("evidence", args=[each.pk]) for each in added])
    if added:
        told = ngettext("%(n)d file was added.", "%(n)d files were added.", len(added)) % {"n": len(added)}
        messages.success(request, told)
    if added and not form.errors:
        return redirect(back)
    return _upload_page(request, form, back, context)


def _sent(request: HttpRequest) -> tuple[Any, Any]:
    """What a form is bound to; one that was sent empty is bound as well."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _take(
    form: EvidenceForm, upload: Any, added: list[Evidence], *, by: Any, shared: dict[str, Any], several: bool
) -> None:
    """Take one file in. A refusal stands in the form, with the name of the file where several were sent."""
    name = name_of(upload)
    try:
        evidence = upload_evidence(stream=upload, name=name, by=by, at=timezone.now(), **shared)
    except RuleViolation as refusal:
        is_of_file = refusal.field == "file"
        words = _("%(name)s: %(reason)s") if is_of_file and several else "%(reason)s"
        told = words % {"name": name[-NAME_SHOWN:], "reason": refusal.message}
        field = "uploads" if is_of_file else refusal.field
        form.add_error(field if field in form.fields else None, told)
        return
    added.append(evidence)
    process_soon(evidence.latest.file)


def _answer(form: forms.Form, urls: list[str]) -> JsonResponse:
    """What the script that uploads file by file asks for: where the file lies now, or why it does not."""
    if form.errors or not urls:
        reasons = [str(error) for errors in form.errors.values() for error in errors]
        return JsonResponse({"reasons": reasons or [_("Choose at least one file.")]}, status=422)
    return JsonResponse({"urls": urls}, status=201)


def _upload_page(request: HttpRequest, form: forms.Form, back: str, context: dict[str, Any]) -> HttpResponse:
    context |= {
        "form": form,
        "back": back,
        "limit": settings.EVIDENCE_LIMIT,
        "kinds": [KINDS[kind] for kind in accepted_kinds()],
    }
    return render(request, "measures/evidence_upload.html", context, status=422 if form.errors else 200)


def _fetch(request: HttpRequest, pk: int) -> Evidence:
    rows = Evidence.objects.visible_to(request.user).select_related(
        "inspection__organisation",
        "issue__inspection__organisation",
        "issue__lead_unit",
        "measure__inspection__organisation",
        "measure__issue",
        "measure__lead_unit",
        "withdrawn_by",
    )
    files = "versions__file__scan", "versions__file__rendition", "versions__by", "versions__unit"
    return get_object_or_404(rows.prefetch_related(*files), pk=pk)


def _changeable(request: HttpRequest, pk: int) -> Evidence:
    """Return evidence that the person sees and whose measure or issue they work on; else 404 or 403."""
    found = _fetch(request, pk)
    if not holds_evidence_role(request.user, measure=found.measure, issue=found.issue):
        raise Forbidden(_("Your role does not allow this."))
    return found


@login_required
def evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one piece of evidence: the file in force to look at, all versions, who withdrew it and why."""
    found = _fetch(request, pk)
    latest = found.latest
    lock = latest.file.lock
    context = {
        "inspection": found.inspection,
        "evidence": found,
        "latest": latest,
        "versions": [(each, KINDS.get(each.file.kind, "")) for each in reversed(found.versions.all())],
        "lock": LOCKS.get(lock, ""),
        "is_alarm": lock == "infected",
        "preview": "" if lock else preview_of(latest.file),
        "may_change": not found.withdrawn_at
        and may_change_evidence(request.user, measure=found.measure, issue=found.issue),
        "breadcrumbs": to_evidence(found, _("Evidence %(n)s") % {"n": found.position}),
    }
    return render(request, "measures/evidence.html", context)


@login_required
def add_new_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Upload a new file in the place of the last one, which stays as an earlier version."""
    found = _changeable(request, pk)
    form = VersionForm(*_sent(request))

    def done(data: dict[str, Any]) -> None:
        upload = data["uploads"][0]
        try:
            version = upload_version(
                evidence=found, stream=upload, name=name_of(upload), by=request.user, at=timezone.now()
            )
        except RuleViolation as refusal:
            raise RuleViolation(refusal.message, field="uploads") from None
        process_soon(version.file)

    back = reverse("evidence", args=[pk])
    is_done = request.method == "POST" and attempt(form, done)
    if request.headers.get("Accept") == "application/json":
        return _answer(form, [back] if is_done else [])
    if is_done:
        messages.success(request, _("The new version was added; the earlier ones stay."))
        return redirect(back)
    title = _("Add a new version")
    context = {"inspection": found.inspection, "evidence": found, "measure": found.measure, "issue": found.issue}
    return _upload_page(request, form, back, {**context, "breadcrumbs": to_evidence(found, title)})


@login_required
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a mistaken upload as withdrawn, with the reason."""
    found = _changeable(request, pk)
    form = ReasonForm(request.POST or None)

    def done(data: dict[str, Any]) -> None:
        withdraw_evidence(evidence=found, by=request.user, at=timezone.now(), **data)

    back, title = reverse("evidence", args=[pk]), _("Withdraw the evidence")
    if request.method == "POST" and attempt(form, done):
        messages.success(request, _("The evidence was withdrawn; it stays and is shown as withdrawn."))
        return redirect(back)
    hint = _("Nothing is deleted: the file stays, marked as withdrawn, with your reason. This cannot be undone.")
    context: dict[str, Any] = {"inspection": found.inspection, "measure": found.measure, "form": form, "title": title}
    context |= {"hint": f"{found.latest.file.name}: {hint}", "back": back, "breadcrumbs": to_evidence(found, title)}
    return render(request, "measures/verb.html", context, status=422 if form.errors else 200)


def _version(found: Evidence, number: int) -> EvidenceVersion:
    for version in found.versions.all():
        if version.number == number:
            return version
    raise Http404


@login_required
def download(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """Give one version out under its own name."""
    version = _version(_fetch(request, pk), number)
    try:
        return download_response(file=version.file, by=request.user, at=timezone.now())
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
        return redirect("evidence", pk=pk)


@login_required
def preview(request: HttpRequest, pk: int, number: int) -> HttpResponseBase:
    """Show one version in the browser, in a sandbox; what cannot be shown says so in one sentence."""
    version = _version(_fetch(request, pk), number)
    try:
        return preview_response(file=version.file, by=request.user, at=timezone.now())
    except RuleViolation as refusal:
        return HttpResponse(str(refusal.message), content_type="text/plain; charset=utf-8", status=409)


@login_required
@require_POST
def make_pages(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Have the pages of a document made; the page of the evidence shows them when they are there."""
    version = _version(_fetch(request, pk), number)
    process_soon(version.file)
    return redirect("evidence", pk=pk)
