"""Evidence over the API: files in, as forms send them, new versions, withdrawing, files out."""

from typing import Any

from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import EmptySerializer, ReadOnlyViewSet, StrictSerializer, post_action
from core.exceptions import Forbidden
from files.adapters import download_response, name_of, preview_response, process_soon
from issues.api import BaseIssueViewSet
from issues.models import Issue
from measures import services
from measures.api.serializers import EvidenceSerializer, ReasonSerializer
from measures.api.viewsets import BaseMeasureViewSet
from measures.filters import EvidenceFilter
from measures.models import Evidence, EvidenceVersion, Measure
from measures.permissions import holds_evidence_role

BINARY = {(200, "*/*"): OpenApiTypes.BINARY}
VERSION = "versions/(?P<number>[0-9]{1,5})"
AS_FORM: dict[str, Any] = {"parser_classes": [MultiPartParser]}


class UploadFileSerializer(StrictSerializer):
    file = serializers.FileField(allow_empty_file=True, max_length=None)


class AddEvidenceSerializer(UploadFileSerializer):
    about_on = serializers.DateField(required=False, allow_null=True, default=None)
    classification = serializers.ChoiceField(
        choices=Evidence.Classification.choices, default=Evidence.Classification.INTERNAL
    )


class EvidenceViewSet(ReadOnlyViewSet):
    """Evidence with its versions: names, sizes and SHA-256; each version is downloaded from its own address."""

    queryset = (
        Evidence.objects.select_related("inspection", "withdrawn_by")
        .prefetch_related("versions__file", "versions__by", "versions__unit")
        .order_by("issue_id", "position")
    )
    serializer_class = EvidenceSerializer
    filterset_class = EvidenceFilter
    expands = {"issue": BaseIssueViewSet, "measure": BaseMeasureViewSet}

    def get_permitted(self) -> Evidence:
        """Return the evidence once roles allow to change it."""
        evidence: Evidence = self.get_object()
        _require(self.request.user, evidence.measure, evidence.issue)
        return evidence

    @post_action("add-version", UploadFileSerializer, {201: EvidenceSerializer}, **AS_FORM)
    def add_version(self, request: Request, pk: str) -> Response:
        evidence = self.get_permitted()
        file = self.validated(UploadFileSerializer)["file"]
        version = services.upload_version(evidence=evidence, stream=file, name=name_of(file), **self.actor_and_time())
        process_soon(version.file)
        return self.response_for(evidence, status=201)

    @post_action("withdraw", ReasonSerializer, service="withdraw_evidence")
    def withdraw(self, request: Request, pk: str) -> Response:
        evidence = self.get_permitted()
        services.withdraw_evidence(evidence=evidence, **self.actor_and_time(), **self.validated(ReasonSerializer))
        return self.response_for(evidence)

    @extend_schema(responses=BINARY, operation_id="evidence_download")
    @action(detail=True, url_path=f"{VERSION}/download")
    def download(self, request: Request, pk: str, number: str) -> HttpResponseBase:
        """Give one version out under its own name."""
        return download_response(file=self._version(number).file, by=request.user, at=timezone.now())

    @extend_schema(responses=BINARY, operation_id="evidence_preview")
    @action(detail=True, url_path=f"{VERSION}/preview")
    def preview(self, request: Request, pk: str, number: str) -> HttpResponseBase:
        """Give out what a browser can show of one version: a picture, a text, the pages of a document as PDF."""
        return preview_response(file=self._version(number).file, by=request.user, at=timezone.now())

    @extend_schema(request=EmptySerializer, responses={202: EvidenceSerializer}, operation_id="evidence_make_pages")
    @action(detail=True, methods=["post"], url_path=f"{VERSION}/make-pages")
    def make_pages(self, request: Request, pk: str, number: str) -> Response:
        """Have the pages of a document rendered; `preview` gives them out as soon as they are there."""
        version = self._version(number)
        self.validated(EmptySerializer)
        process_soon(version.file)
        return self.response_for(version.evidence, status=202)

    def _version(self, number: str) -> EvidenceVersion:
        """Return one version of evidence that the person sees. Raises `Http404`."""
        versions = self.get_object().versions.select_related("file__scan", "file__rendition", "evidence")
        return get_object_or_404(versions, number=int(number))


class EvidenceActionsMixin:
    """Beside the viewsets of measures and issues: a file is added to one of them."""

    @post_action("add-evidence", AddEvidenceSerializer, {201: EvidenceSerializer}, **AS_FORM)
    def add_evidence(self: Any, request: Request, pk: str) -> Response:
        row = self.get_object()
        is_measure = isinstance(row, Measure)
        _require(request.user, row if is_measure else None, row.issue if is_measure else row)
        target = {"measure" if is_measure else "issue": row}
        data = self.validated(AddEvidenceSerializer)
        file = data.pop("file")
        evidence = services.upload_evidence(stream=file, name=name_of(file), **target, **data, **self.actor_and_time())
        process_soon(evidence.latest.file)
        return Response(EvidenceSerializer(evidence, context=self.get_serializer_context()).data, status=201)


def _require(user: Any, measure: Measure | None, issue: Issue) -> None:
    """Raise `Forbidden` where roles do not allow it: without the role no one learns what it takes."""
    if not holds_evidence_role(user, measure=measure, issue=issue):
        raise Forbidden("")
