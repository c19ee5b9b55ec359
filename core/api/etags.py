"""ETags: what was read and has not changed is not sent again; a change made against an old state is refused."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, status
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response

CONDITIONS = frozenset({"If-Match", "If-None-Match"})


class PreconditionFailed(exceptions.APIException):
    """The caller's ETag is not that of the row as it is now."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "precondition_failed"
    default_detail = gettext_lazy("The row has changed since you fetched it. Fetch it again.")


class ConditionalResponseMixin:
    """Gives answers an ETag and leaves it to Django what `If-None-Match` (304) and `If-Match` (412) mean.

    Django's middleware is not used as a whole: its ETag is made of the content alone, ours of the person and the
    language too, and it comes too late to stop a change.
    """

    def initial(self: Any, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        name = (request.method or "").lower()
        if request.method not in SAFE_METHODS and self.has_representation() and CONDITIONS & set(request.headers):
            setattr(self, name, if_unchanged(self, getattr(self, name, self.http_method_not_allowed)))

    def has_representation(self) -> bool:
        """Whether the address has a state of its own that a change can be made against."""
        return False

    def representation(self) -> Any:
        """Return what `GET` of the address gives. Raises `Http404` where there is nothing so far."""
        raise Http404

    def current_etag(self: Any) -> str | None:
        """Return the ETag of the address as it is now; None where there is nothing so far."""
        try:
            data = self.representation()
        except Http404:
            if self.request.method != "PUT":
                raise
            return None
        request: Request = self.request
        return etag_of(request.accepted_renderer.render(data, request.accepted_media_type, {}), request)

    def finalize_response(self: Any, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        return add_etag(response, request)


def if_unchanged(view: Any, handler: Callable[..., Response]) -> Callable[..., Response]:
    """Make a handler refuse what was sent against another state than the present one."""

    def run(request: Request, *args: Any, **kwargs: Any) -> Response:
        if get_conditional_response(request, etag=view.current_etag()) is not None:
            raise PreconditionFailed
        return handler(request, *args, **kwargs)

    return run


def etag_of(content: bytes, request: Request) -> str:
    """Return the ETag of an answer: of its content, of the person that it is for and of the language.

    So it is never stale and never anybody else's.
    """
    recipient = f"{request.user.pk}\n{translation.get_language()}\n".encode()
    return f'"{hashlib.sha256(recipient + content).hexdigest()[:40]}"'


def add_etag(response: Any, request: Request) -> Any:
    """Give what was read an ETag; who sends it back and would get the same gets 304. No proxy may store an answer."""
    patch_vary_headers(response, ["Cookie", "Authorization", "Accept-Language"])
    response.setdefault("Cache-Control", "private, no-cache")
    if request.method in {"GET", "HEAD"} and response.status_code == 200 and isinstance(response, Response):
        response.add_post_render_callback(lambda rendered: _with_etag(rendered, request))
    return response


def _with_etag(response: Response, request: Request) -> HttpResponse | None:
    etag = etag_of(response.content, request)
    response["ETag"] = etag
    if "If-None-Match" not in request.headers or "If-Match" in request.headers:
        return None  # `If-Match` guards changes; what is only read is given out in any case
    conditional: HttpResponse | None = get_conditional_response(request, etag=etag, response=response)
    return None if conditional is response else conditional
