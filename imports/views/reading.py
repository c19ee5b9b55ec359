"""Correcting how a notice was read: every line with what it was taken for, before anything is imported."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.forms import BoundField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from core.forms import attempt
from imports.breadcrumbs import to_import
from imports.forms import CorrectionForm, read_kinds
from imports.models import Import
from imports.services.corrections import correct_reading, doubts_of, is_correctable, reading_of
from readers.tree import Reading, ReadLine

LINES_A_PAGE = 300
"""Fewer than the fields that a form may send."""


@dataclass(frozen=True)
class _Row:
    """One line of the page: what stands above it, what it was taken for, why that is doubted, what a person says."""

    line: ReadLine
    above: str
    kind: str
    doubts: list[str]
    bound: BoundField


@login_required
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the lines, those with doubts first; take in what they really are and read anew."""
    rows = Import.objects.visible_to(request.user).select_related("file", "inspection__organisation", "job", "by")
    source = get_object_or_404(rows, pk=pk)
    if not is_correctable(source):
        raise Http404
    try:
        reading = reading_of(source)
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
        return redirect("import", pk=pk)
    page = _page(reading, source, request.GET.get("page"))
    form = CorrectionForm(
        request.POST if request.method == "POST" else None, lines=page.object_list, said=source.corrections
    )

    def done(data: dict[str, Any]) -> None:
        correct_reading(source=source, layout=data["layout"], lines=form.said(), by=request.user)

    if request.method == "POST" and attempt(form, done):
        messages.success(request, _("The notice was read anew with your corrections."))
        return redirect(request.get_full_path())
    return render(
        request, "imports/reading.html", _context(source, reading, page, form), status=422 if form.errors else 200
    )


def _page(reading: Reading, source: Import, number: str | None) -> Page[ReadLine]:
    """Lines with doubts come first, then those that a person spoke of, then the rest in their order."""
    doubted, said = doubts_of(reading), source.corrections.get("lines", {})
    ordered = sorted(reading.lines, key=lambda line: 0 if line.line in doubted else 1 if line.key in said else 2)
    return Paginator(ordered, LINES_A_PAGE).get_page(number)


def _context(source: Import, reading: Reading, page: Page[ReadLine], form: CorrectionForm) -> dict[str, Any]:
    doubts, kinds = doubts_of(reading), read_kinds()
    said = source.corrections.get("lines", {})
    above = dict(zip((line.key for line in reading.lines[1:]), (line.text for line in reading.lines), strict=False))
    rows = [
        _Row(line, above.get(line.key, ""), kinds[line.kind], doubts.get(line.line, []), form.bound_of(line))
        for line in page.object_list
    ]
    return {
        "source": source,
        "reading": reading,
        "page": page,
        "form": form,
        "first": [row for row in rows if row.doubts or row.line.key in said],
        "rest": [row for row in rows if not row.doubts and row.line.key not in said],
        "breadcrumbs": to_import(source, _("Reading")),
    }
