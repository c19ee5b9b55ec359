"""Imports: a file goes up, is looked at, corrected, mapped, confirmed; a job writes it."""

from typing import Any

from django.http import Http404, HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitRows, UserRows
from core.api import Nothing, Rows, verb
from files.adapters import MIME_TYPES, file_response
from imports.api import reading as shapes
from imports.api.preview import ImportSerializer, OneImportSerializer
from imports.filters import ImportFilter
from imports.models import Import
from imports.permissions import require_importer
from imports.services.corrections import correct_reading, is_correctable, reading_of
from imports.services.error_workbook import marked_copy
from imports.services.imports import (
    compare_import,
    confirm_import,
    content_of,
    discard_import,
    map_names,
    preview,
    require_reader,
    upload_import,
)
from issues.api import InspectionRows
from issues.models import Inspection
from jobs.models import Job
from jobs.tasks import run_job
from ledger.services.exports import empty_ledger

WORKBOOK = {(200, MIME_TYPES["xlsx"]): OpenApiTypes.BINARY}


class ImportRows(Rows):
    """One's own imports and those into inspections whose plan one keeps, the latest first."""

    queryset = Import.objects.select_related("file", "inspection", "organisation", "by", "job")
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    expands = {"inspection": InspectionRows, "organisation": UnitRows, "by": UserRows}

    def get_queryset(self) -> Any:
        rows = super().get_queryset().order_by("-at", "-id")
        return rows.defer("preview") if self.action == "list" else rows.select_related("inspection__organisation")

    def get_serializer_class(self) -> Any:
        return ImportSerializer if self.action == "list" else OneImportSerializer

    def able(self) -> Import:
        """Return the import once roles allow to carry it on."""
        source: Import = self.get_object()
        require_reader(source, self.request.user)
        return source

    @extend_schema(request=shapes.Upload, responses={201: OneImportSerializer})
    @action(detail=False, methods=["post"], parser_classes=[MultiPartParser])
    def upload(self, request: Request) -> Response:
        """A notice or a workbook, for an inspection or for a new one with the code `code`. A large workbook is read
        by the import's job.
        """
        require_importer(request.user)
        seen = Inspection.objects.visible_to(request.user).select_related("organisation")
        sent = self.typed(shapes.Upload, inspections=seen)
        file = sent.pop("file")
        data = content_of(file, name=file.name, size=file.size)
        source = upload_import(data=data, name=file.name, **sent, **self.now())
        self._wake(source.job)
        return Response(self.shown(source).data, status=201)

    @extend_schema(responses=WORKBOOK, operation_id="imports_template")
    @action(detail=False)
    def template(self, request: Request) -> HttpResponseBase:
        """The empty workbook."""
        require_importer(request.user)
        return file_response(*empty_ledger(), "xlsx")

    @extend_schema(responses=WORKBOOK, operation_id="imports_marked")
    @action(detail=True)
    def marked(self, request: Request, pk: str) -> HttpResponseBase:
        """The workbook with its errors marked in it."""
        source = self.get_object()
        if not source.is_workbook:
            raise Http404
        return file_response(*marked_copy(source=source, by=request.user, at=timezone.now()), "xlsx")

    @extend_schema(responses=shapes.ReadingSerializer, operation_id="imports_reading")
    @action(detail=True)
    def reading(self, request: Request, pk: str) -> Response:
        """Every line of a notice with what it was taken for, as long as the reading can be corrected."""
        source = self.get_object()
        if not is_correctable(source):
            raise Http404
        return Response(shapes.told_of(reading_of(source), source))

    @verb("correct-reading", shapes.ReadingCorrected, shapes.ReadingSerializer)
    def correct_reading(self, request: Request, pk: str) -> Response:
        """What is said of some lines is kept, and the notice read anew."""
        source = self.able()
        sent = {"layout": source.corrections.get("layout", ""), **self.typed(shapes.ReadingCorrected)}
        found = correct_reading(source=source, by=request.user, **sent)
        return Response(shapes.told_of(found, source))

    @verb("map-names", shapes.NamesMapped)
    def map_names(self, request: Request, pk: str) -> Response:
        """Whom a name means that nobody knows; names that are not mapped are made when the import is written."""
        source = self.able()
        sent = self.typed(shapes.NamesMapped, source=source, missing=preview(source).names)
        organisation = sent.pop("organisation", source.organisation)
        map_names(source=source, organisation=organisation, mapping=sent, by=request.user)
        return self.shown(source)

    @verb("compare", Nothing)
    def compare(self, request: Request, pk: str) -> Response:
        """Works out anew what a workbook would do to the ledger as it stands now; for a large one a job does."""
        source = self.able()
        self.typed(Nothing)
        self._wake(compare_import(source=source, **self.now()))
        return self.shown(source)

    @verb("confirm", shapes.ImportConfirmed)
    def confirm(self, request: Request, pk: str) -> Response:
        """Asks for the work of writing it: all or nothing; the job of the answer tells how far it is."""
        source = self.able()
        self._wake(confirm_import(source=source, **self.now(), **self.typed(shapes.ImportConfirmed)))
        return self.shown(source)

    @verb("discard", Nothing)
    def discard(self, request: Request, pk: str) -> Response:
        source = self.able()
        self.typed(Nothing)
        discard_import(source=source, by=request.user)
        return self.shown(source)

    def _wake(self, job: Job | None) -> None:
        if job is not None:
            run_job.delay_on_commit(job.pk)
