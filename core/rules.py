"""In which states of an object a verb is possible: one table per model, asked by services, pages and the API alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.exceptions import RuleViolation
from core.transitions import NOT_FROM_THIS_STATE


@dataclass(frozen=True, kw_only=True)
class VerbRule:
    """One line of such a table: the states in which a verb is possible, and what is said in all others.

    `moves_to` is the state that the verb leads to, "" where it leaves the state as it is. An app that keeps the roles
    of a verb in the same table adds them in a subclass.
    """

    states: frozenset[str]
    moves_to: str = ""
    refusal: Any = NOT_FROM_THIS_STATE


def allowed_states(rules: Mapping[str, VerbRule], verb: str) -> frozenset[str]:
    """Return the states in which the verb is possible; for conditions on many rows."""
    return rules[verb].states


def is_possible(rules: Mapping[str, VerbRule], verb: str, obj: Any) -> bool:
    """Return whether the state of the object, as it is in memory, allows the verb: what a page may offer."""
    return obj.status in rules[verb].states


def require_possible(rules: Mapping[str, VerbRule], verb: str, obj: Any) -> None:
    """Raise `RuleViolation` unless the state of the object, as it is in memory, allows the verb."""
    if not is_possible(rules, verb, obj):
        raise RuleViolation(str(rules[verb].refusal))
