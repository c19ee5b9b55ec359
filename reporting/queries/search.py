"""Search from anywhere: issues, measures, units and people that the user sees, by words of a text or by initials."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import Unit
from accounts.permissions import visible_units, visible_users
from issues.models import Issue
from measures.models import Measure

SHOWN = 10
"""Rows of each kind; where there are more, the ledger lists them all."""


@dataclass(frozen=True)
class Found:
    """The first rows of each kind; `more` names the kinds of which there are more."""

    issues: list[Any]
    measures: list[Any]
    units: list[Any]
    people: list[Any]
    more: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not (self.issues or self.measures or self.units or self.people)


def find(words: str, *, user: Any) -> Found:
    """Return what holds every word: in its text, at the beginning of its code, in its name or among its initials.

    Units and people know by `inspection` the code of an inspection in which the user sees work of theirs, if any.
    """
    kinds: dict[str, QuerySet[Any]] = {
        "issues": Issue.objects.visible_to(user).search(words).select_related("inspection"),
        "measures": Measure.objects.visible_to(user).search(words).select_related("inspection", "lead_unit"),
        "units": _named(visible_units(user), words).filter(is_active=True),
        "people": _named(visible_users(user), words).filter(is_active=True).select_related("unit"),
    }
    kinds["issues"] = kinds["issues"].order_by("-inspection", "sort_key")
    kinds["measures"] = kinds["measures"].order_by("-inspection", "sort_key")
    kinds["units"] = _with_work(kinds["units"], "lead_unit", user)
    kinds["people"] = _with_work(kinds["people"], "leader", user)
    rows = {kind: list(found[: SHOWN + 1]) for kind, found in kinds.items()}
    more = frozenset(kind for kind, found in rows.items() if len(found) > SHOWN)
    return Found(**{kind: found[:SHOWN] for kind, found in rows.items()}, more=more)


def _named(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    for word in words.split():
        place = Q(name__icontains=word) | Q(initials__contains=word.lower())
        rows = rows.filter(place | Q(short_name__icontains=word) if rows.model is Unit else place)
    return rows


def _with_work(rows: QuerySet[Any], role: str, user: Any) -> QuerySet[Any]:
    seen = Measure.objects.visible_to(user).filter(**{role: OuterRef("pk")}).order_by("-inspection")
    return rows.annotate(inspection=Subquery(seen.values("inspection__code")[:1]))
