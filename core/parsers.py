"""How the API reads bodies. A module of its own, for the settings of the framework name it."""

import json
import math
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, parsers

HALF_CHARACTER = b"\\ud"
"""How the half of a character that needs two begins; alone it is no text."""


class RequestTooLarge(exceptions.APIException):
    """A body beyond the limit of the settings."""

    status_code = 413
    default_code = "too_large"
    default_detail = _("The request is too large.")


class JSONParser(parsers.BaseParser):
    """Reads JSON of bounded size; what cannot be read is refused, however odd it is.

    The framework's own parser knows no limit, takes NaN, and lets through what cannot be written out again.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        limit = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        content = stream.read(limit + 1)
        if len(content) > limit:
            raise RequestTooLarge
        try:
            data = json.loads(content.decode(), parse_constant=_refuse_constant, parse_float=_finite)
            if HALF_CHARACTER in content.lower():
                json.dumps(data, ensure_ascii=False).encode()  # what cannot be answered is not taken either
            return data
        except (ValueError, RecursionError):
            raise exceptions.ParseError(_("The body is not valid JSON.")) from None


def _refuse_constant(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _finite(word: str) -> float:
    """Read a number; 1e400 would become infinity, which no field and no key expects."""
    number = float(word)
    if not math.isfinite(number):
        raise ValueError(f"{word} is too large")
    return number
