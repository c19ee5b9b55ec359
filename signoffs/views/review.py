"""The page of one application: what was done, with what evidence, what was said before; and the two decisions."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Role, User
from accounts.requests import AuthenticatedRequest
from core.exceptions import Conflict, Forbidden
from core.forms import attempt
from core.rules import is_possible
from files.adapters import preview_of
from files.models import StoredFile
from signoffs import services
from signoffs.breadcrumbs import to_application
from signoffs.forms import AcceptForm, ReturnForm
from signoffs.models import Application
from signoffs.permissions import DECIDING, RULES, abilities, holds_step, may_read_manifest, require_decider
from signoffs.queries import (
    Round,
    applications_of,
    content_of,
    line_of_steps,
    rounds_of,
    with_subject,
)
from signoffs.services.queues import neighbours_of

INLINE_PREVIEWS = {"picture", "frame"}
OPEN_UP_TO = 5 * 1024 * 1024
"""Bytes up to which a file is row without a click: a person who walks through a queue does not wait for it."""


def _fetch(request: AuthenticatedRequest, pk: int) -> Application:
    return get_object_or_404(with_subject(Application.objects.visible_to(request.user)), pk=pk)


@login_required
def application(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show an application to anyone who sees its measure; with the decision to anyone who may take it."""
    return _page(request, _fetch(request, pk))


def _forms(row: Application, data: Any = None, verb: str = "") -> dict[str, Any]:
    """Both decisions as forms; the one that was sent keeps what was typed."""
    options: dict[str, Any] = {"at_meeting": row.next_step.get("role") == Role.GROUP, "initial": {"step": row.step}}
    return {
        "accept_form": AcceptForm(data if verb == "accept" else None, auto_id="accept_%s", **options),
        "return_form": ReturnForm(data if verb == "return" else None, auto_id="return_%s", **options),
    }


def _page(request: AuthenticatedRequest, row: Application, **forms: Any) -> HttpResponse:
    rows = applications_of(measure=row.measure, issue=None if row.measure else row.issue)
    rounds = rounds_of(rows.filter(origin=row.origin))
    current = next(each for each in rounds if each.application.pk == row.pk)
    able = abilities(request.user, row)
    decides = able >= DECIDING
    context: dict[str, Any] = {
        "inspection": row.inspection,
        "application": row,
        "current": current,
        "previews": _previews(current),
        "earlier": [each for each in rounds if each.application.round < row.round],
        "later": next((each for each in rounds if each.application.round > row.round), None),
        "content": content_of(row) if may_read_manifest(request.user, row) else {},
        "is_intact": services.verify_manifest(row),
        "line": line_of_steps(row),
        "decides": decides,
        "following_step": "" if row.is_last_step else row.review_steps[row.step]["name"],
        "reason_against": "" if decides else _reason_against(request.user, row),
        "may_withdraw": "withdraw_application" in able,
        "reports": row.measure.reports.select_related("by", "unit") if row.measure else [],
        "neighbours": neighbours_of(row, user=request.user),
        "breadcrumbs": to_application(row),
        **(forms or _forms(row)),
    }
    is_wrong = any(form.errors for form in forms.values())
    return render(request, "signoffs/application.html", context, status=422 if is_wrong else 200)


def _previews(current: Round) -> list[dict[str, Any]]:
    """Return the frozen files, each with how the browser can show it; the first small one is open from the start."""
    files = StoredFile.objects.select_related("scan", "rendition__pages").in_bulk([line.file for line in current.files])
    previews: list[dict[str, Any]] = []
    for line in current.files:
        file = files.get(line.file)
        lock = file.lock if file else ""
        preview = preview_of(file) if file and not lock else ""
        has_open = any(each["is_open"] for each in previews)
        is_first = preview in INLINE_PREVIEWS and line.size <= OPEN_UP_TO and not has_open
        previews.append({"line": line, "preview": preview, "lock": lock, "is_open": is_first})
    return previews


def _reason_against(user: User, row: Application) -> str:
    """Say why a person with the role of the step may not decide: their own application, or their second step."""
    if not holds_step(user, row):
        return ""
    try:
        require_decider(user, row)
    except Forbidden as refusal:
        return str(refusal)
    return ""


@login_required
@require_POST
def accept_application(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, "accept", services.accept_application, _("Accepted: %(code)s"))


@login_required
@require_POST
def return_application(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, "return", services.return_application, _("Returned: %(code)s"))


def _decide(request: AuthenticatedRequest, pk: int, verb: str, service: Callable[..., Any], done: str) -> HttpResponse:
    """Take a decision and open the next application that waits; a person who comes second learns who was first."""
    row = _fetch(request, pk)
    if is_possible(RULES, f"{verb}_application", row) and request.POST.get("step") == str(row.step):
        require_decider(request.user, row)
    forms = _forms(row, request.POST, verb)
    form, too_late = forms[f"{verb}_form"], []

    def decide(_data: dict[str, Any]) -> None:
        try:
            service(application=row, by=request.user, at=timezone.now(), **form.service_values())
        except Conflict as stale:
            too_late.append(str(stale.message))

    if not attempt(form, decide):
        return _page(request, row, **forms)
    if too_late:
        messages.error(request, too_late[0])
        return redirect("application", pk=pk)
    messages.success(request, done % {"code": row.code})
    following = neighbours_of(row, user=request.user).following
    return redirect("application", pk=following) if following else redirect("signoffs")
