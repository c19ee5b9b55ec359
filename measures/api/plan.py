"""The office's verbs on the plan as a whole: measures added to an issue, duties of a leader handed over."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.queries import possible_leaders
from core.api import Happened, Typed, look, verb
from issues.api import InspectionRows, IssueRows
from issues.permissions import require_office
from measures.api.evidence import TakesEvidence
from measures.api.serializers import Edit, MeasureSerializer
from measures.models import Measure
from measures.queries import history_of_issue
from measures.services import hand_over_duties, plan_measure


class Plan(Edit):
    """A measure of the plan: what an edit may change, with what no plan goes without."""

    NEEDED = ("text", "leader", "lead_unit")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        for name in self.NEEDED:
            fields[name].required = True
        return fields


class DutiesHandedOver(Typed):
    from_leader = serializers.PrimaryKeyRelatedField(queryset=User.objects.none())
    to_leader = serializers.PrimaryKeyRelatedField(queryset=User.objects.none())
    reason = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        """Whoever hands over may have left; who takes over can lead here."""
        fields = super().get_fields()
        inspection = self.context.get("inspection")
        if inspection is not None:
            fields["from_leader"].queryset = User.objects.filter(measures__inspection=inspection).distinct()
            fields["to_leader"].queryset = possible_leaders(inspection.organisation)
        return fields


class HandedOver(serializers.Serializer):
    measures = serializers.IntegerField()


class IssueAndPlanRows(TakesEvidence, IssueRows):
    """Issues, in the order of the plan, with the verbs that add to them."""

    @look("history", Happened(many=True))
    def history(self, request: Request, pk: str) -> Response:
        """What happened to the issue itself, the latest first; two hundred entries at most."""
        return Response(Happened(history_of_issue(self.get_object()), many=True).data)

    @verb("plan-measure", Plan, {201: MeasureSerializer})
    def plan_measure(self, request: Request, pk: str) -> Response:
        issue = self.get_object()
        require_office(request.user, issue.inspection)
        data = self.typed(Plan, organisation=issue.inspection.organisation)
        stages = [(stage["title"], stage["due_on"]) for stage in data.pop("milestones", [])]
        data = {"deadline": None, **data, "kinds": list(data.get("kinds", ()))}
        made = plan_measure(issue=issue, stages=stages, **data, **self.now())
        shown = Measure.objects.select_related("inspection", "leader", "lead_unit").get(pk=made.pk)
        return Response(MeasureSerializer(shown, context=self.get_serializer_context()).data, status=201)


class InspectionAndDutiesRows(InspectionRows):
    """Inspections, with what their office does to the plan as a whole."""

    @verb("hand-over-duties", DutiesHandedOver, HandedOver)
    def hand_over_duties(self, request: Request, code: str) -> Response:
        inspection = self.get_object()
        require_office(request.user, inspection)
        data = self.typed(DutiesHandedOver, inspection=inspection)
        return Response({"measures": hand_over_duties(inspection=inspection, **data, **self.now())})
