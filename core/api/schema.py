"""The schema that programs read: what every answer may be, also of parts of rows and of expanded ones."""

from typing import Any

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter
from rest_framework.serializers import ListSerializer

from core.api.exceptions import PROBLEM, ProblemDetailsSerializer
from core.api.serializers import MOST_EXPANSIONS, StrictSerializer

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Sent again with the same key, the same is done once and answered alike. Valid for a day.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag that you have of it; where it has changed since, the answer is 412 and nothing is done.",
)

EXPANDS: dict[type[Any], dict[str, Any]] = {}
"""Serializers of rows → what can be expanded in them; `ReadOnlyViewSet` enters its own here."""


class Session(SessionScheme):
    """Our own authentication is the framework's, as far as the schema goes."""

    target_class = "core.authentication.SessionAuthentication"
    priority = 1


class Bearer(OpenApiAuthenticationExtension):
    """A personal token in the header `Authorization: Bearer …`."""

    target_class = "accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class Schema(AutoSchema):
    """Adds to every operation how it says no, and to lists and rows the choice of fields and expansions."""

    def get_operation(self, *args: Any, **kwargs: Any) -> Any:
        operation = super().get_operation(*args, **kwargs)
        if operation is not None:
            operation["responses"]["4XX"] = {
                "description": "A problem document (RFC 9457).",
                "content": {PROBLEM: {"schema": self._component(ProblemDetailsSerializer())}},
            }
        return operation

    def _is_list_view(self, serializer: Any = None) -> bool:
        """What there is one of is answered as it is, though it is read like a list."""
        is_list = super()._is_list_view(serializer)
        return is_list and (hasattr(self.view, "expands") or isinstance(serializer, ListSerializer))

    def _component(self, serializer: Any) -> Any:
        return self.resolve_serializer(serializer, "response").ref

    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters())
        if self.method != "GET":
            parameters.append(IDEMPOTENCY_KEY)
            if hasattr(self.view, "has_representation") and self.view.has_representation():
                parameters.append(IF_MATCH)
        return parameters + self._choices()

    def _choices(self) -> list[OpenApiParameter]:
        if not self._is_reading():
            return []
        description = "Names of fields, with commas between them; the others are left out."
        parameters = [OpenApiParameter("fields", str, description=description)]
        if names := sorted(self.view.expands):
            description = f"Given in full where you may see it, {MOST_EXPANSIONS} at most: {', '.join(names)}."
            parameters.append(OpenApiParameter("expand", str, description=description))
        return parameters

    def _is_reading(self) -> bool:
        return hasattr(self.view, "expands") and getattr(self.view, "action", "") in {"list", "retrieve"}

    def _map_serializer(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """Of the rows that are read nothing is promised to be there, for `fields=` leaves out what it does not name.

        What is sent has the fields that are named and no others.
        """
        schema = super()._map_serializer(serializer, direction, bypass_extensions)
        if direction == "request" and isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        expands = next((EXPANDS[kind] for kind in type(serializer).__mro__ if kind in EXPANDS), None)
        if direction == "response" and expands is not None:
            schema.pop("required", None)
            for name in set(expands) & set(schema["properties"]):
                schema["properties"][name] = self._expandable(schema["properties"][name], expands[name])
        return schema

    def _expandable(self, plain: dict[str, Any], source: Any) -> dict[str, Any]:
        """What can be expanded is what it is, or the row in full."""
        whole = self._component(source.serializer_class())
        if plain.get("type") == "array":
            return {**plain, "items": {"anyOf": [plain["items"], whole]}}
        return {"anyOf": [plain, whole]}
