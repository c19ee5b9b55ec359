"""Idempotency keys: what is sent twice with one key is done once and answered alike."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from core.api.exceptions import IdempotencyKeyReused

LONGEST_KEY = 200
REPLAYED = "Idempotency-Replayed"


class IdempotencyMixin:
    """Beside a view of the API: what comes with an idempotency key is done once."""

    def initial(self: Any, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        if request.method not in SAFE_METHODS and "Idempotency-Key" in request.headers:
            name = (request.method or "").lower()
            setattr(self, name, idempotent(getattr(self, name, self.http_method_not_allowed)))


def idempotent(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Make a handler do what comes with one idempotency key once, and answer the same each time it is sent.

    Key, work and answer are one transaction: either all of it is there or nothing. A second request with the same key
    waits for the first one. What was refused is not recorded: it may be right the next time.
    """

    def run(request: Request, *args: Any, **kwargs: Any) -> Response:
        backend = import_string(settings.IDEMPOTENCY_BACKEND)
        digest = request_digest(request)
        with transaction.atomic():
            record = backend.begin(user=request.user, key=_key(request), digest=digest, at=timezone.now())
            if not record.is_for(digest):
                raise IdempotencyKeyReused
            if record.is_answered:
                return Response(record.content, status=record.status, headers={REPLAYED: "true"})
            response = handler(request, *args, **kwargs)
            backend.finish(record, status=response.status_code, content=JSONEncoder().encode(response.data))
            return response

    return run


def _key(request: Request) -> str:
    key: str = request.headers["Idempotency-Key"]
    if not 1 <= len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise exceptions.ParseError(
            _("An idempotency key has 1 to %(count)d plain characters.") % {"count": LONGEST_KEY}
        )
    return key


def request_digest(request: Request) -> str:
    """Return the SHA-256 of a request: the address and everything that was sent with it."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    data = request.data
    lists = dict(data.lists()) if hasattr(data, "lists") else {"": [data]}
    for name, values in sorted(lists.items()):
        for value in values:
            digest.update(_canonical(name, value))
    return digest.hexdigest()


def _canonical(name: str, value: Any) -> bytes:
    if not isinstance(value, UploadedFile):
        return f"{name}={JSONEncoder(sort_keys=True).encode(value)}\n".encode(errors="surrogatepass")
    content = hashlib.sha256()
    for chunk in value.chunks():
        content.update(chunk)
    value.seek(0)
    return f"{name}={value.name}:{content.hexdigest()}\n".encode(errors="surrogatepass")
