"""What the API takes for the plain fields of a row: as its table has them, from their descriptions."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from rest_framework import serializers

from core.fields import Field, FieldType


def inputs_of(model: type[Model], fields: Iterable[Field]) -> dict[str, serializers.Field]:
    """Return an optional input for each field that an edit may change: what is left out stays as it is.

    Several choices are a list in the table, which knows nothing of its codes; a serializer declares those itself.
    """
    taken = (field for field in fields if field.in_api and field.is_editable and field.type != FieldType.CHOICES)
    return {field.name: _input(model, field.name) for field in taken}


def _input(model: type[Model], name: str) -> serializers.Field:
    kind, options = serializers.ModelSerializer().build_standard_field(name, model._meta.get_field(name))
    known: dict[str, Any] = {key: value for key, value in options.items() if key not in {"label", "help_text", "style"}}
    result: serializers.Field = kind(**{**known, "required": False})
    return result
