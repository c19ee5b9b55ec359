"""State transitions: one conditional update decides who was first, on every database alike."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exceptions import Conflict, RuleViolation

NOT_FROM_THIS_STATE = gettext_lazy("This step is not possible from the current state.")
Transitions = Mapping[str, frozenset[str]]


def is_legal(steps: Transitions, old: str, new: str) -> bool:
    """Return whether the table of steps leads from `old` to `new`; a state without steps out is terminal."""
    return new in steps.get(old, frozenset())


def transition(obj: Model, new: str, *, steps: Transitions, field: str = "status", **also: Any) -> None:
    """Move `obj` from the state it was loaded with to `new`, and set the fields `also` in the same statement.

    Raises `RuleViolation` where the table has no such transition and `Conflict` where the row was changed meanwhile.
    The object in memory is changed only when the row was.
    """
    old = getattr(obj, field)
    if not is_legal(steps, old, new):
        raise RuleViolation(str(NOT_FROM_THIS_STATE))
    rows = type(obj)._base_manager.filter(pk=obj.pk, **{field: old}).update(**{field: new}, **also)
    if rows == 0:
        raise Conflict(
            _("Someone else was first: the state has changed in the meantime. Reload the page and check again.")
        )
    for name, value in {field: new, **also}.items():
        setattr(obj, name, value)
