"""Imports: a file is uploaded, previewed, corrected, mapped, confirmed; a job writes it."""

from typing import Any

from django.http import Http404, HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitViewSet, UserViewSet
from core.api import EmptySerializer, ReadOnlyViewSet, crud_method, post_action
from files.adapters import MIME_TYPES, file_response
from imports.api import serializers
from imports.api.preview import ImportDetailSerializer, ImportSerializer
from imports.filters import ImportFilter
from imports.models import Import
from imports.permissions import import_abilities, require_importer
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
from issues.api import BaseInspectionViewSet
from issues.models import Inspection
from jobs.models import Job
from jobs.tasks import run_job
from ledger.services.exports import empty_ledger

WORKBOOK = {(200, MIME_TYPES["xlsx"]): OpenApiTypes.BINARY}


class ImportViewSet(ReadOnlyViewSet):
    """One's own imports and those into inspections whose plan one edits, the latest first."""

    queryset = Import.objects.select_related("file", "inspection", "organisation", "by", "job")
    serializer_class = ImportSerializer
    filterset_class = ImportFilter
    expands = {"inspection": BaseInspectionViewSet, "organisation": UnitViewSet, "by": UserViewSet}

    def get_queryset(self) -> Any:
        rows = super().get_queryset().order_by("-at", "-id")
        return rows.defer("preview") if self.action == "list" else rows.select_related("inspection__organisation")

    def get_serializer_class(self) -> Any:
        return ImportSerializer if self.action == "list" else ImportDetailSerializer

    def get_parsers(self) -> list[BaseParser]:
        """A file is sent as forms send it, everything else as JSON."""
        action = getattr(self, "action", None) or self.action_map.get((self.request.method or "").lower())
        return [MultiPartParser()] if action == "create" else super().get_parsers()

    def get_permitted(self) -> Import:
        """Return the import once roles allow to carry it on."""
        source: Import = self.get_object()
        require_reader(source, self.request.user)
        return source

    def services_for(self, row: Import) -> set[str]:
        return super().services_for(row) | set(import_abilities(self.request.user, row))

    @crud_method(serializers.UploadImportSerializer, {201: ImportDetailSerializer}, service="upload_import")
    def create(self, request: Request) -> Response:
        """A notice or a workbook, for an inspection or for a new one with the code `code`. A large workbook is read
        by the import's job.
        """
        require_importer(request.user)
        inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
        values = self.validated(serializers.UploadImportSerializer, inspections=inspections)
        file = values.pop("file")
        data = content_of(file, name=file.name, size=file.size)
        source = upload_import(data=data, name=file.name, **values, **self.actor_and_time())
        self._wake(source.job)
        return self.response_for(source, status=201)

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

    @extend_schema(responses=serializers.ReadingSerializer, operation_id="imports_reading")
    @action(detail=True)
    def reading(self, request: Request, pk: str) -> Response:
        """Every line of a notice with what it was taken for, as long as the reading can be corrected."""
        source = self.get_object()
        if not is_correctable(source):
            raise Http404
        return Response(serializers.reading_data(reading_of(source), source))

    @post_action("correct-reading", serializers.CorrectReadingSerializer, serializers.ReadingSerializer)
    def correct_reading(self, request: Request, pk: str) -> Response:
        """Says what some lines are; the notice is read again with that."""
        source = self.get_permitted()
        values = self.validated(serializers.CorrectReadingSerializer)
        values = {"layout": source.corrections.get("layout", ""), **values}
        reading = correct_reading(source=source, by=request.user, **values)
        return Response(serializers.reading_data(reading, source))

    @post_action("map-names", serializers.MapNamesSerializer)
    def map_names(self, request: Request, pk: str) -> Response:
        """Whom an unknown name means; names that are not mapped are created when the import is written."""
        source = self.get_permitted()
        mapping = self.validated(serializers.MapNamesSerializer, source=source, missing=preview(source).names)
        organisation = mapping.pop("organisation", source.organisation)
        map_names(source=source, organisation=organisation, mapping=mapping, by=request.user)
        return self.response_for(source)

    @post_action("compare", EmptySerializer, service="compare_import")
    def compare(self, request: Request, pk: str) -> Response:
        """Compares a workbook with the ledger as it is now; for a large one a job does."""
        source = self.get_permitted()
        self.validated(EmptySerializer)
        self._wake(compare_import(source=source, **self.actor_and_time()))
        return self.response_for(source)

    @post_action("confirm", serializers.ConfirmImportSerializer, service="confirm_import")
    def confirm(self, request: Request, pk: str) -> Response:
        """Requests the writing of it: all or nothing; the job of the answer says how far it is."""
        source = self.get_permitted()
        self._wake(
            confirm_import(
                source=source, **self.actor_and_time(), **self.validated(serializers.ConfirmImportSerializer)
            )
        )
        return self.response_for(source)

    @post_action("discard", EmptySerializer, service="discard_import")
    def discard(self, request: Request, pk: str) -> Response:
        source = self.get_permitted()
        self.validated(EmptySerializer)
        discard_import(source=source, by=request.user)
        return self.response_for(source)

    def _wake(self, job: Job | None) -> None:
        if job is not None:
            run_job.delay_on_commit(job.pk)
