"""The queue: what waits for oneself, what one decided lately, all that one sees."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.models import Unit
from accounts.requests import AuthenticatedRequest
from core.breadcrumbs import breadcrumbs
from issues.models import Inspection
from signoffs.filters import ApplicationFilter
from signoffs.forms import QueueFilterForm
from signoffs.models import Application
from signoffs.queries import decided_lately_by, with_subject
from signoffs.services.queues import queue_of

TABS = ("waiting", "decided", "all")
A_PAGE = 50


@login_required
def signoffs(request: AuthenticatedRequest) -> HttpResponse:
    """Show one of three lists; a person with nothing to decide begins with all that they see."""
    waiting = queue_of(request.user)
    counted = waiting.count()
    tab = request.GET.get("tab", "")
    if tab not in TABS:
        tab = "waiting" if counted else "all"
    code = request.GET.get("inspection", "")
    inspections = Inspection.objects.visible_to(request.user)
    context: dict[str, Any] = {
        "tab": tab,
        "waiting": counted,
        "inspection": inspections.select_related("organisation").filter(code=code).first() if code else None,
        "breadcrumbs": breadcrumbs(_("Sign-off")),
    }
    if tab == "decided":
        context["decisions"] = decided_lately_by(request.user)
    elif tab == "waiting":
        rows = waiting.filter(inspection__code=code) if code else waiting
        context["page"] = Paginator(with_subject(rows), A_PAGE).get_page(request.GET.get("page"))
    else:
        context |= _all(request, inspections)
    return render(request, "signoffs/queue.html", context)


def _all(request: AuthenticatedRequest, inspections: Any) -> dict[str, Any]:
    """Every application that the person sees, the latest first, through the filters."""
    visible = Application.objects.visible_to(request.user)
    units = Unit.objects.filter(pk__in=visible.order_by().values("unit")).order_by("path")
    form = QueueFilterForm(request.GET, inspections=inspections, units=units)
    rows = ApplicationFilter(request.GET, queryset=visible.order_by("-applied_at", "-pk")).qs
    page = Paginator(with_subject(rows), A_PAGE).get_page(request.GET.get("page"))
    return {"form": form, "page": page, "is_filtered": any(request.GET.get(name) for name in form.fields)}
