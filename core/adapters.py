"""What the framework of the API is given by its settings. A module of its own, for it is loaded while that loads."""

import json
import math
import re
import time
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from rest_framework import authentication, exceptions, parsers, throttling

HALF_CHARACTER = b"\\ud"
"""How the half of a character that needs two begins; alone it is no text."""
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class SessionAuthentication(authentication.SessionAuthentication):
    """The log-in of the pages, with its check against forged requests. Whoever is not logged in gets 401, not 403."""

    def authenticate_header(self, request: Any) -> str:
        return "Session"


class JSONParser(parsers.BaseParser):
    """Reads JSON of bounded size; what cannot be read is said to be so, however odd it is."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        content = stream.read(limit + 1)
        if len(content) > limit:
            raise RequestTooLarge
        try:
            found = json.loads(content.decode(), parse_constant=_no_number, parse_float=_finite)
            if HALF_CHARACTER in content.lower():
                json.dumps(found, ensure_ascii=False).encode()  # what cannot be answered is not taken either
            return found
        except (ValueError, RecursionError):
            raise exceptions.ParseError(_("The body is no JSON that can be read.")) from None


class RequestTooLarge(exceptions.APIException):
    """More than anybody has to say at once."""

    status_code = 413
    default_code = "too_large"
    default_detail = _("What was sent is too large.")


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _finite(word: str) -> float:
    """Read a number; 1e400 would become infinity, which no field and no key expects."""
    number = float(word)
    if not math.isfinite(number):
        raise ValueError(f"{word} is too large")
    return number


class PerCaller(throttling.BaseThrottle):
    """So many requests in so much time for each person or token: those that read and those that write apart.

    Counted in the cache, in windows: with Redis for all processes together, else for each.
    """

    def allow_request(self, request: Any, view: Any) -> bool:
        reads = request.method in {"GET", "HEAD", "OPTIONS"}
        count, self.seconds = rate_of(settings.API_RATE if reads else settings.API_WRITE_RATE)
        if not count or not request.user.is_authenticated:
            return True
        who = f"token-{request.auth.pk}" if request.auth else f"user-{request.user.pk}"
        key = f"api-{'reads' if reads else 'writes'}-{who}-{int(time.time() // self.seconds)}"
        if cache.add(key, 1, timeout=self.seconds):
            return True
        try:
            return bool(cache.incr(key) <= count)
        except ValueError:  # it ran out between the two questions
            return True

    def wait(self) -> float:
        return self.seconds - time.time() % self.seconds


def rate_of(written: str) -> tuple[int, int]:
    """Read `600/m` as (600, 60); an empty text sets no limit. Raises `ValueError` for anything else."""
    if not written:
        return 0, 1
    found = re.fullmatch(r"([1-9]\d*)/([smhd])", written)
    if found is None:
        raise ValueError(f"A rate is written as 600/m: {written}")
    return int(found[1]), UNITS[found[2]]
