"""Base classes of the viewsets: the rows of one model that a person sees, and what is done to them."""

from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, Self

from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as django_filters
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.actions import CHANGES, RowAction
from core.api.etags import ConditionalResponseMixin
from core.api.exceptions import InvalidQuery
from core.api.idempotency import IdempotencyMixin
from core.api.pagination import KeysetPagination
from core.api.schema import EXPANDS
from core.api.serializers import StrictSerializer, expand, expansions, select_fields
from core.filters import LARGEST

READING = frozenset({"list", "retrieve"})


class FilterBackend(django_filters.DjangoFilterBackend):
    """The filters of the pages; those that need the day of the office get it."""

    def get_filterset_kwargs(self, request: Any, queryset: Any, view: Any) -> dict[str, Any]:
        needs = {"today": timezone.localdate()} if getattr(view, "filters_by_day", False) else {}
        return {**super().get_filterset_kwargs(request, queryset, view), **needs}

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        """Return the rows that the filters leave. Raises `InvalidQuery` with what is wrong at which filter."""
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise InvalidQuery(**{name: list(map(str, errors)) for name, errors in filterset.errors.items()})
        if beyond := {name for name, value in filterset.form.cleaned_data.items() if _is_beyond(value)}:
            raise InvalidQuery(**{name: [_("This number is too large.")] for name in sorted(beyond)})
        return filterset.qs


def _is_beyond(value: Any) -> bool:
    """Whether a value is a number that no database holds."""
    return isinstance(value, int | Decimal) and not -LARGEST <= value <= LARGEST


def reading_request(person: Any, query: str = "", auth: Any = None) -> Request:
    """Return a request of the person to read, with this query, as if it had come by itself."""
    plain = HttpRequest()
    plain.method, plain.GET = "GET", QueryDict(query)
    request = Request(plain)
    request.user, request.auth = person, auth
    return request


class ActionMixin(IdempotencyMixin, ConditionalResponseMixin):
    """What all actions share. `batch_row` is what a row of a batch sends in place of the body."""

    batch_row: Any = None

    def initial(self: Any, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        serializer = getattr(getattr(self, self.action or "", None), "query_serializer", None)
        if serializer is not None:
            self.validated_query(serializer)

    def validated(self: Any, serializer_class: type[StrictSerializer], **context: Any) -> dict[str, Any]:
        """Return what was sent once it has the right shape; the service decides whether it may be done."""
        data = self.request.data if self.batch_row is None else self.batch_row
        serializer = serializer_class(data=data, context={**self.get_serializer_context(), **context})
        serializer.is_valid(raise_exception=True)
        validated: dict[str, Any] = serializer.validated_data
        return validated

    def validated_query(self: Any, serializer_class: type[StrictSerializer]) -> dict[str, Any]:
        """Return the query of the address; a word that the serializer does not know raises `InvalidQuery`."""
        serializer = serializer_class(data=self.request.query_params.dict(), context=self.get_serializer_context())
        if not serializer.is_valid():
            raise InvalidQuery(**serializer.errors)
        validated: dict[str, Any] = serializer.validated_data
        return validated

    def actor_and_time(self: Any) -> dict[str, Any]:
        """Who does it and when, as every service takes it."""
        return {"by": self.request.user, "at": timezone.now()}

    def parent(self: Any, rows: QuerySet[Any], name: str, lookup: str = "pk") -> Any:
        """Return the row, one of those that the person sees, under which the body creates another one.

        Taken before the rest of the body is looked at, so that roles are asked first. Raises `Http404`.
        """
        data = self.request.data
        value = data.get(name) if hasattr(data, "get") else None
        is_key = type(value) is int and 0 < value <= LARGEST
        if not (is_key if lookup == "pk" else isinstance(value, str)):
            raise serializers.ValidationError({name: [_("Say here under which row it is created.")]})
        return get_object_or_404(rows, **{lookup: value})

    @classmethod
    def reading_view(cls, request: Request, action: str, kwargs: dict[str, Any] | None = None, **options: Any) -> Self:
        """Return a view of this class that reads for the person of the request, without its query."""
        options |= {"request": request, "action": action, "kwargs": kwargs or {}, "format_kwarg": None}
        return cls(**options)


class SingletonViewSet(ActionMixin, viewsets.GenericViewSet):
    """What there is one of, not rows: `GET` of its address answers it."""

    pagination_class = None

    def has_representation(self) -> bool:
        return True

    def representation(self) -> Any:
        request = reading_request(self.request.user, auth=self.request.auth)
        return self.reading_view(request, "retrieve").retrieve(request).data


class ReadOnlyViewSet(ActionMixin, viewsets.ReadOnlyModelViewSet):
    """The rows of one model that the person sees; what is done to them are actions. Unseen is 404, forbidden is 403.

    `expands` names the fields whose rows can be given in full in their place, each with the viewset it is taken from;
    `extra_query_params` the words of an address that a list or a row of its own reads besides filters.
    """

    lookup_value_regex = r"[0-9]{1,18}"
    pagination_class = KeysetPagination
    filter_backends = [FilterBackend]
    expands: dict[str, type["ReadOnlyViewSet"]] = {}
    extra_query_params: tuple[str, ...] = ()
    is_mentioned = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.serializer_class is not None:
            EXPANDS[cls.serializer_class] = cls.expands

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action in READING:
            self.check_query(request)

    def get_queryset(self) -> Any:
        return super().get_queryset().visible_to(self.request.user)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        serializer = super().get_serializer(*args, **kwargs)
        if self.action in READING and not self.is_mentioned:
            select_fields(serializer, self.request.query_params.get("fields"))
        return serializer

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        self._expand(response.data["results"])
        return response

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().retrieve(request, *args, **kwargs)
        self._expand([response.data])
        return response

    def _expand(self, rows: Sequence[dict[str, Any]]) -> None:
        wanted = expansions(self.request.query_params.get("expand"), self.expands)
        expand(rows, wanted, self.request)

    @classmethod
    def serialize_by_keys(cls, request: Request, keys: Iterable[Any]) -> dict[Any, Any]:
        """Return the rows with these keys that the person sees, written out as in a list."""
        view = cls.reading_view(request, "list", is_mentioned=True)
        name = "id" if view.lookup_field == "pk" else view.lookup_field
        rows = view.get_queryset().filter(**{f"{name}__in": list(keys)})
        return {row[name]: row for row in view.get_serializer(rows, many=True).data}

    @classmethod
    def serialize(cls, request: Request, row: Any) -> Any:
        """Return one row in full, for the answer of another viewset."""
        view = cls.reading_view(request, "retrieve", is_mentioned=True)
        return view.get_serializer(view.get_queryset().get(pk=row.pk)).data

    def allowed_query_params(self) -> set[str]:
        """The words that the query of an address may hold: filters, pages, fields, expansions."""
        words = {"fields", *self.extra_query_params} | ({"expand"} if self.expands else set())
        if self.action != "list":
            return words
        words |= {KeysetPagination.cursor_query_param, KeysetPagination.page_size_query_param}
        filterset = FilterBackend().get_filterset_class(self, self.queryset)
        return words | set(filterset.base_filters if filterset is not None else ())

    def check_query(self, request: Request) -> None:
        """Raise `InvalidQuery` where the address holds a word that means nothing here."""
        unknown = sorted(set(request.query_params) - self.allowed_query_params())
        if unknown:
            raise InvalidQuery(**{name: [_("There is no such filter.")] for name in unknown})
        expansions(request.query_params.get("expand"), self.expands)

    def response_for(self, row: Any, status: int = 200) -> Response:
        """Answer with the row as it is after the action."""
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data, status=status)

    def has_representation(self) -> bool:
        return bool(self.detail)

    def representation(self) -> Any:
        """What can be read at this address; an address that only takes a POST is about its row."""
        action = self.action_map.get("get", "retrieve")
        lookup = self.lookup_url_kwarg or self.lookup_field
        kwargs = self.kwargs if action != "retrieve" else {lookup: self.kwargs[lookup]}
        request = reading_request(self.request.user, auth=self.request.auth)
        return getattr(self.reading_view(request, action, kwargs), action)(request, **kwargs).data

    @classmethod
    @cache
    def row_actions(cls) -> dict[str, RowAction]:
        """What can be done to a row, by the last part of its address; `update` and `delete` are HTTP methods."""
        actions = {each.url_path: each for each in cls.get_extra_actions() if each.detail and hasattr(each, "service")}
        for method, name in CHANGES.items():
            if hasattr(cls, method):
                actions[name] = getattr(cls, method)
        return {name: RowAction(each.__name__, each.service) for name, each in sorted(actions.items())}

    def services_for(self, row: Any) -> set[str]:
        """Return the services that the person can use on the row now; each mixin adds those of its actions."""
        return set()

    def abilities(self, row: Any) -> Sequence[str]:
        """Return what `abilities` of the row says: the names of `row_actions` that the person can use now."""
        services = self.services_for(row)
        return [name for name, each in self.row_actions().items() if each.service in services]
