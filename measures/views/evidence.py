"""Evidence: uploading to a measure or an issue, the page of one piece with its versions, giving files out."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.requests import AuthenticatedRequest
from core.exceptions import Forbidden, RuleViolation
from core.forms import attempt
from files.adapters import download_response, name_of, preview_of, preview_response, process_soon
from files.services import KINDS, LOCKS
from issues.breadcrumbs import to_issue
from issues.models import Issue
from measures import services
from measures.breadcrumbs import to_evidence, to_measure
from measures.forms import EvidenceForm, ReasonForm, VersionForm
from measures.models import Evidence, EvidenceVersion
from measures.permissions import holds_evidence_role, may_change_evidence
from measures.views.actions import get_measure_for

LONGEST_NAME = 80  # characters of a file's name that an error repeats


@login_required
def add_evidence(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Upload files to a measure."""
    measure = get_measure_for(request, pk, "add_evidence")
    context = {"measure": measure, "breadcrumbs": to_measure(measure, _("Add evidence"))}
    back = f"{reverse('measure', args=[pk])}?tab=evidence"
    return _upload(request, {"measure": measure}, back, {"inspection": measure.inspection, **context})


@login_required
def add_issue_evidence(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Upload files to an issue as a whole."""
    rows = Issue.objects.visible_to(request.user).select_related("inspection__organisation", "lead_unit")
    issue = get_object_or_404(rows, pk=pk)
    if not holds_evidence_role(request.user, measure=None, issue=issue):
        raise Forbidden(_("Your role does not allow this."))
    context = {"issue": issue, "breadcrumbs": to_issue(issue, _("Add evidence"))}
    back = f"{reverse('issue', args=[pk])}#evidence"
    return _upload(request, {"issue": issue}, back, {"inspection": issue.inspection, **context})


def _upload(request: AuthenticatedRequest, target: dict[str, Any], back: str, context: dict[str, Any]) -> HttpResponse:
    """Take the files in one by one; each that is refused says why, the others stay."""
    form = EvidenceForm(*_form_input(request))
    added: list[Evidence] = []
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        shared = {"about_on": data["about_on"], "classification": data["classification"], **target}
        several = len(data["uploads"]) > 1
        for upload in data["uploads"]:
            _upload_one(form, upload, added, by=request.user, shared=shared, several=several)
    if request.headers.get("Accept") == "application/json":
        return _json_response(form, [reverse("evidence", args=[each.pk]) for each in added])
    if added:
        success = ngettext("%(n)d file was added.", "%(n)d files were added.", len(added)) % {"n": len(added)}
        messages.success(request, success)
    if added and not form.errors:
        return redirect(back)
    return _upload_page(request, form, back, context)


def _form_input(request: AuthenticatedRequest) -> tuple[Any, Any]:
    """Return what a form is bound to. One that is sent empty is bound as well, so that it says what is missing."""
    return (request.POST, request.FILES) if request.method == "POST" else (None, None)


def _upload_one(
    form: EvidenceForm, upload: Any, added: list[Evidence], *, by: User, shared: dict[str, Any], several: bool
) -> None:
    """Take one file in. A refusal becomes an error of the form, with the name of the file where several were sent."""
    name = name_of(upload)
    try:
        evidence = services.upload_evidence(stream=upload, name=name, by=by, at=timezone.now(), **shared)
    except RuleViolation as refusal:
        is_of_file = refusal.field == "file"
        template = _("%(name)s: %(reason)s") if is_of_file and several else "%(reason)s"
        message = template % {"name": name[-LONGEST_NAME:], "reason": refusal.message}
        field = "uploads" if is_of_file else refusal.field
        form.add_error(field if field in form.fields else None, message)
        return
    added.append(evidence)
    process_soon(evidence.latest.file)


def _json_response(form: forms.Form, urls: list[str]) -> JsonResponse:
    """Answer the script that uploads file by file: where the file is now, or why it is not taken in."""
    if form.errors or not urls:
        reasons = [str(error) for errors in form.errors.values() for error in errors]
        return JsonResponse({"reasons": reasons or [_("Choose at least one file.")]}, status=422)
    return JsonResponse({"urls": urls}, status=201)


def _upload_page(request: AuthenticatedRequest, form: forms.Form, back: str, context: dict[str, Any]) -> HttpResponse:
    context |= {
        "form": form,
        "back": back,
        "limit": settings.EVIDENCE_LIMIT,
        "kinds": [KINDS[kind] for kind in services.accepted_kinds()],
    }
    return render(request, "measures/evidence_upload.html", context, status=422 if form.errors else 200)


def _get_evidence(request: AuthenticatedRequest, pk: int) -> Evidence:
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


def _get_evidence_to_change(request: AuthenticatedRequest, pk: int) -> Evidence:
    """Return evidence that the person sees and whose measure or issue they work on; else 404 or 403."""
    evidence = _get_evidence(request, pk)
    if not holds_evidence_role(request.user, measure=evidence.measure, issue=evidence.issue):
        raise Forbidden(_("Your role does not allow this."))
    return evidence


@login_required
def evidence(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show one piece of evidence: the file in force to look at, all versions, who withdrew it and why."""
    evidence = _get_evidence(request, pk)
    latest = evidence.latest
    lock = latest.file.lock
    may_change = may_change_evidence(request.user, measure=evidence.measure, issue=evidence.issue)
    context = {
        "inspection": evidence.inspection,
        "evidence": evidence,
        "latest": latest,
        "versions": [(each, KINDS.get(each.file.kind, "")) for each in reversed(evidence.versions.all())],
        "lock": LOCKS.get(lock, ""),
        "is_alarm": lock == "infected",
        "preview": "" if lock else preview_of(latest.file),
        "may_change": may_change and not evidence.withdrawn_at,
        "breadcrumbs": to_evidence(evidence, _("Evidence %(n)s") % {"n": evidence.position}),
    }
    return render(request, "measures/evidence.html", context)


@login_required
def add_version(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Upload a new file in the place of the last one, which stays as an earlier version."""
    evidence = _get_evidence_to_change(request, pk)
    form = VersionForm(*_form_input(request))

    def submit(data: dict[str, Any]) -> None:
        upload = data["uploads"][0]
        try:
            version = services.upload_version(
                evidence=evidence, stream=upload, name=name_of(upload), by=request.user, at=timezone.now()
            )
        except RuleViolation as refusal:
            raise RuleViolation(refusal.message, field="uploads") from None
        process_soon(version.file)

    back = reverse("evidence", args=[pk])
    is_done = request.method == "POST" and attempt(form, submit)
    if request.headers.get("Accept") == "application/json":
        return _json_response(form, [back] if is_done else [])
    if is_done:
        messages.success(request, _("The new version was added; the earlier ones stay."))
        return redirect(back)
    context = {
        "inspection": evidence.inspection,
        "evidence": evidence,
        "measure": evidence.measure,
        "issue": evidence.issue,
        "breadcrumbs": to_evidence(evidence, _("Add a new version")),
    }
    return _upload_page(request, form, back, context)


@login_required
def withdraw_evidence(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Mark a mistaken upload as withdrawn, with the reason."""
    evidence = _get_evidence_to_change(request, pk)
    form = ReasonForm(request.POST or None)

    def submit(data: dict[str, Any]) -> None:
        services.withdraw_evidence(evidence=evidence, by=request.user, at=timezone.now(), **data)

    back, title = reverse("evidence", args=[pk]), _("Withdraw the evidence")
    if request.method == "POST" and attempt(form, submit):
        messages.success(request, _("The evidence was withdrawn; it stays and is shown as withdrawn."))
        return redirect(back)
    hint = _("Nothing is deleted: the file stays, marked as withdrawn, with your reason. This cannot be undone.")
    context = {
        "inspection": evidence.inspection,
        "measure": evidence.measure,
        "form": form,
        "title": title,
        "hint": f"{evidence.latest.file.name}: {hint}",
        "back": back,
        "breadcrumbs": to_evidence(evidence, title),
    }
    return render(request, "measures/verb.html", context, status=422 if form.errors else 200)


def _get_version(request: AuthenticatedRequest, pk: int, number: int) -> EvidenceVersion:
    for version in _get_evidence(request, pk).versions.all():
        if version.number == number:
            return version
    raise Http404


@login_required
def download_evidence(request: AuthenticatedRequest, pk: int, number: int) -> HttpResponseBase:
    """Give one version out under its own name."""
    version = _get_version(request, pk, number)
    try:
        return download_response(file=version.file, by=request.user, at=timezone.now())
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
        return redirect("evidence", pk=pk)


@login_required
def preview_evidence(request: AuthenticatedRequest, pk: int, number: int) -> HttpResponseBase:
    """Show one version in the browser, in a sandbox; what cannot be shown says so in one sentence."""
    version = _get_version(request, pk, number)
    try:
        return preview_response(file=version.file, by=request.user, at=timezone.now())
    except RuleViolation as refusal:
        return HttpResponse(str(refusal.message), content_type="text/plain; charset=utf-8", status=409)


@login_required
@require_POST
def make_pages(request: AuthenticatedRequest, pk: int, number: int) -> HttpResponse:
    """Have the pages of a document drawn; the page of the evidence shows them when they are there."""
    process_soon(_get_version(request, pk, number).file)
    return redirect("evidence", pk=pk)
