"""The list of bulletins."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bulletins.filters import BulletinFilter
from bulletins.forms import BulletinFilterForm
from bulletins.models import Bulletin
from core.breadcrumbs import breadcrumbs

A_PAGE = 25


@login_required
def bulletins(request: HttpRequest) -> HttpResponse:
    """Show the bulletins that the person may read, the latest week first, through the filters."""
    seen = Bulletin.objects.visible_to(request.user)
    rows = BulletinFilter(request.GET, queryset=seen).qs.select_related("inspection", "organisation", "corrects")
    form = _filters(request, seen)
    context: dict[str, Any] = {
        "form": form,
        "page": Paginator(rows.defer("content"), A_PAGE).get_page(request.GET.get("page")),
        "is_filtered": any(request.GET.get(name) for name in form.fields),
        "breadcrumbs": breadcrumbs(_("Rectification bulletins")),
    }
    return render(request, "bulletins/bulletins.html", context)


def _filters(request: HttpRequest, seen: Any) -> BulletinFilterForm:
    """The filter bar offers only what there is to be found."""
    years = (
        seen.order_by().annotate(told_year=Coalesce(F("number_year"), F("year"))).values_list("told_year", flat=True)
    )
    inspections = seen.order_by().values_list("inspection__code", "inspection__title").distinct()
    return BulletinFilterForm(
        request.GET, years=sorted(set(years.distinct()), reverse=True), inspections=list(inspections)
    )
