"""Pages for everybody, without a log-in: nothing of a session goes into them, so that any cache may keep them."""

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
"""Seconds for which a cache may give a page out without asking: as long does what is withheld now stay."""
LINKS = public_pages.Links()


def _answer(request: HttpRequest, page: str) -> HttpResponse:
    """Answer with a page that a cache may keep; who has it already is told so."""
    content = page.encode()
    response = HttpResponse(content, headers={"Cache-Control": f"public, max-age={MAX_AGE}"})
    response["ETag"] = etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response["Content-Language"] = settings.LANGUAGE_CODE
    return get_conditional_response(request, etag=etag, response=response) or response


def _inspection(code: str) -> Inspection:
    return get_object_or_404(public_inspections(), code=code)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What there is to read; nothing where no office switched its pages on."""
    if not public_inspections().exists():
        raise Http404
    return _answer(request, public_pages.home_page(LINKS, at=timezone.now()))


@require_safe
def inspection(request: HttpRequest, code: str) -> HttpResponse:
    return _answer(request, public_pages.inspection_page(_inspection(code), LINKS, at=timezone.now()))


@require_safe
def notice(request: HttpRequest, code: str, number: int) -> HttpResponse:
    rows = notices_of(_inspection(code)).select_related("inspection__organisation")
    return _answer(request, public_pages.notice_page(get_object_or_404(rows, number=number), LINKS))


@require_safe
def bulletin(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """A bulletin; one that was corrected stays readable and says by which."""
    rows = Bulletin.objects.published().filter(inspection=_inspection(code))
    found = get_object_or_404(rows.select_related("inspection__organisation", "organisation", "corrects"), pk=pk)
    return _answer(request, public_pages.bulletin_page(found, LINKS))


@csrf_exempt
def feedback(request: HttpRequest, code: str) -> HttpResponse:
    """Take what a visitor writes. No cookie is asked for or set: there is no session that somebody could borrow."""
    found = _inspection(code)
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponse(status=405, headers={"Allow": "GET, HEAD, POST"})
    with translation.override(settings.LANGUAGE_CODE):
        form = FeedbackForm(request.POST or None)
        status, is_done = _left(request, found, form) if request.method == "POST" else (200, False)
        page = public_pages.feedback_page(found, LINKS, form=form, is_done=is_done)
    response = HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})
    response["Content-Language"] = settings.LANGUAGE_CODE
    return response


def _left(request: HttpRequest, found: Inspection, form: FeedbackForm) -> tuple[int, bool]:
    """Keep what was written; return the status of the answer and whether it was kept."""
    if request.POST.get("website"):  # no person sees this field
        return 200, True
    too_many: list[bool] = []

    def leave(data: dict[str, Any]) -> None:
        try:
            address = request.META.get("REMOTE_ADDR", "")
            leave_feedback(inspection=found, address=address, at=timezone.now(), **data)
        except TooManyMessages:
            too_many.append(True)
            raise

    if attempt(form, leave):
        return 200, True
    return (429 if too_many else 422), False
