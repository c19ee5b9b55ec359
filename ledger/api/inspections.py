"""The ledger of an inspection as a workbook."""

from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import StrictSerializer, post_action
from jobs.api import JobSerializer, accepted
from ledger.services.exports import request_export
from measures.filters import MeasureFilter
from measures.models import Measure

BESIDE_FILTERS = {"sort", "level", "toggled", "page"}
"""What an address of the ledger's page says beside its filters; a workbook is in the order of the plan."""


class ExportLedgerSerializer(StrictSerializer):
    """`query` is what follows the question mark of the ledger's page: the filters of measures."""

    query = serializers.CharField(max_length=4000, allow_blank=True, required=False, default="")

    def validate_query(self, query: str) -> str:
        params = QueryDict(query)
        filters = MeasureFilter(params, queryset=Measure.objects.none(), today=timezone.localdate())
        if unknown := sorted(set(params) - set(filters.filters) - BESIDE_FILTERS):
            raise serializers.ValidationError([f"{name}: {_('There is no such filter.')}" for name in unknown])
        if not filters.is_valid():
            by_name = filters.errors.items()
            raise serializers.ValidationError([f"{name}: {error}" for name, errors in by_name for error in errors])
        return query


class LedgerExportMixin:
    """Beside the viewset of inspections: the ledger as a file."""

    @post_action("export-ledger", ExportLedgerSerializer, {202: JobSerializer})
    def export_ledger(self: Any, request: Request, code: str) -> Response:
        """Answers with the job that writes the official workbook of the filtered measures that one sees."""
        inspection = self.get_object()
        query = self.validated(ExportLedgerSerializer)
        return accepted(request_export(inspection=inspection, **query, **self.actor_and_time()))
