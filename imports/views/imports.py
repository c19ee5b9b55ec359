"""Import: upload → preview → confirm. The preview is worked out again each time the page is opened."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import grants_of, possible_organisations
from accounts.requests import AuthenticatedRequest
from core.breadcrumbs import breadcrumbs
from core.exceptions import RuleViolation
from core.forms import attempt
from imports import services
from imports.breadcrumbs import to_import
from imports.forms import MappingForm, UploadForm
from imports.models import Import
from imports.permissions import require_importer
from imports.services.planning import ImportPlan
from issues.models import Inspection
from jobs.queries import waiting_reason
from jobs.tasks import run_job
from readers.notice.source import LIMIT
from readers.workbook.container import LIMIT as WORKBOOK_LIMIT

RECENT = 20


@login_required
def import_list(request: AuthenticatedRequest) -> HttpResponse:
    """Take a file in; show the latest imports."""
    require_importer(request.user)
    inspections = Inspection.objects.filter(grants_of(request.user).within("organisation__path", [Role.OFFICE]))
    chosen = inspections.filter(code=request.GET.get("inspection", "")).first()
    initial = {"inspection": chosen}
    form = UploadForm(request.POST or None, request.FILES or None, inspections=inspections, initial=initial)
    uploads: list[Import] = []

    def upload(data: dict[str, Any]) -> None:
        source = _upload(request, data)
        uploads.append(source)
        if source.job_id:
            run_job.delay_on_commit(source.job_id)

    if request.method == "POST" and attempt(form, upload):
        return redirect("import_detail", pk=uploads[0].pk)
    recent = Import.objects.visible_to(request.user).select_related("file", "inspection", "by")[:RECENT]
    context: dict[str, Any] = {"form": form, "recent": recent, "limit": LIMIT, "workbook_limit": WORKBOOK_LIMIT}
    context["breadcrumbs"] = breadcrumbs(_("Import"))
    return render(request, "imports/imports.html", context, status=422 if form.errors else 200)


def _upload(request: AuthenticatedRequest, data: dict[str, Any]) -> Import:
    file = data["file"]
    return services.upload_import(
        data=services.content_of(file, name=file.name, size=file.size),
        name=file.name,
        inspection=data["inspection"],
        code=data["code"],
        by=request.user,
        at=timezone.now(),
    )


def _fetch(request: AuthenticatedRequest, pk: int) -> Import:
    rows = Import.objects.visible_to(request.user)
    rows = rows.select_related("file", "inspection__organisation", "organisation", "job", "by")
    return get_object_or_404(rows, pk=pk)


@login_required
def import_detail(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show the preview, the work in progress, or what was done."""
    source = _fetch(request, pk)
    context = {"source": source, "inspection": source.inspection, "breadcrumbs": to_import(source)}
    if source.job and (source.status == Import.Status.APPLIED or source.is_at_work):
        return render(request, "imports/import.html", {**context, **_job(source)})
    if source.status != Import.Status.READ:
        return render(request, "imports/import.html", context)
    try:
        plan = services.preview(source)
    except RuleViolation as refusal:
        return render(request, "imports/import.html", {**context, "hindered": refusal.message})
    return _preview(request, source, plan, _mapping_form(request, source, plan), context)


def _job(source: Import) -> dict[str, Any]:
    return {"job": source.job, "wait": waiting_reason(source.job, now=timezone.now())} if source.job else {}


def _preview(
    request: AuthenticatedRequest, source: Import, plan: ImportPlan, form: MappingForm, context: dict[str, Any]
) -> HttpResponse:
    outcome = plan.outcome()
    failed = source.job if source.job and source.job.status == "failed" else None
    context |= {"plan": plan, "outcome": outcome, "form": form, "failed": failed}
    context["base_seq"], context["is_outdated"] = services.base_of(source, plan)
    return render(request, "imports/import.html", context, status=422 if form.errors else 200)


def _mapping_form(request: AuthenticatedRequest, source: Import, plan: ImportPlan) -> MappingForm:
    offices = None
    if source.inspection is None:
        offices = possible_organisations(request.user)
    data = request.POST if request.method == "POST" else None
    return MappingForm(
        data, names=plan.names, named=plan.reading.organisation, offices=offices, organisation=source.organisation
    )


@login_required
@require_POST
def confirm_import(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Store the choices and ask for the work, once; its progress shows on the import's page."""
    source = _fetch(request, pk)
    if source.is_at_work:
        return redirect("import_detail", pk=pk)
    try:
        plan = services.preview(source)
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
        return redirect("import_detail", pk=pk)
    form = _mapping_form(request, source, plan)
    previewed = request.POST.get("base_seq", "")

    def confirm(data: dict[str, Any]) -> None:
        organisation = data.get("organisation")
        services.map_names(source=source, organisation=organisation, mapping=form.mapping(), by=request.user)
        base_seq = int(previewed) if previewed.isdecimal() else 0
        job = services.confirm_import(source=source, base_seq=base_seq, by=request.user, at=timezone.now())
        run_job.delay_on_commit(job.pk)

    if attempt(form, confirm):
        return redirect("import_detail", pk=pk)
    context = {"source": source, "inspection": source.inspection, "breadcrumbs": to_import(source)}
    return _preview(request, source, plan, form, context)


@login_required
@require_POST
def compare_import(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Work out again what a workbook would do to the ledger as it is now."""
    source = _fetch(request, pk)
    if not source.is_workbook:
        raise Http404
    try:
        job = services.compare_import(source=source, by=request.user, at=timezone.now())
        if job is not None:
            run_job.delay_on_commit(job.pk)
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    return redirect("import_detail", pk=pk)


@login_required
@require_POST
def discard_import(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Give the import up."""
    try:
        services.discard_import(source=_fetch(request, pk), by=request.user)
        messages.success(request, _("The import was discarded; nothing was written."))
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    return redirect("import_list")
