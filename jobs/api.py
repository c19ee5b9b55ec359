"""What the person has requested and waits for."""

from typing import Any

from django.http import Http404, HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import EmptySerializer, ReadOnlyViewSet, post_action
from files.adapters import download_response
from jobs import services
from jobs.models import Job
from jobs.tasks import run_job

BINARY = {(200, "*/*"): OpenApiTypes.BINARY}


class JobSerializer(serializers.ModelSerializer):
    """`has_file` says that there is a result to download."""

    has_file = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = ["id", "title", "status", "percent", "stage", "error", "result_url", "has_file", "requested_at"]

    def get_has_file(self, job: Job) -> bool:
        return job.result_file_id is not None


def accepted(job: Job) -> Response:
    """Answer with a requested job, after waking a worker for it."""
    if job.status == Job.Status.QUEUED:
        run_job.delay_on_commit(job.pk)
    return Response(JobSerializer(job).data, status=202, headers={"Location": f"/api/v1/jobs/{job.pk}/"})


class JobViewSet(ReadOnlyViewSet):
    """The person's own jobs, the latest first."""

    queryset = Job.objects.order_by("-requested_at", "-id")
    serializer_class = JobSerializer
    filterset_fields = ["status"]

    @post_action("retry", EmptySerializer, service="retry_job")
    def retry(self, request: Request, pk: str) -> Response:
        job = self.get_object()
        self.validated(EmptySerializer)
        services.retry_job(job=job, at=timezone.now())
        run_job.delay_on_commit(job.pk)
        return self.response_for(job)

    @extend_schema(responses=BINARY, operation_id="jobs_result")
    @action(detail=True)
    def result(self, request: Request, pk: str) -> HttpResponseBase:
        """Download the file that the job wrote."""
        job: Any = self.get_object()
        if job.result_file is None:
            raise Http404
        return download_response(file=job.result_file, by=request.user, at=timezone.now())
