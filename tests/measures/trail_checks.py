"""What the tests of the verbs share: reading the trail and the history, and proof that a refusal writes nothing."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

import pytest
from django.apps import apps

from audit.models import Event
from core.exceptions import RuleViolation
from measures.models import Measure

Row = dict[str, Any]
REASON = "the contractor went bankrupt"


def rows() -> dict[str, list[Row]]:
    """Every row that a verb of measures could write: plan, history, trail, links to supporting units included."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values())
        for app in ("audit", "issues", "measures")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    }


@contextmanager
def refused(
    kind: type[Exception] = RuleViolation, *, field: str | None = None
) -> Iterator[pytest.ExceptionInfo[Exception]]:
    """The block is refused with exactly this kind of refusal, at this field, and nothing was written."""
    before = rows()
    with pytest.raises(kind) as caught:
        yield caught
    assert type(caught.value) is kind
    assert getattr(caught.value, "field", None) == field
    assert rows() == before


def events(verb: str) -> list[tuple[int | None, Row]]:
    """Who used this verb, and what the trail tells of it, in order."""
    recorded = Event.objects.filter(verb=verb).order_by("pk")
    return [(event.actor_id, json.loads(event.text)["data"]) for event in recorded]


def event(verb: str) -> tuple[int | None, Row]:
    """The one event of this verb."""
    (only,) = events(verb)
    return only


def spans(measure: Measure, *fields: str) -> list[tuple[Any, ...]]:
    """The history of a measure in order: the named fields, then from when and until when they held."""
    return list(measure.spans.order_by("valid_from").values_list(*fields, "valid_from", "valid_to"))


def copies(measure: Measure) -> tuple[Measure, Measure]:
    """The row as two people have it before them."""
    return Measure.objects.get(pk=measure.pk), Measure.objects.get(pk=measure.pk)


def iso(*days: date | datetime) -> list[str]:
    """Days as the trail writes them."""
    return [str(day) for day in days]
