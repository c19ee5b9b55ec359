"""Pages of rows by where the last one ended, not by how many to skip: a deep page costs what the first one costs."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core import signing
from django.db import models
from django.db.models import F, QuerySet, Value
from django.db.models.expressions import Func
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from rest_framework.pagination import BasePagination
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from core.api.exceptions import InvalidQuery

SIGNER = signing.Signer(salt="core.api.cursor")
LEAST: dict[type[models.Field], Any] = {
    models.CharField: "",
    models.TextField: "",
    models.IntegerField: -1,
    models.DateTimeField: datetime(1, 1, 1, tzinfo=UTC),
    models.DateField: date(1, 1, 1),
}
"""What is taken for nothing in an order; the databases do not agree whether it comes first or last."""


@dataclass(frozen=True)
class OrderingKey:
    """One part of an order: the column, whether it runs downwards, the expression that rows are compared by."""

    path: str
    is_down: bool
    field: models.Field
    expression: Any


def ordering_keys(rows: QuerySet[Any]) -> list[OrderingKey]:
    """Return the order of the rows, made whole by their id. A foreign key counts as its number.

    Raises `TypeError` where the order is an expression: name columns.
    """
    names = list(rows.query.order_by or rows.model._meta.ordering)
    if not all(isinstance(name, str) for name in names):
        raise TypeError(f"The order of a list of the API is by columns: {names}")
    last_is_down = bool(names) and names[-1].startswith("-")
    if not names or names[-1].lstrip("-") not in {"pk", "id"}:
        names.append("-pk" if last_is_down else "pk")
    return [_key(rows.model, name.lstrip("-"), name.startswith("-")) for name in names]


def _key(model: type[models.Model], path: str, is_down: bool) -> OrderingKey:
    above: Any = model
    field: Any = None
    is_empty = False
    for part in path.split("__"):
        field = above._meta.pk if part == "pk" else above._meta.get_field(part)
        is_empty = is_empty or field.null
        above = field.related_model
    if field.is_relation and not path.endswith(field.attname):
        path = f"{path.removesuffix(field.name)}{field.attname}"
        field = field.target_field
    return OrderingKey(path, is_down, field, _never_empty(path, field) if is_empty else F(path))


def _never_empty(path: str, field: models.Field) -> Any:
    (least,) = [value for kind, value in LEAST.items() if isinstance(field, kind)][:1]
    return Coalesce(F(path), Value(least, output_field=field), output_field=field)


class RowComparison(Func):
    """Whether a row of columns comes after (or before) a row of values: one comparison, which an index answers whole.

    Both databases know it; the framework writes it out column by column on one of them, and there no index serves.
    """

    output_field = models.BooleanField()

    def __init__(self, *parts: Any, is_less: bool) -> None:
        super().__init__(*parts)
        self.sign = "<" if is_less else ">"

    def as_sql(self, compiler: Any, connection: Any, *_parts: Any, **_context: Any) -> Any:
        parts = [compiler.compile(part) for part in self.get_source_expressions()]
        half = len(parts) // 2
        columns, values = (", ".join(sql for sql, _params in side) for side in (parts[:half], parts[half:]))
        return f"({columns}) {self.sign} ({values})", [param for _sql, params in parts for param in params]


@dataclass(frozen=True)
class PagePosition:
    """Where a page begins: behind (or before) the row with these values."""

    is_back: bool
    values: list[Any]


class KeysetPagination(BasePagination):
    """Fifty rows to a page; a caller may ask for up to two hundred. `count` is that of the whole list."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "page_size"
    cursor_query_param = "cursor"

    def paginate_queryset(self, queryset: QuerySet[Any], request: Any, view: Any = None) -> list[Any]:
        """Return the rows of the page that the address asks for. Raises `InvalidQuery`."""
        self.request, self.keys = request, ordering_keys(queryset)
        size, cursor = self._size(), self._cursor()
        self.count = queryset.count()
        is_back = cursor is not None and cursor.is_back
        rows = self._in_order(queryset, is_back)
        fetched = list(rows[: size + 1]) if cursor is None else self._beyond(rows, cursor, size + 1)
        is_more, page = len(fetched) > size, fetched[:size]
        if is_back:
            page.reverse()
        self.has_next = is_back or is_more
        self.has_previous = is_more if is_back else cursor is not None
        self.page = page
        return page

    def _in_order(self, rows: QuerySet[Any], is_back: bool) -> QuerySet[Any]:
        expressions = {f"_key{number}": key.expression for number, key in enumerate(self.keys)}
        order = [
            f"{'-' if key.is_down != is_back else ''}{key.path if isinstance(key.expression, F) else name}"
            for name, key in zip(expressions, self.keys, strict=True)
        ]
        return rows.annotate(**expressions).order_by(*order)

    def _beyond(self, rows: QuerySet[Any], cursor: PagePosition, count: int) -> list[Any]:
        """Return the rows behind the cursor: those that share its first value, then those behind that.

        Asked for apart, for a database guesses how many rows lie behind several columns by the first of them alone,
        and would rather read them all where it guesses few.
        """
        down = [key.is_down != cursor.is_back for key in self.keys]
        behind = {f"_key0__{'lt' if down[0] else 'gt'}": cursor.values[0]}
        if len(self.keys) == 1:
            return list(rows.filter(**behind)[:count])
        alike = list(rows.filter(self._after(cursor.values, down), _key0=cursor.values[0])[:count])
        return alike + list(rows.filter(**behind)[: count - len(alike)]) if len(alike) < count else alike

    def _after(self, values: list[Any], down: list[bool]) -> Any:
        """The condition on the columns but the first: one comparison of whole rows where all of them run one way."""
        keys = self.keys[1:]
        if len(set(down[1:])) == 1:
            row = [Value(value, output_field=key.field) for key, value in zip(keys, values[1:], strict=True)]
            return RowComparison(*(key.expression for key in keys), *row, is_less=down[1])
        condition = models.Q(pk__in=[])
        for number in range(1, len(self.keys)):
            same = {f"_key{before}": values[before] for before in range(1, number)}
            condition |= models.Q(**same, **{f"_key{number}__{'lt' if down[number] else 'gt'}": values[number]})
        return condition

    def _size(self) -> int:
        size = self.request.query_params.get(self.page_size_query_param, str(self.page_size))
        if not (size.isascii() and size.isdigit() and int(size[:9])):
            raise InvalidQuery(page_size=[_("A page has from 1 to 200 rows.")])
        return min(int(size[:9]), self.max_page_size)

    def _cursor(self) -> PagePosition | None:
        """Return where the page begins; a cursor that this list did not give out is none. Raises `InvalidQuery`."""
        written = self.request.query_params.get(self.cursor_query_param)
        if written is None:
            return None
        try:
            order, is_back, values = SIGNER.unsign_object(written)
            if order == self._order():
                read = [key.field.to_python(value) for key, value in zip(self.keys, values, strict=True)]
                return PagePosition(is_back, read)
        except (signing.BadSignature, ValueError):
            pass
        raise InvalidQuery(cursor=[_("Use the address of a page exactly as the previous answer gives it.")])

    def _order(self) -> list[str]:
        return [f"{'-' if key.is_down else ''}{key.field.model._meta.label_lower}.{key.path}" for key in self.keys]

    def _link(self, row: Any, *, is_back: bool) -> str:
        values = [getattr(row, f"_key{number}") for number in range(len(self.keys))]
        plain = [value if isinstance(value, (int, str)) else str(value) for value in values]
        cursor = SIGNER.sign_object([self._order(), is_back, plain])
        return str(replace_query_param(self.request.build_absolute_uri(), self.cursor_query_param, cursor))

    def _links(self) -> tuple[str | None, str | None]:
        if not self.page:
            # Rows may have gone while the pages were turned: what is left begins at the start.
            start = remove_query_param(self.request.build_absolute_uri(), self.cursor_query_param)
            return None, start if self.has_previous else None
        following = self._link(self.page[-1], is_back=False) if self.has_next else None
        return following, self._link(self.page[0], is_back=True) if self.has_previous else None

    def get_paginated_response(self, data: Any) -> Response:
        following, previous = self._links()
        return Response({"count": self.count, "next": following, "previous": previous, "results": data})

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {"count": {"type": "integer"}, "next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "default": self.page_size}
        return [
            {
                "name": self.cursor_query_param,
                "in": "query",
                "schema": {"type": "string"},
                "description": "Which page; take it from `next` or `previous`.",
            },
            {
                "name": self.page_size_query_param,
                "in": "query",
                "schema": size,
                "description": f"Rows of a page; {self.max_page_size} at most.",
            },
        ]
