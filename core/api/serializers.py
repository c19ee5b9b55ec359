"""How rows are written out, as far as the caller wants them: names, chosen fields, what they point at in full."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.exceptions import BadQuestion

MOST_EXPANSIONS = 4


class Name(serializers.Serializer):
    """A unit or a person as other rows mention them."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


@extend_schema_field({"type": "string", "example": "17:00:00"})
class WallTime(serializers.TimeField):
    """A time of the day as the clock on the wall shows it; what a schema calls `time` has a zone."""


class Typed(serializers.Serializer):
    """What the caller of a verb sends; a field that the verb does not know is a mistake, not a wish."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            raise serializers.ValidationError({name: [_("There is no such field.")] for name in sorted(unknown)})
        return super().to_internal_value(data)


class Nothing(Typed):
    """A verb that takes nothing."""


class Change(serializers.Serializer):
    field = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()


class Happened(serializers.Serializer):
    """What happened to a row, in words: who did what when, what it changed, what was written with it, which file."""

    at = serializers.DateTimeField()
    who = serializers.CharField()
    verb = serializers.CharField()
    label = serializers.CharField()
    changes = serializers.SerializerMethodField()
    words = serializers.CharField()
    name = serializers.CharField()

    @extend_schema_field(Change(many=True))
    def get_changes(self, entry: Any) -> list[dict[str, str]]:
        return [{"field": field, "old": old, "new": new} for field, old, new in entry.changes]


def keep_fields(serializer: Any, asked: str | None) -> None:
    """Leave the fields of a serializer that `fields=` names. Raises `BadQuestion` for one that is not there."""
    if asked is None:
        return
    fields = getattr(serializer, "child", serializer).fields
    names = {name.strip() for name in asked.split(",")}
    if unknown := sorted(names - set(fields)):
        told = _("There is no such field: %(names)s.") % {"names": ", ".join(unknown)}
        raise BadQuestion(fields=[told])
    for name in set(fields) - names:
        fields.pop(name)


def expansions(asked: str | None, known: dict[str, Any]) -> dict[str, Any]:
    """Return what `expand=` names, each with the rows that it is taken from. Raises `BadQuestion`."""
    names = [name.strip() for name in asked.split(",")] if asked is not None else []
    if unknown := sorted(set(names) - set(known)):
        told = _("This cannot be expanded here: %(names)s.") % {"names": ", ".join(unknown)}
        raise BadQuestion(expand=[told])
    if len(set(names)) > MOST_EXPANSIONS:
        told = _("At most %(count)d things are expanded at once.") % {"count": MOST_EXPANSIONS}
        raise BadQuestion(expand=[told])
    return {name: known[name] for name in dict.fromkeys(names)}


def expand(rows: Sequence[dict[str, Any]], wanted: dict[str, Any], request: Any) -> None:
    """Put what the rows point at in their place, as far as the person sees it; one fetch for each expansion.

    What is not seen, or has gone, stays the mention that it was.
    """
    for name, source in wanted.items():
        mentioned = [row[name] for row in rows if row.get(name) is not None]
        keys = {_key(value) for each in mentioned for value in (each if isinstance(each, list) else [each])}
        found = source.found(request, keys) if keys else {}
        for row in rows:
            value = row.get(name)
            if isinstance(value, list):
                row[name] = [found.get(_key(each), each) for each in value]
            elif value is not None:
                row[name] = found.get(_key(value), value)


def _key(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) else value
