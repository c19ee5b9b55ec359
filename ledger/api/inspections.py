"""The ledger of an inspection as a workbook."""

from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Typed, verb
from jobs.api import JobSerializer
from jobs.tasks import run_job
from ledger.services.exports import request_export
from measures.filters import MeasureFilter
from measures.models import Measure
from signoffs.api import InspectionAndChainRows

BESIDE_FILTERS = {"sort", "level", "toggled", "page"}
"""What an address of the ledger's page says beside its filters; a workbook is in the order of the plan."""


class LedgerAsked(Typed):
    """`query` is what stands behind the question mark of the ledger's page: the filters of measures."""

    query = serializers.CharField(max_length=4000, allow_blank=True, required=False, default="")

    def validate_query(self, query: str) -> str:
        asked = QueryDict(query)
        filters = MeasureFilter(asked, queryset=Measure.objects.none(), today=timezone.localdate())
        if unknown := sorted(set(asked) - set(filters.filters) - BESIDE_FILTERS):
            raise serializers.ValidationError([f"{name}: {_('There is no such filter.')}" for name in unknown])
        if not filters.is_valid():
            told = filters.errors.items()
            raise serializers.ValidationError([f"{name}: {error}" for name, errors in told for error in errors])
        return query


class InspectionAndLedgerRows(InspectionAndChainRows):
    """Inspections, with the verb that gives the ledger out."""

    @verb("export-ledger", LedgerAsked, {202: JobSerializer})
    def export_ledger(self, request: Request, code: str) -> Response:
        """Answers with the job that writes the official workbook of the measures that one sees and filtered."""
        inspection: Any = self.get_object()
        job = request_export(inspection=inspection, **self.now(), **self.typed(LedgerAsked))
        run_job.delay_on_commit(job.pk)
        return Response(JobSerializer(job).data, status=202, headers={"Location": f"/api/v1/jobs/{job.pk}/"})
