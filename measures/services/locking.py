"""Pages grow old: what a verb checks and writes comes from the row as it is, not as it was when the page was opened."""

from accounts.models import Actor
from core.rules import require_possible
from measures.models import Measure
from measures.permissions import RULES, require


def refresh_for_update(measure: Measure, verb: str, *, by: Actor) -> None:
    """Read the row again, and check that `by` may use the verb and that it is possible; called within the open trail.

    The measure may have been edited or handed over since the page was opened: old values must not get into the
    history, and a person who no longer leads it may not act on it. Raises `Forbidden`, `RuleViolation`.
    """
    if RULES[verb].moves_to:
        refresh_but_status(measure)
    else:
        measure.refresh_from_db()
    require(by, verb, measure)
    require_possible(RULES, verb, measure)


def refresh_but_status(measure: Measure) -> None:
    """Read the row again, except for its state: `transition` compares that one, and says that somebody was first."""
    status = measure.status
    measure.refresh_from_db()
    measure.status = status
