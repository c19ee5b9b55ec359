"""What an inspection as a whole gives out: papers drawn up from its ledger, the ledger itself as a workbook."""

from typing import Any

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Typed, verb
from issues.models import Disclosure
from issues.permissions import require_office
from jobs.api import JobSerializer
from jobs.tasks import run_job
from ledger.api.papers import OnePaperSerializer
from ledger.models import PaperVersion
from ledger.services.exports import ask_for_export
from ledger.services.papers.versions import make_paper
from measures.filters import MeasureFilter
from measures.models import Measure
from signoffs.api import InspectionAndChainRows


class PaperAsked(Typed):
    """A plan and a report are for those within the party; a notice is for either audience."""

    kind = serializers.ChoiceField(choices=PaperVersion.Kind.choices)
    audience = serializers.ChoiceField(choices=Disclosure.Audience.choices, default=Disclosure.Audience.INTERNAL)


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


class InspectionAndPapersRows(InspectionAndChainRows):
    """Inspections, with the verbs that draw papers up and give the ledger out."""

    @verb("make-paper", PaperAsked, {201: OnePaperSerializer})
    def make_paper(self, request: Request, code: str) -> Response:
        inspection = self.get_object()
        require_office(request.user, inspection)
        made = make_paper(inspection=inspection, **self.now(), **self.typed(PaperAsked))
        return Response(OnePaperSerializer(made, context=self.get_serializer_context()).data, status=201)

    @verb("export-ledger", LedgerAsked, {202: JobSerializer})
    def export_ledger(self, request: Request, code: str) -> Response:
        """Answers with the job that writes the official workbook of the measures that one sees and filtered."""
        inspection: Any = self.get_object()
        job = ask_for_export(inspection=inspection, **self.now(), **self.typed(LedgerAsked))
        run_job.delay_on_commit(job.pk)
        return Response(JobSerializer(job).data, status=202, headers={"Location": f"/api/v1/jobs/{job.pk}/"})
