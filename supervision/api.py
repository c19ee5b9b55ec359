"""Supervision over the API: urging a measure or a unit, the urges there were, what the public wrote."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitRows, UserRows
from accounts.models import Unit
from accounts.permissions import visible_units
from core.api import Name, Nothing, Rows, Typed, look, verb
from issues.permissions import may_administer, require_office
from measures.models import Measure
from signoffs.api import InspectionAndChainRows, MeasureAndSignOffRows
from supervision.filters import FeedbackFilter, UrgeFilter
from supervision.models import PublicFeedback, Urge
from supervision.permissions import require_urger
from supervision.queries import late_units
from supervision.services import answer_feedback, close_feedback, urge_measure, urge_unit


class MeasureAndUrgeRows(MeasureAndSignOffRows):
    """Measures with all their verbs."""

    @verb("urge", Nothing)
    def urge(self, request: Request, pk: str) -> Response:
        """Urge the lead unit of the measure, at most once a day."""
        measure = self.get_object()
        require_urger(request.user, measure.inspection)
        self.typed(Nothing)
        urge_measure(measure=measure, **self.now())
        return self.shown(measure)


class UrgeSerializer(serializers.ModelSerializer):
    """`measure` is null where the unit was urged for all that it has overdue; `measures` counts them."""

    inspection = serializers.CharField(source="inspection.code")
    unit = Name()
    by = Name()

    class Meta:
        model = Urge
        fields = ["id", "inspection", "measure", "unit", "measures", "on", "by", "at"]


class UrgeRows(Rows):
    """The urges of measures that the person sees, the latest first."""

    queryset = Urge.objects.select_related("inspection", "unit", "by").order_by("-at", "-id")
    serializer_class = UrgeSerializer
    filterset_class = UrgeFilter
    expands = {"inspection": InspectionAndChainRows, "measure": MeasureAndUrgeRows, "unit": UnitRows, "by": UserRows}


class LateUnitSerializer(serializers.Serializer):
    """A unit with overdue measures: how many, since when, and when it was last urged for all of them."""

    unit = Name()
    measures = serializers.IntegerField(source="count")
    since = serializers.DateField()
    urged_at = serializers.DateTimeField(source="last.at", default=None, allow_null=True)
    is_urged_today = serializers.BooleanField(source="is_urged")


class UnitUrged(Typed):
    unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.none())

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if request := self.context.get("request"):
            fields["unit"].queryset = visible_units(request.user)
        return fields


class UrgesUnits:
    """Beside the rows of inspections: the units that are late, and urging one of them for all that it has overdue."""

    @look("late-units", LateUnitSerializer(many=True))
    def late_units(self: Any, request: Request, code: str) -> Response:
        """The units with overdue measures, the most of them first."""
        inspection = self.get_object()
        require_urger(request.user, inspection)
        seen, today = Measure.objects.visible_to(request.user), timezone.localdate()
        found = late_units(seen, inspection=inspection, today=today)
        return Response(LateUnitSerializer(found, many=True).data)

    @verb("urge-unit", UnitUrged, {201: UrgeSerializer})
    def urge_unit(self: Any, request: Request, code: str) -> Response:
        """Urge a unit for all that it leads and has overdue here, at most once a day."""
        inspection = self.get_object()
        require_urger(request.user, inspection)
        made = urge_unit(inspection=inspection, **self.typed(UnitUrged), **self.now())
        return Response(UrgeSerializer(made).data, status=201)


class FeedbackSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    answered_by = Name(allow_null=True)
    closed_by = Name(allow_null=True)
    abilities = serializers.SerializerMethodField()

    class Meta:
        model = PublicFeedback
        fields = ["id", "inspection", "text", "contact", "at", "status", "answer", "answered_by", "answered_at"]
        fields += ["closed_by", "closed_at", "abilities"]

    def get_abilities(self, feedback: PublicFeedback) -> list[str]:
        """The verbs that the person can use on it now."""
        if not may_administer(self.context["request"].user, feedback.inspection):
            return []
        steps = PublicFeedback.STEPS.get(feedback.status, frozenset())
        verbs = {PublicFeedback.Status.ANSWERED: "answer_feedback", PublicFeedback.Status.CLOSED: "close_feedback"}
        return [name for status, name in verbs.items() if status in steps]


class FeedbackAnswered(Typed):
    answer = serializers.CharField()


class FeedbackRows(Rows):
    """What the public wrote, the latest first; read by office and group alone."""

    queryset = PublicFeedback.objects.select_related("inspection__organisation", "answered_by", "closed_by").order_by(
        "-at", "-id"
    )
    serializer_class = FeedbackSerializer
    filterset_class = FeedbackFilter
    expands = {"inspection": InspectionAndChainRows}

    def able(self) -> PublicFeedback:
        """Return the message once roles allow to answer or close it."""
        feedback: PublicFeedback = self.get_object()
        require_office(self.request.user, feedback.inspection)
        return feedback

    @verb("answer", FeedbackAnswered)
    def answer(self, request: Request, pk: str) -> Response:
        """Keep what the visitor was told."""
        feedback = self.able()
        answer_feedback(feedback=feedback, **self.now(), **self.typed(FeedbackAnswered))
        return self.shown(feedback)

    @verb("close", Nothing)
    def close(self, request: Request, pk: str) -> Response:
        feedback = self.able()
        self.typed(Nothing)
        close_feedback(feedback=feedback, **self.now())
        return self.shown(feedback)
