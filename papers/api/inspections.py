"""Papers drawn up from the ledger of an inspection."""

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Typed, verb
from issues.models import Disclosure
from issues.permissions import require_office
from ledger.api import InspectionAndLedgerRows
from papers.api.papers import OnePaperSerializer
from papers.models import PaperVersion
from papers.services.lifecycle import make_paper


class PaperAsked(Typed):
    """A plan and a report are for those within the party; a notice is for either audience."""

    kind = serializers.ChoiceField(choices=PaperVersion.Kind.choices)
    audience = serializers.ChoiceField(choices=Disclosure.Audience.choices, default=Disclosure.Audience.INTERNAL)


class InspectionAndPapersRows(InspectionAndLedgerRows):
    """Inspections, with the verbs that draw papers up."""

    @verb("make-paper", PaperAsked, {201: OnePaperSerializer})
    def make_paper(self, request: Request, code: str) -> Response:
        inspection = self.get_object()
        require_office(request.user, inspection)
        made = make_paper(inspection=inspection, **self.now(), **self.typed(PaperAsked))
        return Response(OnePaperSerializer(made, context=self.get_serializer_context()).data, status=201)
