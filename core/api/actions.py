"""Decorators for what a viewset does beside reading: actions of the process, and changes by HTTP method."""

from collections.abc import Callable
from typing import Any, NamedTuple

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action

from core.api.serializers import EmptySerializer, StrictSerializer

CHANGES = {"update": "update", "partial_update": "update", "destroy": "delete"}
"""Methods of a viewset that change a row by HTTP method → what `abilities` and `batch` call that."""


class RowAction(NamedTuple):
    """What can be done to a row: the method of the viewset, and the service that it calls."""

    method: str
    service: str


def post_action(
    path: str, sends: Any = None, responses: Any = None, *, detail: bool = True, service: str = "", **options: Any
) -> Callable[[Any], Any]:
    """Make a method the action at this address of a row: POST, what is sent, the row as it is afterwards.

    `service` is the name of the service where the method has another one: by it permissions and `abilities` know the
    action. `responses` is another answer: a serializer, or codes with serializers. Without `detail` it is an action of
    the list as a whole. `options` go to the framework's `action`.
    """

    def decorate(method: Any) -> Any:
        schema = {} if responses is None else {"responses": responses}
        decorated = action(detail=detail, methods=["post"], url_path=path, **options)(method)
        extend_schema(request=sends, **schema)(decorated)  # outermost: `action` forgets a schema from before it
        decorated.service = service or method.__name__
        return decorated

    return decorate


def get_action(
    path: str, responses: Any, query: type[StrictSerializer] = EmptySerializer, *, detail: bool = True
) -> Callable[[Any], Any]:
    """Make a method what is read at this address of a row (of the list as a whole without `detail`).

    `query` says which words the address may hold, which `self.validated_query` gives.
    """

    def decorate(method: Any) -> Any:
        parameters = [] if query is EmptySerializer else [query]
        decorated = extend_schema(responses=responses, parameters=parameters)(
            action(detail=detail, url_path=path, pagination_class=None, filter_backends=[])(method)
        )
        decorated.query_serializer = query
        return decorated

    return decorate


def crud_method(sends: Any = None, responses: Any = None, *, service: str) -> Callable[[Any], Any]:
    """Declare of `create`, `update`, `partial_update` or `destroy` what is sent and answered, and the service."""

    def decorate(method: Any) -> Any:
        schema = {} if responses is None else {"responses": responses}
        decorated = extend_schema(request=sends, **schema)(method)
        decorated.service = service
        return decorated

    return decorate
