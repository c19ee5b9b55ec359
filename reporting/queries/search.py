"""Search from anywhere: issues, measures, units and people that the user sees, by words of a text or by initials."""

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.models import Unit, Viewer
from accounts.permissions import visible_units, visible_users
from issues.models import Issue
from measures.models import Measure

LISTED = 10
"""Rows of each kind; where there are more, the ledger lists them all."""


@dataclass(frozen=True)
class SearchResults:
    """The first rows of each kind; `more` names the kinds of which there are more."""

    issues: list[Any]
    measures: list[Any]
    units: list[Any]
    people: list[Any]
    more: frozenset[str] = frozenset()

    @property
    def is_empty(self) -> bool:
        return not (self.issues or self.measures or self.units or self.people)


def find(words: str, *, user: Viewer) -> SearchResults:
    """Return what contains every word: in its text, at the beginning of its code, in its name or among its initials.

    Units and people have in `inspection` the code of an inspection in which the user sees work of theirs, if any.
    """
    kinds: dict[str, QuerySet[Any]] = {
        "issues": Issue.objects.visible_to(user).search(words).select_related("inspection"),
        "measures": Measure.objects.visible_to(user).search(words).select_related("inspection", "lead_unit"),
        "units": _by_name(visible_units(user), words).filter(is_active=True),
        "people": _by_name(visible_users(user), words).filter(is_active=True).select_related("unit"),
    }
    kinds["issues"] = kinds["issues"].order_by("-inspection", "sort_key")
    kinds["measures"] = kinds["measures"].order_by("-inspection", "sort_key")
    kinds["units"] = _with_work(kinds["units"], "lead_unit", user)
    kinds["people"] = _with_work(kinds["people"], "leader", user)
    results = {kind: list(rows[: LISTED + 1]) for kind, rows in kinds.items()}
    more = frozenset(kind for kind, rows in results.items() if len(rows) > LISTED)
    return SearchResults(**{kind: rows[:LISTED] for kind, rows in results.items()}, more=more)


def _by_name(rows: QuerySet[Any], words: str) -> QuerySet[Any]:
    for word in words.split():
        place = Q(name__icontains=word) | Q(initials__contains=word.lower())
        rows = rows.filter(place | Q(short_name__icontains=word) if rows.model is Unit else place)
    return rows


def _with_work(rows: QuerySet[Any], role: str, user: Viewer) -> QuerySet[Any]:
    measures = Measure.objects.visible_to(user).filter(**{role: OuterRef("pk")}).order_by("-inspection")
    return rows.annotate(inspection=Subquery(measures.values("inspection__code")[:1]))
