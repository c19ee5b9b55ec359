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

from core.api import Nothing, Rows, Typed, verb
from core.exceptions import Forbidden
from files.adapters import download_response, name_of, preview_response, process_soon
from issues.api import IssueRows
from issues.models import Issue
from measures.api.rows import MeasureRows
from measures.api.serializers import EvidenceSerializer, Reason
from measures.filters import EvidenceFilter
from measures.models import Evidence, EvidenceVersion, Measure
from measures.permissions import holds_evidence_role
from measures.services import upload_evidence, upload_version, withdraw_evidence

BINARY = {(200, "*/*"): OpenApiTypes.BINARY}
VERSION = "versions/(?P<number>[0-9]{1,5})"
AS_FORM: dict[str, Any] = {"parser_classes": [MultiPartParser]}


class NewFile(Typed):
    file = serializers.FileField(allow_empty_file=True, max_length=None)


class NewEvidence(NewFile):
    about_on = serializers.DateField(required=False, allow_null=True, default=None)
    classification = serializers.ChoiceField(
        choices=Evidence.Classification.choices, default=Evidence.Classification.INTERNAL
    )


class EvidenceRows(Rows):
    """Evidence with its versions: names, sizes and SHA-256; each version is downloaded from its own address."""

    queryset = (
        Evidence.objects.select_related("inspection", "withdrawn_by")
        .prefetch_related("versions__file", "versions__by", "versions__unit")
        .order_by("issue_id", "position")
    )
    serializer_class = EvidenceSerializer
    filterset_class = EvidenceFilter
    expands = {"issue": IssueRows, "measure": MeasureRows}

    def able(self) -> Evidence:
        """Return the evidence once roles allow to change it."""
        evidence: Evidence = self.get_object()
        _require(self.request.user, evidence.measure, evidence.issue)
        return evidence

    @verb("add-version", NewFile, {201: EvidenceSerializer}, **AS_FORM)
    def add_version(self, request: Request, pk: str) -> Response:
        evidence = self.able()
        file = self.typed(NewFile)["file"]
        version = upload_version(evidence=evidence, stream=file, name=name_of(file), **self.now())
        process_soon(version.file)
        return Response(self.shown(evidence).data, status=201)

    @verb("withdraw", Reason)
    def withdraw(self, request: Request, pk: str) -> Response:
        evidence = self.able()
        withdraw_evidence(evidence=evidence, **self.now(), **self.typed(Reason))
        return self.shown(evidence)

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

    @extend_schema(request=Nothing, responses={202: EvidenceSerializer}, operation_id="evidence_make_pages")
    @action(detail=True, methods=["post"], url_path=f"{VERSION}/make-pages")
    def make_pages(self, request: Request, pk: str, number: str) -> Response:
        """Have the pages of a document made; `preview` gives them out as soon as they are there."""
        version = self._version(number)
        self.typed(Nothing)
        process_soon(version.file)
        return Response(self.shown(version.evidence).data, status=202)

    def _version(self, number: str) -> EvidenceVersion:
        """Return one version of evidence that the person sees. Raises `Http404`."""
        versions = self.get_object().versions.select_related("file__scan", "file__rendition", "evidence")
        return get_object_or_404(versions, number=int(number))


class TakesEvidence:
    """Beside the rows of measures and issues: a file is hung on one of them."""

    @verb("add-evidence", NewEvidence, {201: EvidenceSerializer}, **AS_FORM)
    def add_evidence(self: Any, request: Request, pk: str) -> Response:
        found = self.get_object()
        is_measure = isinstance(found, Measure)
        _require(request.user, found if is_measure else None, found.issue if is_measure else found)
        target = {"measure" if is_measure else "issue": found}
        data = self.typed(NewEvidence)
        file = data.pop("file")
        made = upload_evidence(stream=file, name=name_of(file), **target, **data, **self.now())
        process_soon(made.latest.file)
        return Response(EvidenceSerializer(made, context=self.get_serializer_context()).data, status=201)


def _require(user: Any, measure: Measure | None, issue: Issue) -> None:
    """Raise `Forbidden` where roles do not allow it: whoever may not do it learns nothing of what it takes."""
    if not holds_evidence_role(user, measure=measure, issue=issue):
        raise Forbidden("")
