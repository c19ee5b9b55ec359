"""The hidden ids of an exported ledger: by them a row that was reworded or moved is still known."""

import hashlib
import re
from datetime import UTC

from issues.models import Inspection

ISSUE, MEASURE = "W", "C"
TOKEN = re.compile(r"([WC])(\d{1,18})-([0-9a-f]{6})")


def token_of(inspection: Inspection, kind: str, key: int) -> str:
    """Return the id of a row as the workbook keeps it."""
    return f"{kind}{key}-{_mark(inspection, kind, key)}"


def key_of(inspection: Inspection | None, kind: str, token: str) -> int | None:
    """Return the key that a token stands for; None for one of another inspection or of another installation."""
    found = TOKEN.fullmatch(token)
    if inspection is None or found is None or found[1] != kind:
        return None
    return int(found[2]) if found[3] == _mark(inspection, kind, int(found[2])) else None


def _mark(inspection: Inspection, kind: str, key: int) -> str:
    """The moment at which an inspection was made tells it from any other one of the same number."""
    made = inspection.created_at.astimezone(UTC).isoformat()
    return hashlib.sha256(f"{kind}{key} {inspection.code} {made}".encode()).hexdigest()[:6]
