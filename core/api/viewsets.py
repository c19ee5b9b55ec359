"""The rows of one model over the API, and the verbs beside them."""

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.answers import Answering
from core.api.exceptions import BadQuestion
from core.api.pagination import Pages
from core.api.schema import EXPANDS
from core.api.serializers import Nothing, Typed, expand, expansions, keep_fields
from core.filters import LARGEST

READING = frozenset({"list", "retrieve"})


class Filters(django_filters.DjangoFilterBackend):
    """The filters of the pages; those that need the day of the office get it."""

    def get_filterset_kwargs(self, request: Any, queryset: Any, view: Any) -> dict[str, Any]:
        needs = {"today": timezone.localdate()} if getattr(view, "filters_by_day", False) else {}
        return {**super().get_filterset_kwargs(request, queryset, view), **needs}

    def filter_queryset(self, request: Any, queryset: Any, view: Any) -> Any:
        """Return the rows that the filters leave. Raises `BadQuestion` with what is wrong at which filter."""
        filterset = self.get_filterset(request, queryset, view)
        if filterset is None:
            return queryset
        if not filterset.is_valid():
            raise BadQuestion(**{name: [str(told) for told in found] for name, found in filterset.errors.items()})
        beyond = {name for name, value in filterset.form.cleaned_data.items() if _is_beyond(value)}
        if beyond:
            raise BadQuestion(**{name: [_("This number is too large.")] for name in sorted(beyond)})
        return filterset.qs


def _is_beyond(value: Any) -> bool:
    """Whether a value is a number that no database holds."""
    return isinstance(value, int | Decimal) and not -LARGEST <= value <= LARGEST


class Verbs(Answering):
    """What verbs share, whatever they are used on. `sent` is what a row of a batch sends in place of the body."""

    sent: Any = None

    def initial(self: Any, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        form = getattr(getattr(self, self.action or "", None), "asks", None)
        if form is not None:
            self.asked(form)

    def typed(self: Any, form: type[Typed], **context: Any) -> dict[str, Any]:
        """Return what was sent once it has the right shape; the service decides whether it may be done."""
        data = self.request.data if self.sent is None else self.sent
        sent = form(data=data, context={**self.get_serializer_context(), **context})
        sent.is_valid(raise_exception=True)
        typed: dict[str, Any] = sent.validated_data
        return typed

    def now(self: Any) -> dict[str, Any]:
        """Who does it and when, as every service takes it."""
        return {"by": self.request.user, "at": timezone.now()}

    def asked(self: Any, form: type[Typed]) -> dict[str, Any]:
        """Return what stands in the address; a word that the form does not know is a mistake. Raises `BadQuestion`."""
        asked = form(data=self.request.query_params.dict(), context=self.get_serializer_context())
        if not asked.is_valid():
            raise BadQuestion(**asked.errors)
        told: dict[str, Any] = asked.validated_data
        return told


class Single(Verbs, viewsets.GenericViewSet):
    """What there is one of, not rows: `GET` of its address answers it."""

    pagination_class = None


class Rows(Verbs, viewsets.ReadOnlyModelViewSet):
    """The rows of one model that the person sees; verbs are actions beside them. Unseen is 404, forbidden is 403.

    `expands` names the fields whose rows can stand in full in their place, each with the rows it is taken from;
    `also_asked` the words of an address that a list or a row of its own reads besides filters.
    """

    lookup_value_regex = r"[0-9]{1,18}"
    pagination_class = Pages
    filter_backends = [Filters]
    expands: dict[str, type["Rows"]] = {}
    also_asked: tuple[str, ...] = ()
    is_mentioned = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.serializer_class is not None:
            EXPANDS[cls.serializer_class] = cls.expands

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action in READING:
            self.check_questions(request)

    def get_queryset(self) -> Any:
        return super().get_queryset().visible_to(self.request.user)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        serializer = super().get_serializer(*args, **kwargs)
        if self.action in READING and not self.is_mentioned:
            keep_fields(serializer, self.request.query_params.get("fields"))
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
    def found(cls, request: Request, keys: Iterable[Any]) -> dict[Any, Any]:
        """Return the rows with these keys that the person sees, written out as in a list."""
        rows = cls(request=request, action="list", kwargs={}, format_kwarg=None, is_mentioned=True)
        name = "id" if rows.lookup_field == "pk" else rows.lookup_field
        found = rows.get_queryset().filter(**{f"{name}__in": list(keys)})
        return {row[name]: row for row in rows.get_serializer(found, many=True).data}

    def questions(self) -> set[str]:
        """The words that an address may hold: filters, pages, fields, expansions."""
        words = {"fields", *self.also_asked} | ({"expand"} if self.expands else set())
        if self.action != "list":
            return words
        words |= {Pages.cursor_query_param, Pages.page_size_query_param}
        filterset = Filters().get_filterset_class(self, self.queryset)
        return words | set(filterset.base_filters if filterset is not None else ())

    def check_questions(self, request: Request) -> None:
        """Raise `BadQuestion` where the address holds a word that means nothing here."""
        unknown = sorted(set(request.query_params) - self.questions())
        if unknown:
            raise BadQuestion(**{name: [_("There is no such filter.")] for name in unknown})
        expansions(request.query_params.get("expand"), self.expands)

    def shown(self, row: Any) -> Response:
        """Answer with the row as it is after the verb."""
        return Response(self.get_serializer(self.get_queryset().get(pk=row.pk)).data)


def verb(path: str, sends: Any = None, gives: Any = None, *, detail: bool = True, **more: Any) -> Callable[[Any], Any]:
    """Make a method the verb at this address of a row: POST, what is sent, the row as it is afterwards.

    `gives` is another answer: a serializer, or codes with serializers. Without `detail` it is a verb of the list as a
    whole. `more` goes to the framework's `action`.
    """

    def made(method: Any) -> Any:
        told = {} if gives is None else {"responses": gives}
        found = action(detail=detail, methods=["post"], url_path=path, **more)(method)
        extend_schema(request=sends, **told)(found)  # outermost: `action` forgets what was said of the schema before it
        if detail:
            found.verb = path
        return found

    return made


def look(path: str, gives: Any, asks: type[Typed] = Nothing, *, detail: bool = True) -> Callable[[Any], Any]:
    """Make a method what is read at this address of a row (of the list as a whole without `detail`).

    `gives` is the answer; `asks` the words that the address may hold, which `self.asked` gives.
    """

    def made(method: Any) -> Any:
        parameters = [] if asks is Nothing else [asks]
        found = extend_schema(responses=gives, parameters=parameters)(
            action(detail=detail, url_path=path, pagination_class=None, filter_backends=[])(method)
        )
        found.asks = asks
        return found

    return made
