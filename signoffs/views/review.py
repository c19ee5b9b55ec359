"""The page of one application: what was done, with what evidence, what was said before; and the two decisions."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Role
from core.exceptions import Conflict, Forbidden
from core.forms import attempt
from files.adapters import preview_of
from files.models import StoredFile
from signoffs.breadcrumbs import to_application
from signoffs.forms import AcceptForm, ReturnForm
from signoffs.models import Application
from signoffs.permissions import holds_step, may_decide, may_read_manifest, may_withdraw, require_decider
from signoffs.queries import (
    Round,
    applications_of,
    content_of,
    line_of_steps,
    rounds_of,
    with_subject,
)
from signoffs.services import accept_application, return_application, verify_manifest
from signoffs.services.queues import neighbours_of

SHOWN = {"picture", "frame"}
OPEN_UP_TO = 5 * 1024 * 1024
"""Bytes up to which a file is shown without a click: whoever walks through a queue does not wait for it."""


def _fetch(request: HttpRequest, pk: int) -> Application:
    return get_object_or_404(with_subject(Application.objects.visible_to(request.user)), pk=pk)


@login_required
def application(request: HttpRequest, pk: int) -> HttpResponse:
    """Show an application to whoever sees its measure; with the decision to whoever may take it."""
    return _shown(request, _fetch(request, pk))


def _forms(shown: Application, data: Any = None, verb: str = "") -> dict[str, Any]:
    """Both decisions as forms; the one that was sent keeps what was typed."""
    options: dict[str, Any] = {"at_meeting": shown.next_step.get("role") == Role.GROUP, "initial": {"step": shown.step}}
    return {
        "accept_form": AcceptForm(data if verb == "accept" else None, auto_id="accept_%s", **options),
        "return_form": ReturnForm(data if verb == "return" else None, auto_id="return_%s", **options),
    }


def _shown(request: HttpRequest, shown: Application, **forms: Any) -> HttpResponse:
    rows = applications_of(measure=shown.measure, issue=None if shown.measure else shown.issue)
    rounds = rounds_of(rows.filter(origin=shown.origin))
    current = next(each for each in rounds if each.application.pk == shown.pk)
    decides = may_decide(request.user, shown)
    context: dict[str, Any] = {
        "inspection": shown.inspection,
        "application": shown,
        "current": current,
        "looks": _looks(current),
        "earlier": [each for each in rounds if each.application.round < shown.round],
        "later": next((each for each in rounds if each.application.round > shown.round), None),
        "content": content_of(shown) if may_read_manifest(request.user, shown) else {},
        "is_intact": verify_manifest(shown),
        "line": line_of_steps(shown),
        "decides": decides,
        "following_step": "" if shown.is_last_step else shown.chain[shown.step]["name"],
        "why_not": "" if decides else _why_not(request.user, shown),
        "may_withdraw": may_withdraw(request.user, shown),
        "reports": shown.measure.reports.select_related("by", "unit") if shown.measure else [],
        "neighbours": neighbours_of(shown, user=request.user),
        "breadcrumbs": to_application(shown),
        **(forms or _forms(shown)),
    }
    is_wrong = any(form.errors for form in forms.values())
    return render(request, "signoffs/application.html", context, status=422 if is_wrong else 200)


def _looks(current: Round) -> list[dict[str, Any]]:
    """Return the frozen files, each with how the browser can show it; the first small one is open from the start."""
    files = StoredFile.objects.select_related("scan", "rendition__pages").in_bulk([line.file for line in current.files])
    looks: list[dict[str, Any]] = []
    for line in current.files:
        file = files.get(line.file)
        lock = file.lock if file else ""
        look = preview_of(file) if file and not lock else ""
        is_first = look in SHOWN and line.size <= OPEN_UP_TO and not any(each["is_open"] for each in looks)
        looks.append({"line": line, "look": look, "lock": lock, "is_open": is_first})
    return looks


def _why_not(user: Any, shown: Application) -> str:
    """Say why somebody who holds the role of the step may not decide: their own application, or their second step."""
    if not holds_step(user, shown):
        return ""
    try:
        require_decider(user, shown)
    except Forbidden as refusal:
        return str(refusal)
    return ""


@login_required
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, "accept", accept_application, _("Accepted: %(code)s"))


@login_required
@require_POST
def return_(request: HttpRequest, pk: int) -> HttpResponse:
    return _decide(request, pk, "return", return_application, _("Returned: %(code)s"))


def _decide(request: HttpRequest, pk: int, verb: str, service: Callable[..., Any], done: str) -> HttpResponse:
    """Take a decision and open the next application that waits; whoever comes second is told who was first."""
    shown = _fetch(request, pk)
    if shown.status == Application.Status.PENDING and request.POST.get("step") == str(shown.step):
        require_decider(request.user, shown)
    forms = _forms(shown, request.POST, verb)
    form, too_late = forms[f"{verb}_form"], []

    def decide(_data: dict[str, Any]) -> None:
        try:
            service(application=shown, by=request.user, at=timezone.now(), **form.decided())
        except Conflict as stale:
            too_late.append(str(stale.message))

    if not attempt(form, decide):
        return _shown(request, shown, **forms)
    if too_late:
        messages.error(request, too_late[0])
        return redirect("application", pk=pk)
    messages.success(request, done % {"code": shown.code})
    following = neighbours_of(shown, user=request.user).following
    return redirect("application", pk=following) if following else redirect("signoffs")
