"""The ledger: the whole plan as one table that folds, filters and sorts on the server."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from issues.breadcrumbs import to_ledger
from issues.filters import IssueOfLedgerFilter
from issues.models import Inspection, Issue
from issues.permissions import may_administer
from ledger.forms.filters import filter_bar, filters_told, kept_query
from ledger.queries import SORTS, Folding, LedgerPage, categories_of, flat_page, tree_page
from measures.filters import MeasureFilter
from measures.models import Measure

FOLDED = ("area", "category", "task_force", "supporting", "kind", "incomplete")
"""Filters that stay folded away until one of them is set."""


@login_required
def ledger(request: HttpRequest, code: str) -> HttpResponse:
    """Show the tree, or a flat list where another order than the plan's is asked for."""
    inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
    inspection = get_object_or_404(inspections, code=code)
    seen = Measure.objects.visible_to(request.user, inspection)
    filtered = MeasureFilter(request.GET, queryset=seen, today=timezone.localdate())
    categories = categories_of(inspection, request.user)
    form = filter_bar(filtered, inspection=inspection, user=request.user, categories=categories)
    is_valid = form.is_valid()
    told = filters_told(form, request.GET)
    measures = filtered.qs if is_valid else seen.none()
    listed = _listed(request, inspection, categories, measures)
    context = {
        "inspection": inspection,
        "form": form,
        "filters": told,
        "more_filters": any(request.GET.get(name) for name in FOLDED),
        "listed": listed,
        "sort": request.GET.get("sort") if request.GET.get("sort") in SORTS else "",
        "level": Folding.of(request.GET.get("level", ""), "").level,
        "may_administer": may_administer(request.user, inspection),
        "saved": form.saved,
        "kept_query": kept_query(request.GET, filtered),
        "breadcrumbs": to_ledger(inspection),
    }
    return render(request, "ledger/ledger.html", context, status=200 if is_valid else 422)


def _listed(request: HttpRequest, inspection: Inspection, categories: list[Any], measures: Any) -> LedgerPage:
    """Build the page that the address asks for."""
    today, number, sort = timezone.localdate(), request.GET.get("page"), request.GET.get("sort", "")
    if sort in SORTS:
        return flat_page(inspection=inspection, measures=measures, sort=sort, number=number, today=today)
    seen = Issue.objects.visible_to(request.user, inspection)
    of_issues = IssueOfLedgerFilter(request.GET, queryset=seen)
    asked = {name for name in MeasureFilter.base_filters if request.GET.get(name)}
    return tree_page(
        inspection=inspection,
        issues=of_issues.qs,
        categories=categories,
        measures=measures,
        is_filtered=bool(asked - set(IssueOfLedgerFilter.base_filters)),
        folding=Folding.of(request.GET.get("level", ""), request.GET.get("toggled", "")),
        number=number,
        today=today,
    )
