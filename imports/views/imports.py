"""Import: upload → preview → confirm. The preview is worked out anew each time it is shown."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Role
from accounts.permissions import grants_of, possible_organisations
from core.breadcrumbs import breadcrumbs
from core.exceptions import RuleViolation
from core.forms import attempt
from imports.breadcrumbs import to_import
from imports.forms import MappingForm, UploadForm
from imports.models import Import
from imports.permissions import require_importer
from imports.services.imports import (
    base_of,
    compare_again,
    confirm_import,
    content_of,
    discard_import,
    map_names,
    preview,
    upload_import,
)
from imports.services.planning import ImportPlan
from issues.models import Inspection
from jobs.queries import wait_of
from jobs.tasks import run_job
from readers.notice.source import LIMIT
from readers.workbook.container import LIMIT as WORKBOOK_LIMIT

RECENT = 20


@login_required
def imports(request: HttpRequest) -> HttpResponse:
    """Take a file in; show the latest imports."""
    require_importer(request.user)
    mine = Inspection.objects.filter(grants_of(request.user).within("organisation__path", [Role.OFFICE]))
    asked = mine.filter(code=request.GET.get("inspection", "")).first()
    form = UploadForm(request.POST or None, request.FILES or None, inspections=mine, initial={"inspection": asked})
    made: list[Import] = []

    def done(data: dict[str, Any]) -> None:
        made.append(_uploaded(request, data))
        if made[0].job_id:
            run_job.delay_on_commit(made[0].job_id)

    if request.method == "POST" and attempt(form, done):
        return redirect("import", pk=made[0].pk)
    recent = Import.objects.visible_to(request.user).select_related("file", "inspection", "by")[:RECENT]
    context: dict[str, Any] = {"form": form, "recent": recent, "limit": LIMIT, "workbook_limit": WORKBOOK_LIMIT}
    context["breadcrumbs"] = breadcrumbs(_("Import"))
    return render(request, "imports/imports.html", context, status=422 if form.errors else 200)


def _uploaded(request: HttpRequest, data: dict[str, Any]) -> Import:
    file = data["file"]
    return upload_import(
        data=content_of(file, name=file.name, size=file.size),
        name=file.name,
        inspection=data["inspection"],
        code=data["code"],
        by=request.user,
        at=timezone.now(),
    )


def _fetch(request: HttpRequest, pk: int) -> Import:
    rows = Import.objects.visible_to(request.user)
    rows = rows.select_related("file", "inspection__organisation", "organisation", "job", "by")
    return get_object_or_404(rows, pk=pk)


@login_required
def shown(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the preview, the work in progress, or what was done."""
    source = _fetch(request, pk)
    context = {"source": source, "inspection": source.inspection, "breadcrumbs": to_import(source)}
    if source.job and (source.status == Import.Status.APPLIED or source.is_at_work):
        return render(request, "imports/import.html", {**context, **_job(source)})
    if source.status != Import.Status.READ:
        return render(request, "imports/import.html", context)
    try:
        plan = preview(source)
    except RuleViolation as refusal:
        return render(request, "imports/import.html", {**context, "hindered": refusal.message})
    return _preview(request, source, plan, _mapping_form(request, source, plan), context)


def _job(source: Import) -> dict[str, Any]:
    return {"job": source.job, "wait": wait_of(source.job, now=timezone.now())} if source.job else {}


def _preview(
    request: HttpRequest, source: Import, plan: ImportPlan, form: MappingForm, context: dict[str, Any]
) -> HttpResponse:
    outcome = plan.outcome()
    failed = source.job if source.job and source.job.status == "failed" else None
    context |= {"plan": plan, "outcome": outcome, "form": form, "failed": failed}
    context["base_seq"], context["is_outdated"] = base_of(source, plan)
    return render(request, "imports/import.html", context, status=422 if form.errors else 200)


def _mapping_form(request: HttpRequest, source: Import, plan: ImportPlan) -> MappingForm:
    offices = None
    if source.inspection is None:
        offices = possible_organisations(request.user)
    data = request.POST if request.method == "POST" else None
    return MappingForm(
        data, names=plan.names, named=plan.reading.organisation, offices=offices, organisation=source.organisation
    )


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep the choices and ask for the work, once; its progress shows on the import's page."""
    source = _fetch(request, pk)
    if source.is_at_work:
        return redirect("import", pk=pk)
    try:
        plan = preview(source)
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
        return redirect("import", pk=pk)
    form = _mapping_form(request, source, plan)
    seen = request.POST.get("base_seq", "")

    def done(data: dict[str, Any]) -> None:
        map_names(source=source, organisation=data.get("organisation"), mapping=form.mapping(), by=request.user)
        base_seq = int(seen) if seen.isdecimal() else 0
        job = confirm_import(source=source, base_seq=base_seq, by=request.user, at=timezone.now())
        run_job.delay_on_commit(job.pk)

    if attempt(form, done):
        return redirect("import", pk=pk)
    context = {"source": source, "inspection": source.inspection, "breadcrumbs": to_import(source)}
    return _preview(request, source, plan, form, context)


@login_required
@require_POST
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """Work out anew what a workbook would do to the ledger as it stands now."""
    source = _fetch(request, pk)
    if not source.is_workbook:
        raise Http404
    try:
        job = compare_again(source=source, by=request.user, at=timezone.now())
        if job is not None:
            run_job.delay_on_commit(job.pk)
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    return redirect("import", pk=pk)


@login_required
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Give the import up."""
    try:
        discard_import(source=_fetch(request, pk), by=request.user)
        messages.success(request, _("The import was discarded; nothing was written."))
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    return redirect("imports")
