"""Correcting how a notice was read: every line with what it was taken for, before anything is imported."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.forms import BoundField
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedRequest
from core.exceptions import RuleViolation
from core.forms import attempt
from imports import services
from imports.breadcrumbs import to_import
from imports.forms import CorrectionForm, kinds_of_lines
from imports.models import Import
from readers.notice.layouts import layout_words
from readers.tree import Reading, ReadLine

LINES_A_PAGE = 300
"""Fewer than the fields that a form may send."""


@dataclass(frozen=True)
class _Row:
    """One line of the page: the line above it, what it was taken for, why that is doubted, what a person says."""

    line: ReadLine
    above: str
    kind: str
    doubts: list[str]
    field: BoundField


@login_required
def correct_reading(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show the lines, those with doubts first; take in what they really are and read the notice again."""
    rows = Import.objects.visible_to(request.user).select_related("file", "inspection__organisation", "job", "by")
    source = get_object_or_404(rows, pk=pk)
    if not services.is_correctable(source):
        raise Http404
    try:
        reading = services.reading_of(source)
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
        return redirect("import_detail", pk=pk)
    page = _page(reading, source, request.GET.get("page"))
    data = request.POST if request.method == "POST" else None
    form = CorrectionForm(data, lines=page.object_list, corrections=source.corrections)

    def correct(data: dict[str, Any]) -> None:
        services.correct_reading(source=source, layout=data["layout"], lines=form.corrected(), by=request.user)

    if request.method == "POST" and attempt(form, correct):
        messages.success(request, _("The notice was read again with your corrections."))
        return redirect(request.get_full_path())
    return render(
        request, "imports/reading.html", _context(source, reading, page, form), status=422 if form.errors else 200
    )


def _page(reading: Reading, source: Import, number: str | None) -> Page[ReadLine]:
    """Lines with doubts come first, then those that a person corrected, then the rest in their order."""
    doubted, corrected = services.doubts_of(reading), source.corrections.get("lines", {})
    ordered = sorted(reading.lines, key=lambda line: 0 if line.line in doubted else 1 if line.key in corrected else 2)
    return Paginator(ordered, LINES_A_PAGE).get_page(number)


def _context(source: Import, reading: Reading, page: Page[ReadLine], form: CorrectionForm) -> dict[str, Any]:
    doubts, kinds = services.doubts_of(reading), kinds_of_lines()
    corrected = source.corrections.get("lines", {})
    above = dict(zip((line.key for line in reading.lines[1:]), (line.text for line in reading.lines), strict=False))
    rows = [
        _Row(line, above.get(line.key, ""), kinds[line.kind], doubts.get(line.line, []), form.field_of(line))
        for line in page.object_list
    ]
    return {
        "source": source,
        "reading": reading,
        "layout": layout_words(reading.layout, _),
        "page": page,
        "form": form,
        "first": [row for row in rows if row.doubts or row.line.key in corrected],
        "rest": [row for row in rows if not row.doubts and row.line.key not in corrected],
        "breadcrumbs": to_import(source, _("Reading")),
    }
