"""What goes round an answer: a mark to ask again by (ETag), and one answer to what is sent twice."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse, HttpResponseNotModified
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from core.api.exceptions import KeyReused

LONGEST_KEY = 200
REPLAYED = "Idempotency-Replayed"
KEPT_HEADERS = ("ETag", "Cache-Control", "Vary", "Content-Language")


class Answering:
    """Beside a view of the API: its answers are marked, and what comes with an idempotency key is done once."""

    def initial(self: Any, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if request.method == "POST" and "Idempotency-Key" in request.headers:
            self.post = once(getattr(self, "post", self.http_method_not_allowed))

    def finalize_response(self: Any, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        return mark(super().finalize_response(request, response, *args, **kwargs), request)  # type: ignore[misc]


def mark(response: Any, request: Request) -> Any:
    """Give what was read a mark; who sends it back and would get the same is told that nothing changed.

    The mark is made of the answer itself, of whom it is for and of the language, so it is never stale and never
    anybody else's. Nobody on the way may keep an answer.
    """
    patch_vary_headers(response, ["Cookie", "Authorization", "Accept-Language"])
    response.setdefault("Cache-Control", "private, no-cache")
    if request.method in {"GET", "HEAD"} and response.status_code == 200 and isinstance(response, Response):
        response.add_post_render_callback(lambda rendered: _marked(rendered, request))
    return response


def _marked(response: Response, request: Request) -> HttpResponse | None:
    told = f"{request.user.pk}\n{translation.get_language()}\n{request.get_full_path()}\n".encode()
    etag = f'"{hashlib.sha256(told + response.content).hexdigest()[:40]}"'
    response["ETag"] = etag
    asked = {each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))}
    if not asked & {etag, "*"}:
        return None
    same = HttpResponseNotModified()
    for name in KEPT_HEADERS:
        if name in response:
            same[name] = response[name]
    return same


def once(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Make a handler do what comes with one idempotency key once, and answer the same each time it is sent.

    Key, work and answer are one transaction: either all of it is there or nothing. Whoever sends the same at the
    same time waits for the first one. What was refused is not kept: it may be right the next time.
    """

    def run(request: Request, *args: Any, **kwargs: Any) -> Response:
        answers = import_string(settings.API_ANSWERS)
        asked = {"user": request.user, "key": _key(request), "digest": digest_of(request)}
        with transaction.atomic():
            kept = answers.begin(**asked, at=timezone.now())
            if not kept.is_for(asked["digest"]):
                raise KeyReused
            if kept.is_answered:
                return Response(kept.content, status=kept.status, headers={REPLAYED: "true"})
            response = handler(request, *args, **kwargs)
            answers.finish(kept, status=response.status_code, content=JSONEncoder().encode(response.data))
            return response

    return run


def _key(request: Request) -> str:
    key: str = request.headers["Idempotency-Key"]
    if not 1 <= len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise exceptions.ParseError(
            _("An idempotency key has 1 to %(count)d plain characters.") % {"count": LONGEST_KEY}
        )
    return key


def digest_of(request: Request) -> str:
    """Return the SHA-256 of what is asked for: the address and everything that was sent with it."""
    found = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    data = request.data
    lists = dict(data.lists()) if hasattr(data, "lists") else {"": [data]}
    for name, values in sorted(lists.items()):
        for value in values:
            found.update(_told(name, value))
    return found.hexdigest()


def _told(name: str, value: Any) -> bytes:
    if not isinstance(value, UploadedFile):
        return f"{name}={JSONEncoder(sort_keys=True).encode(value)}\n".encode(errors="surrogatepass")
    content = hashlib.sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return f"{name}={value.name}:{content.hexdigest()}\n".encode(errors="surrogatepass")
