"""Any list of the API, with its filters, as a file: written by a job, a piece at a time."""

import csv
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import (
    ConditionalResponseMixin,
    IdempotencyMixin,
    ReadOnlyViewSet,
    ReferenceSerializer,
    StrictSerializer,
    reading_request,
)
from core.exceptions import RuleViolation
from files.models import StoredFile
from files.services import store_upload
from jobs.api import JobSerializer, accepted
from jobs.services import enqueue

WORK = "rectify.export_list"
PIECE = 500
LARGEST = 2 * 1024**3  # bytes
MOST_ROWS_OF_A_SHEET = 1_048_575
LONGEST_CELL = 32_767
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ExportListSerializer(StrictSerializer):
    """`query` is what follows the question mark of the list: filters and `fields`."""

    list = serializers.CharField(max_length=40)
    query = serializers.CharField(max_length=4000, allow_blank=True, required=False, default="")
    format = serializers.ChoiceField(choices=["csv", "xlsx"], default="csv")


class ExportView(IdempotencyMixin, ConditionalResponseMixin, APIView):
    """Requests a list as a file: the answer is the job, its result the file."""

    lists: dict[str, type[ReadOnlyViewSet]] = {}

    @extend_schema(request=ExportListSerializer, responses={202: JobSerializer}, operation_id="exports_create")
    def post(self, request: Request) -> Response:
        serializer = ExportListSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        if data["list"] not in self.lists:
            known = ", ".join(sorted(self.lists))
            message = _("There is no such list. Available: %(lists)s.") % {"lists": known}
            raise serializers.ValidationError({"list": [message]})
        list_of(self.lists[data["list"]], data["query"], request.user)
        title = _("List “%(list)s” as a file") % {"list": data["list"]}
        return accepted(enqueue(job_type=WORK, arguments=data, title=title, by=request.user, at=timezone.now()))


def list_of(viewset: type[ReadOnlyViewSet], query: str, person: Any) -> tuple[ReadOnlyViewSet, Any]:
    """Return the view and the rows that the person would get at this address of the list.

    Raises as the list does: for filters that do not exist, values that they do not know, roles that do not allow it.
    """
    request = reading_request(person, query)
    view = viewset.reading_view(request, "list")
    view.check_permissions(request)
    view.check_query(request)
    rows = view.filter_queryset(view.get_queryset())
    view.get_serializer()  # refuses unknown `fields` now, not in the job
    return view, rows


class Table(Protocol):
    """Takes rows one by one and holds none of them in memory."""

    def write(self, cells: Sequence[Any]) -> None: ...

    def close(self) -> None: ...


class CsvTable:
    """Comma-separated, in UTF-8 with the mark by which office programs know it; no cell begins like a formula."""

    def __init__(self, path: Path) -> None:
        self.file = path.open("w", newline="", encoding="utf-8-sig")
        self.writer = csv.writer(self.file)

    def write(self, cells: Sequence[Any]) -> None:
        self.writer.writerow([_harmless(cell) for cell in cells])

    def close(self) -> None:
        self.file.close()


def _harmless(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(STARTS_A_FORMULA) else cell


class SheetTable:
    """One sheet of a workbook, written row by row; texts are texts, whatever they begin with."""

    def __init__(self, path: Path) -> None:
        plain = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self.book = xlsxwriter.Workbook(str(path), plain)
        self.sheet = self.book.add_worksheet()
        self.count = 0

    def write(self, cells: Sequence[Any]) -> None:
        if self.count > MOST_ROWS_OF_A_SHEET:
            raise RuleViolation(_("There are more rows than a sheet can hold. Filter them, or choose CSV."))
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self.sheet.write_string(self.count, column, cell[:LONGEST_CELL])
            else:
                self.sheet.write(self.count, column, cell)
        self.count += 1

    def close(self) -> None:
        self.book.close()


TABLES: dict[str, tuple[Callable[[Path], Table], str]] = {"csv": (CsvTable, "text"), "xlsx": (SheetTable, "xlsx")}


def write_list(
    *,
    name: str,
    viewset: type[ReadOnlyViewSet],
    query: str,
    kind: str,
    by: Any,
    at: datetime,
    progress: Callable[[int, int], None],
) -> StoredFile:
    """Write the rows that the person sees into a file and store it; `progress` is called with how far it is."""
    table_class, file_kind = TABLES[kind]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"list.{kind}"
        table = table_class(path)
        try:
            for cells in _lines(viewset, query, by, progress):
                table.write(cells)
        finally:
            table.close()
        file_name = f"{name}-{timezone.localdate(at)}.{kind}"
        with path.open("rb") as stream:
            return store_upload(stream=stream, name=file_name, by=by, at=at, kinds=(file_kind,), limit=LARGEST)


def _lines(
    viewset: type[ReadOnlyViewSet], query: str, by: Any, progress: Callable[[int, int], None]
) -> Iterator[list[Any]]:
    view, rows = list_of(viewset, query, by)
    serializer = view.get_serializer()
    fields = serializer.fields
    yield [heading for name, field in fields.items() for heading in _headings(name, field)]
    count, done = rows.count(), 0
    stream = rows.iterator(chunk_size=PIECE)
    while piece := list(islice(stream, PIECE)):
        for row in map(serializer.to_representation, piece):
            yield [cell for name, field in fields.items() for cell in _cells(field, row[name])]
        done += len(piece)
        progress(done, count)


def _headings(name: str, field: Any) -> list[str]:
    return [name, f"{name}_id"] if isinstance(field, ReferenceSerializer) else [name]


def _cells(field: Any, value: Any) -> list[Any]:
    """A reference is its name and its id in two columns; a list is written with commas, the rest as JSON."""
    if isinstance(field, ReferenceSerializer):
        return [value["name"], value["id"]] if value else ["", ""]
    if isinstance(value, list):
        names = [each["name"] if isinstance(each, dict) and set(each) == {"id", "name"} else each for each in value]
        is_plain = all(not isinstance(each, dict | list) for each in names)
        return [", ".join(map(str, names)) if is_plain else json.dumps(value, ensure_ascii=False, default=str)]
    if isinstance(value, dict):
        return [json.dumps(value, ensure_ascii=False, default=str)]
    return ["" if value is None else value]
