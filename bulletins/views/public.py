"""Pages for everyone, without a log-in: nothing of a session goes into them, so that any cache may store them."""

import hashlib
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from bulletins.forms import FeedbackForm
from bulletins.models import Bulletin
from bulletins.services import public_pages
from bulletins.services.public import notices_of, public_inspections
from core.forms import attempt
from issues.models import Inspection
from supervision.services import TooManyMessages, leave_feedback

MAX_AGE = 60
"""Seconds for which a cache may serve a page without asking; what is withheld now is readable for as long."""
LINKS = public_pages.Links()


def _cacheable(request: HttpRequest, page: str) -> HttpResponse:
    """Answer with a page that a cache may store; a visitor who has it already gets 304."""
    content = page.encode()
    response = HttpResponse(content, headers={"Cache-Control": f"public, max-age={MAX_AGE}"})
    response["ETag"] = etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response["Content-Language"] = settings.LANGUAGE_CODE
    return get_conditional_response(request, etag=etag, response=response) or response


def _public_inspection_or_404(code: str) -> Inspection:
    return get_object_or_404(public_inspections(), code=code)


@require_safe
def public(request: HttpRequest) -> HttpResponse:
    """What there is to read; nothing where no office switched its pages on."""
    if not public_inspections().exists():
        raise Http404
    return _cacheable(request, public_pages.home_page(LINKS, at=timezone.now()))


@require_safe
def public_inspection(request: HttpRequest, code: str) -> HttpResponse:
    return _cacheable(request, public_pages.inspection_page(_public_inspection_or_404(code), LINKS, at=timezone.now()))


@require_safe
def public_notice(request: HttpRequest, code: str, number: int) -> HttpResponse:
    rows = notices_of(_public_inspection_or_404(code)).select_related("inspection__organisation")
    return _cacheable(request, public_pages.notice_page(get_object_or_404(rows, number=number), LINKS))


@require_safe
def public_bulletin(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A bulletin; one that was corrected stays readable and says by which."""
    rows = Bulletin.objects.published().filter(inspection=_public_inspection_or_404(code))
    bulletin = get_object_or_404(rows.select_related("inspection__organisation", "organisation", "corrects"), pk=pk)
    return _cacheable(request, public_pages.bulletin_page(bulletin, LINKS))


@csrf_exempt
def public_feedback(request: HttpRequest, code: str) -> HttpResponse:
    """Take what a visitor writes. No cookie is read or set: there is no session that an attacker could borrow."""
    inspection = _public_inspection_or_404(code)
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
    with translation.override(settings.LANGUAGE_CODE):
        form = FeedbackForm(request.POST or None)
        status, is_done = _leave(request, inspection, form) if request.method == "POST" else (200, False)
        page = public_pages.feedback_page(inspection, LINKS, form=form, is_done=is_done)
    response = HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})
    response["Content-Language"] = settings.LANGUAGE_CODE
    return response


def _leave(request: HttpRequest, inspection: Inspection, form: FeedbackForm) -> tuple[int, bool]:
    """Store what was written; return the status of the answer and whether it was stored."""
    if request.POST.get("website"):  # no person sees this field
        return 200, True
    too_many: list[bool] = []

    def leave(data: dict[str, Any]) -> None:
        try:
            address = request.META.get("REMOTE_ADDR", "")
            leave_feedback(inspection=inspection, address=address, at=timezone.now(), **data)
        except TooManyMessages:
            too_many.append(True)
            raise

    if attempt(form, leave):
        return 200, True
    return (429 if too_many else 422), False
