"""What the APIs of all apps share: problem details, pages of rows, actions that call one service, the schema."""

from core.api.actions import crud_method, get_action, post_action
from core.api.batch import BatchActionsMixin
from core.api.etags import ConditionalResponseMixin
from core.api.exceptions import PROBLEM, InvalidQuery, ProblemDetails, exception_handler
from core.api.idempotency import IdempotencyMixin
from core.api.pagination import KeysetPagination
from core.api.schema import Schema
from core.api.serializers import (
    AbilitiesField,
    EmptySerializer,
    HistoryEntrySerializer,
    LocalTimeField,
    ReferenceSerializer,
    StrictSerializer,
)
from core.api.viewsets import ActionMixin, FilterBackend, ReadOnlyViewSet, SingletonViewSet, reading_request

__all__ = [
    "PROBLEM",
    "AbilitiesField",
    "ActionMixin",
    "BatchActionsMixin",
    "ConditionalResponseMixin",
    "EmptySerializer",
    "FilterBackend",
    "HistoryEntrySerializer",
    "IdempotencyMixin",
    "InvalidQuery",
    "KeysetPagination",
    "LocalTimeField",
    "ProblemDetails",
    "ReadOnlyViewSet",
    "ReferenceSerializer",
    "Schema",
    "SingletonViewSet",
    "StrictSerializer",
    "crud_method",
    "exception_handler",
    "get_action",
    "post_action",
    "reading_request",
]
