"""The hidden ids of an exported ledger: by them a row that was reworded or moved is still known."""

import hashlib
import re
from datetime import UTC

from issues.models import Inspection

ISSUE, MEASURE = "W", "C"
TOKEN = re.compile(r"([WC])(\d{1,18})-([0-9a-f]{6})")


def token_of(inspection: Inspection, kind: str, key: int) -> str:
    """Return the id of a row as the workbook carries it."""
    return f"{kind}{key}-{_check_sum(inspection, kind, key)}"


def key_of(inspection: Inspection | None, kind: str, token: str) -> int | None:
    """Return the key that a token names; None for one of another inspection or of another installation."""
    match = TOKEN.fullmatch(token)
    if inspection is None or match is None or match[1] != kind:
        return None
    return int(match[2]) if match[3] == _check_sum(inspection, kind, int(match[2])) else None


def _check_sum(inspection: Inspection, kind: str, key: int) -> str:
    """The moment at which an inspection was created tells it apart from any other one of the same number."""
    created = inspection.created_at.astimezone(UTC).isoformat()
    return hashlib.sha256(f"{kind}{key} {inspection.code} {created}".encode()).hexdigest()[:6]
