"""Supervision over the API: urging a measure or a unit, the urges there were, what the public wrote."""

from typing import Any

from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitViewSet, UserViewSet
from accounts.models import Unit
from accounts.permissions import visible_units
from core.api import (
    AbilitiesField,
    EmptySerializer,
    ReadOnlyViewSet,
    ReferenceSerializer,
    StrictSerializer,
    get_action,
    post_action,
)
from issues.api import BaseInspectionViewSet
from issues.permissions import may_administer, require_office
from measures.api import BaseMeasureViewSet
from measures.models import Measure
from supervision import services
from supervision.filters import FeedbackFilter, UrgeFilter
from supervision.models import PublicFeedback, Urge
from supervision.permissions import may_urge, require_urger
from supervision.queries import late_units


class UrgeActionsMixin:
    """Beside the viewset of measures: urging the unit of one."""

    def services_for(self: Any, row: Measure) -> set[str]:
        names: set[str] = super().services_for(row)  # type: ignore[misc]
        may = row.status in Measure.UNFINISHED and row.lead_unit_id and may_urge(self.request.user, row.inspection)
        is_urged = may and Urge.objects.filter(measure=row, on=timezone.localdate()).exists()
        return names | ({"urge_measure"} if may and not is_urged else set())

    @post_action("urge", EmptySerializer, service="urge_measure")
    def urge(self: Any, request: Request, pk: str) -> Response:
        """Urge the lead unit of the measure, at most once a day."""
        measure = self.get_object()
        require_urger(request.user, measure.inspection)
        self.validated(EmptySerializer)
        services.urge_measure(measure=measure, **self.actor_and_time())
        return self.response_for(measure)


class UrgeSerializer(serializers.ModelSerializer):
    """`measure` is null where the unit was urged for all that it has overdue; `measures` counts them."""

    inspection = serializers.CharField(source="inspection.code")
    unit = ReferenceSerializer()
    by = ReferenceSerializer()

    class Meta:
        model = Urge
        fields = ["id", "inspection", "measure", "unit", "measures", "on", "by", "at"]


class UrgeViewSet(ReadOnlyViewSet):
    """The urges of measures that the person sees, the latest first."""

    queryset = Urge.objects.select_related("inspection", "unit", "by").order_by("-at", "-id")
    serializer_class = UrgeSerializer
    filterset_class = UrgeFilter
    expands = {
        "inspection": BaseInspectionViewSet,
        "measure": BaseMeasureViewSet,
        "unit": UnitViewSet,
        "by": UserViewSet,
    }


class LateUnitSerializer(serializers.Serializer):
    """A unit with overdue measures: how many, since when, and when it was last urged for all of them."""

    unit = ReferenceSerializer()
    measures = serializers.IntegerField(source="count")
    since = serializers.DateField()
    urged_at = serializers.DateTimeField(source="last.at", default=None, allow_null=True)
    is_urged_today = serializers.BooleanField(source="is_urged")


class UrgeUnitSerializer(StrictSerializer):
    unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.none())

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        if request := self.context.get("request"):
            fields["unit"].queryset = visible_units(request.user)
        return fields


class UnitUrgeActionsMixin:
    """Beside the viewset of inspections: units that are late, and urging one for all that it has overdue."""

    @get_action("late-units", LateUnitSerializer(many=True))
    def late_units(self: Any, request: Request, code: str) -> Response:
        """The units with overdue measures, the most of them first."""
        inspection = self.get_object()
        require_urger(request.user, inspection)
        measures, today = Measure.objects.visible_to(request.user), timezone.localdate()
        units = late_units(measures, inspection=inspection, today=today)
        return Response(LateUnitSerializer(units, many=True).data)

    @post_action("urge-unit", UrgeUnitSerializer, {201: UrgeSerializer})
    def urge_unit(self: Any, request: Request, code: str) -> Response:
        """Urge a unit for all that it leads and has overdue here, at most once a day."""
        inspection = self.get_object()
        require_urger(request.user, inspection)
        urge = services.urge_unit(inspection=inspection, **self.validated(UrgeUnitSerializer), **self.actor_and_time())
        return Response(UrgeSerializer(urge).data, status=201)


class FeedbackSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    answered_by = ReferenceSerializer(allow_null=True)
    closed_by = ReferenceSerializer(allow_null=True)
    abilities = AbilitiesField()

    class Meta:
        model = PublicFeedback
        fields = ["id", "inspection", "text", "contact", "at", "status", "answer", "answered_by", "answered_at"]
        fields += ["closed_by", "closed_at", "abilities"]


class AnswerFeedbackSerializer(StrictSerializer):
    answer = serializers.CharField()


class FeedbackViewSet(ReadOnlyViewSet):
    """What the public wrote, the latest first; read by office and group alone."""

    queryset = PublicFeedback.objects.select_related("inspection__organisation", "answered_by", "closed_by").order_by(
        "-at", "-id"
    )
    serializer_class = FeedbackSerializer
    filterset_class = FeedbackFilter
    expands = {"inspection": BaseInspectionViewSet}

    def services_for(self, row: PublicFeedback) -> set[str]:
        if not may_administer(self.request.user, row.inspection):
            return set()
        steps = PublicFeedback.STEPS.get(row.status, frozenset())
        verbs = {PublicFeedback.Status.ANSWERED: "answer_feedback", PublicFeedback.Status.CLOSED: "close_feedback"}
        return {name for status, name in verbs.items() if status in steps}

    def get_permitted(self) -> PublicFeedback:
        """Return the message once roles allow to answer or close it."""
        feedback: PublicFeedback = self.get_object()
        require_office(self.request.user, feedback.inspection)
        return feedback

    @post_action("answer", AnswerFeedbackSerializer, service="answer_feedback")
    def answer(self, request: Request, pk: str) -> Response:
        """Record how the visitor was answered."""
        feedback = self.get_permitted()
        services.answer_feedback(feedback=feedback, **self.actor_and_time(), **self.validated(AnswerFeedbackSerializer))
        return self.response_for(feedback)

    @post_action("close", EmptySerializer, service="close_feedback")
    def close(self, request: Request, pk: str) -> Response:
        feedback = self.get_permitted()
        self.validated(EmptySerializer)
        services.close_feedback(feedback=feedback, **self.actor_and_time())
        return self.response_for(feedback)
