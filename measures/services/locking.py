"""Pages grow old: what a verb checks and writes down comes from the row as it is, not as it was when shown."""

from typing import Any

from measures.models import Measure
from measures.permissions import require


def refresh_for_update(measure: Measure, verb: str, *, by: Any) -> None:
    """Take everything but the state from the row, and ask whether `by` may; called within the open trail.

    The measure may have been edited or handed over since the page was opened: old values must not get into the
    history, and who no longer leads it may not act on it. The state stays as it was seen, for `move` to compare
    and to say that somebody was first. Raises `Forbidden`.
    """
    seen = measure.status
    measure.refresh_from_db()
    measure.status = seen
    require(by, verb, measure)
