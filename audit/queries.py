"""Reading the trail of one object as a history that people understand."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.translation import gettext as _

from audit.models import Event
from audit.verbs import Verb, all_verbs

Words = Mapping[str, Mapping[str, Any]]
NO_WORDS: Words = {}
LIMIT = 200
"""Most events of one history; an object that changed oftener shows its latest ones."""


@dataclass
class HistoryEntry:
    """One line of a history: who did what when; `changes` are (field, old, new) in words, `words` what was written.

    `name` is that of the file that it was about.
    """

    at: datetime
    who: str
    verb: str
    label: str
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    words: str = ""
    name: str = ""


def history_of(obj: Any, *, words: Words = NO_WORDS) -> list[HistoryEntry]:
    """Return what happened to `obj`, a row that events are about, the newest first; verbs have their labels.

    `words` are those of values whose field knows none itself, as a list of choices in one column: field → value → word.
    """
    verbs = all_verbs()
    events = Event.objects.about(obj).newest_first()[:LIMIT]
    return [_entry(obj, event, verbs, words) for event in events]


def _entry(obj: Model, event: Event, verbs: Mapping[str, Verb], words: Words) -> HistoryEntry:
    data = json.loads(event.text)["data"]
    changes = [
        (_label(obj, name), _value(obj, name, old, words), _value(obj, name, new, words))
        for name, (old, new) in data.get("changes", {}).items()
    ]
    written = data.get("reason") or data.get("note") or data.get("text") or ""
    who = event.actor_label or _("the program")
    label = str(verbs[event.verb].label) if event.verb in verbs else event.verb
    return HistoryEntry(event.at, who, event.verb, label, changes, written, data.get("name", ""))


def _label(obj: Model, name: str) -> str:
    try:
        model_field = obj._meta.get_field(name)
    except FieldDoesNotExist:
        return name
    return str(getattr(model_field, "verbose_name", "") or model_field.related_model._meta.verbose_name_plural)  # type: ignore[union-attr]


def _value(obj: Model, name: str, value: Any, words: Words) -> str:
    """Write a recorded value: choices by their word, lists item by item, nothing as a dash."""
    if value in (None, "", []):
        return "—"
    if isinstance(value, list):
        return _(", ").join(_value(obj, name, item, words) for item in value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    own = dict(getattr(obj._meta.get_field(name), "flatchoices", None) or []) if _has(obj, name) else {}
    choices = {**own, **words.get(name, {})}
    return str(choices.get(value, value))


def _has(obj: Model, name: str) -> bool:
    return any(each.name == name for each in obj._meta.get_fields())
