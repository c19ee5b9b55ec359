"""How rows are written out, as far as the caller wants them: names, chosen fields, what they point at in full."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.exceptions import InvalidQuery

MOST_EXPANSIONS = 4


class ReferenceSerializer(serializers.Serializer):
    """A unit or a person as other rows mention them."""

    id = serializers.IntegerField(source="pk")
    name = serializers.CharField()


@extend_schema_field({"type": "string", "example": "17:00:00"})
class LocalTimeField(serializers.TimeField):
    """A time of the day without a zone; what a schema calls `time` has one."""


class StrictSerializer(serializers.Serializer):
    """What a caller sends; a field that is not known is refused."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = set(data) - set(self.fields) if isinstance(data, dict) else set()
        if unknown:
            raise serializers.ValidationError({name: [_("There is no such field.")] for name in sorted(unknown)})
        return super().to_internal_value(data)


class EmptySerializer(StrictSerializer):
    """Nothing is sent."""


class FieldChangeSerializer(serializers.Serializer):
    field = serializers.CharField()
    old = serializers.CharField()
    new = serializers.CharField()


class HistoryEntrySerializer(serializers.Serializer):
    """What happened to a row, in words: who did what when, what it changed, what was written with it, which file."""

    at = serializers.DateTimeField()
    who = serializers.CharField()
    verb = serializers.CharField()
    label = serializers.CharField()
    changes = serializers.SerializerMethodField()
    words = serializers.CharField()
    name = serializers.CharField()

    @extend_schema_field(FieldChangeSerializer(many=True))
    def get_changes(self, entry: Any) -> list[dict[str, str]]:
        return [{"field": field, "old": old, "new": new} for field, old, new in entry.changes]


class AbilitiesField(serializers.ListField):
    """What the person can do with a row now: last parts of the addresses of its actions, `update` and `delete`.

    The viewset of the answer says it, so the field is for rows that their own viewset writes out.
    """

    child = serializers.CharField()

    def __init__(self) -> None:
        super().__init__(source="*", read_only=True)

    def to_representation(self, row: Any) -> list[str]:
        abilities: list[str] = self.context["view"].abilities(row)
        return abilities


def select_fields(serializer: Any, query: str | None) -> None:
    """Leave the fields of a serializer that `fields=` names. Raises `InvalidQuery` for one that is not there."""
    if query is None:
        return
    fields = getattr(serializer, "child", serializer).fields
    names = {name.strip() for name in query.split(",")}
    if unknown := sorted(names - set(fields)):
        message = _("There is no such field: %(names)s.") % {"names": ", ".join(unknown)}
        raise InvalidQuery(fields=[message])
    for name in set(fields) - names:
        fields.pop(name)


def expansions(query: str | None, expands: dict[str, Any]) -> dict[str, Any]:
    """Return what `expand=` names, each with the viewset that it is taken from. Raises `InvalidQuery`."""
    names = [name.strip() for name in query.split(",")] if query is not None else []
    if unknown := sorted(set(names) - set(expands)):
        message = _("These cannot be expanded here: %(names)s.") % {"names": ", ".join(unknown)}
        raise InvalidQuery(expand=[message])
    if len(set(names)) > MOST_EXPANSIONS:
        message = _("At most %(count)d fields can be expanded at once.") % {"count": MOST_EXPANSIONS}
        raise InvalidQuery(expand=[message])
    return {name: expands[name] for name in dict.fromkeys(names)}


def expand(rows: Sequence[dict[str, Any]], wanted: dict[str, Any], request: Any) -> None:
    """Put what the rows point at in their place, as far as the person sees it; one fetch for each expansion.

    What is not seen, or has gone, stays the mention that it was.
    """
    for name, viewset in wanted.items():
        mentioned = [row[name] for row in rows if row.get(name) is not None]
        keys = {_key(value) for each in mentioned for value in (each if isinstance(each, list) else [each])}
        by_key = viewset.serialize_by_keys(request, keys) if keys else {}
        for row in rows:
            value = row.get(name)
            if isinstance(value, list):
                row[name] = [by_key.get(_key(each), each) for each in value]
            elif value is not None:
                row[name] = by_key.get(_key(value), value)


def _key(value: Any) -> Any:
    return value["id"] if isinstance(value, dict) else value
