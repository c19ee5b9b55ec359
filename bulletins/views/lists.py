"""The list of bulletins."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.requests import AuthenticatedRequest
from bulletins.filters import BulletinFilter
from bulletins.forms import BulletinFilterForm
from bulletins.models import Bulletin
from core.breadcrumbs import breadcrumbs

A_PAGE = 25


@login_required
def bulletins(request: AuthenticatedRequest) -> HttpResponse:
    """List the bulletins that the person may read, the latest week first, through the filters."""
    visible = Bulletin.objects.visible_to(request.user)
    rows = BulletinFilter(request.GET, queryset=visible).qs.select_related("inspection", "organisation", "corrects")
    form = _filter_form(request, visible)
    context: dict[str, Any] = {
        "form": form,
        "page": Paginator(rows.defer("content"), A_PAGE).get_page(request.GET.get("page")),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "breadcrumbs": breadcrumbs(_("Rectification bulletins")),
    }
    return render(request, "bulletins/bulletins.html", context)


def _filter_form(request: AuthenticatedRequest, visible: QuerySet[Bulletin]) -> BulletinFilterForm:
    """The filter bar offers only values that some visible bulletin has."""
    with_year = visible.order_by().annotate(printed_year=Coalesce(F("number_year"), F("year")))
    years = sorted(set(with_year.values_list("printed_year", flat=True).distinct()), reverse=True)
    inspections = visible.order_by().values_list("inspection__code", "inspection__title").distinct()
    return BulletinFilterForm(request.GET, years=years, inspections=list(inspections))
