"""What the public wrote, for the office to answer and close."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import grants_of
from accounts.requests import AuthenticatedRequest
from core.exceptions import RuleViolation
from issues.breadcrumbs import to_inspection
from issues.models import Inspection
from issues.permissions import may_administer, require_office
from supervision import services
from supervision.models import PublicFeedback
from supervision.models.feedback import READERS

A_PAGE = 25


@login_required
def feedback(request: AuthenticatedRequest, code: str) -> HttpResponse:
    """List the messages, the newest first; those that are closed on request."""
    inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
    inspection = get_object_or_404(inspections, code=code)
    if not grants_of(request.user).holds(READERS, inspection.organisation):
        raise Http404
    rows = PublicFeedback.objects.visible_to(request.user).filter(inspection=inspection)
    closed = request.GET.get("state") == "closed"
    listed = rows.filter(status=PublicFeedback.Status.CLOSED) if closed else rows.open()
    title = _("Feedback of the public")
    context: dict[str, Any] = {
        "inspection": inspection,
        "page": Paginator(listed.select_related("answered_by", "closed_by"), A_PAGE).get_page(request.GET.get("page")),
        "closed": closed,
        "may_answer": may_administer(request.user, inspection),
        "title": title,
        "breadcrumbs": to_inspection(inspection, title),
    }
    return render(request, "supervision/feedback.html", context)


@login_required
@require_POST
def answer_feedback(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    answer = request.POST.get("answer", "")
    return _change(request, pk, services.answer_feedback, _("The answer was saved."), answer=answer)


@login_required
@require_POST
def close_feedback(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    return _change(request, pk, services.close_feedback, _("The message was closed."))


def _change(
    request: AuthenticatedRequest, pk: int, service: Callable[..., None], message: str, **values: Any
) -> HttpResponse:
    rows = PublicFeedback.objects.visible_to(request.user).select_related("inspection__organisation")
    row = get_object_or_404(rows, pk=pk)
    require_office(request.user, row.inspection)
    try:
        service(feedback=row, by=request.user, at=timezone.now(), **values)
        messages.success(request, message)
    except RuleViolation as refusal:
        messages.error(request, str(refusal.message))
    return redirect("feedback", code=row.inspection.code)
