"""What the person asked for and waits for."""

from rest_framework import serializers

from core.api import Rows
from jobs.models import Job


class JobSerializer(serializers.ModelSerializer):
    class Meta:
        model = Job
        fields = ["id", "title", "status", "percent", "stage", "reason", "result_url", "requested_at"]


class JobRows(Rows):
    """The person's own jobs, the latest first."""

    queryset = Job.objects.order_by("-requested_at", "-id")
    serializer_class = JobSerializer
    filterset_fields = ["status"]
