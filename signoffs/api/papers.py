"""The papers of sign-off over the API: the form of an application, the whole file of an issue."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import EmptySerializer, StrictSerializer, get_action, post_action
from documents import WRITERS
from files.adapters import MIME_TYPES, download_response
from files.models import StoredFile
from jobs.api import JobSerializer, accepted
from signoffs.queries import with_subject
from signoffs.responses import archive_job, form_response
from signoffs.services.papers import hand_out_archive, request_archive

PAPERS = {(200, MIME_TYPES[kind]): OpenApiTypes.BINARY for kind in WRITERS}
ARCHIVE = {(200, MIME_TYPES["zip"]): OpenApiTypes.BINARY}
KEY = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class FormFormatSerializer(StrictSerializer):
    format = serializers.ChoiceField(choices=list(WRITERS), default="docx")


class ApplicationFormMixin:
    """Beside the viewset of applications: each as its official form."""

    @get_action("form", PAPERS, FormFormatSerializer)
    def form(self: Any, request: Request, pk: str) -> HttpResponseBase:
        """Give the form of the application out, as Word or PDF."""
        application = get_object_or_404(with_subject(self.get_queryset()), pk=pk)
        kind = self.validated_query(FormFormatSerializer)["format"]
        return form_response(application=application, kind=kind, by=request.user, at=timezone.now())


class ArchiveActionsMixin:
    """Beside the viewset of issues: the whole file of one (一事一档), packed by a job."""

    @post_action("request-archive", EmptySerializer, {202: JobSerializer})
    def request_archive(self: Any, request: Request, pk: str) -> Response:
        """Ask for the whole file of the issue. Once the job is done, the archive is at /api/v1 + its `result_url`."""
        issue = self.get_object()
        self.validated(EmptySerializer)
        return accepted(request_archive(issue=issue, **self.actor_and_time()))

    @get_action(f"file/(?P<key>{KEY})", ARCHIVE)
    def file(self: Any, request: Request, pk: str, key: str) -> HttpResponseBase:
        """Give one's own archive out, as long as one sees all that is in it."""
        job = archive_job(issue=int(pk), key=UUID(key), by=request.user)
        if not hand_out_archive(job=job, **self.actor_and_time()):
            raise Http404
        return download_response(file=StoredFile.objects.get(key=key), **self.actor_and_time())
