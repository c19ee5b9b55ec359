"""History in time: rows (spans) that are valid from one moment up to, not with, another one; the last one is open.

A model of spans has the fields `valid_from` and `valid_to` (None: open) and one open row per object at most.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Self, TypeVar

from django.db import models
from django.db.models import Q

Span = TypeVar("Span", bound=models.Model)


def valid_at(moment: datetime | None, path: str = "") -> Q:
    """Return the condition that a span is the valid one at `moment`, None for the present; `path` leads to the span.

    The present is the open span, whatever the clocks of two servers say.
    """
    is_open = Q(**{f"{path}valid_to": None})
    if moment is None:
        return is_open
    return (is_open | Q(**{f"{path}valid_to__gt": moment})) & Q(**{f"{path}valid_from__lte": moment})


class SpanQuerySet(models.QuerySet[Span]):
    """Adjectives of spans."""

    def as_of(self, moment: datetime | None) -> Self:
        """Keep the spans that are valid at `moment`, None for the present: at most one per object."""
        return self.filter(valid_at(moment))

    def begin(self, spans: Iterable[Span]) -> None:
        """Write the first spans of new objects."""
        self.bulk_create(spans, batch_size=500)

    def succeed(self, span: Any) -> None:
        """End the open span, of the one object whose spans these are, where `span` begins, and write that one.

        Two changes at one moment leave one span.
        """
        self.as_of(None).filter(valid_from=span.valid_from).delete()
        self.as_of(None).update(valid_to=span.valid_from)
        span.save()
