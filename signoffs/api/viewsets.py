"""Applications and decisions, and the actions on measures and issues that lead to applications."""

import json
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitViewSet, UserViewSet
from core.api import (
    AbilitiesField,
    BatchActionsMixin,
    ReadOnlyViewSet,
    ReferenceSerializer,
    StrictSerializer,
    crud_method,
    get_action,
    post_action,
)
from core.filters import KeyFilter
from issues.api import BaseInspectionViewSet, BaseIssueViewSet
from issues.models import Issue
from issues.permissions import require_office
from measures.api import BaseMeasureViewSet
from signoffs import services
from signoffs.api.papers import ApplicationFormMixin
from signoffs.filters import ApplicationFilter
from signoffs.models import Application, Decision
from signoffs.permissions import may_decide, may_read_manifest, may_withdraw, waiting_for
from signoffs.services import review_steps_of
from signoffs.services.deciding import Meeting


class DecisionSerializer(serializers.ModelSerializer):
    by = ReferenceSerializer()

    class Meta:
        model = Decision
        fields = [
            "id",
            "application",
            "step",
            "step_name",
            "role",
            "verdict",
            "ground",
            "reason",
            "meeting_on",
            "minute_number",
            "by",
            "at",
        ]


class ReviewStepSerializer(serializers.Serializer):
    name = serializers.CharField()
    role = serializers.CharField()


class ReviewStepInputSerializer(StrictSerializer):
    name = serializers.CharField()
    role = serializers.CharField()


class ApplicationSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    review_steps = ReviewStepSerializer(many=True)
    applicant = ReferenceSerializer(allow_null=True)
    unit = ReferenceSerializer(allow_null=True)

    class Meta:
        model = Application
        fields = [
            "id",
            "inspection",
            "issue",
            "measure",
            "code",
            "round",
            "origin",
            "status",
            "step",
            "review_steps",
            "statement",
            "completion",
            "is_sustained",
            "kept_up",
            "manifest_sha256",
            "applicant",
            "unit",
            "applied_at",
            "ended_at",
            "withdrawal_reason",
            "source_title",
            "source_line",
            "source_sha256",
        ]


class ApplicationDetailSerializer(ApplicationSerializer):
    """One application, with its manifest, its decisions and what the person can do with it now."""

    manifest = serializers.SerializerMethodField()
    decisions = DecisionSerializer(many=True)
    abilities = AbilitiesField()

    class Meta(ApplicationSerializer.Meta):
        fields = [*ApplicationSerializer.Meta.fields, "manifest", "decisions", "abilities"]

    def get_manifest(self, application: Application) -> dict[str, Any] | None:
        """The content that was hashed; null where it names measures that the person does not see."""
        if not may_read_manifest(self.context["request"].user, application):
            return None
        content: dict[str, Any] = json.loads(application.manifest)
        return content


class StatementSerializer(StrictSerializer):
    statement = serializers.CharField()


class ApplyForClosureSerializer(StatementSerializer):
    completion = serializers.ChoiceField(choices=Issue.Completion.choices)
    is_sustained = serializers.BooleanField(default=False)
    kept_up = serializers.CharField(allow_blank=True, required=False, default="")


class WithdrawApplicationSerializer(StrictSerializer):
    reason = serializers.CharField()


class DecideApplicationSerializer(StrictSerializer):
    """`step` is the one that the decider saw; at a meeting its day and the number of its minutes belong together."""

    step = serializers.IntegerField(min_value=1)
    meeting_on = serializers.DateField(required=False, allow_null=True, default=None)
    minute_number = serializers.CharField(allow_blank=True, required=False, default="", max_length=60)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        meeting = Meeting(data.pop("meeting_on"), data.pop("minute_number"))
        return {**data, "meeting": meeting}


class AcceptApplicationSerializer(DecideApplicationSerializer):
    note = serializers.CharField(allow_blank=True, required=False, default="")


class ReturnApplicationSerializer(DecideApplicationSerializer):
    ground = serializers.ChoiceField(choices=Decision.Ground.choices)
    reason = serializers.CharField()


class ApplicationApiFilter(ApplicationFilter):
    waiting = django_filters.BooleanFilter(method="filter_waiting", label=_("Waiting for me"))

    def filter_waiting(self, rows: QuerySet[Application], _name: str, wanted: bool) -> QuerySet[Application]:
        condition = waiting_for(self.request.user)
        return rows.filter(condition) if wanted else rows.exclude(pk__in=rows.filter(condition).values("pk"))


class ApplicationViewSet(ApplicationFormMixin, BatchActionsMixin, ReadOnlyViewSet):
    """Applications of measures and for closing issues, the oldest first."""

    queryset = Application.objects.select_related("inspection", "measure", "issue", "applicant", "unit")
    serializer_class = ApplicationSerializer
    filterset_class = ApplicationApiFilter
    expands = {
        "inspection": BaseInspectionViewSet,
        "issue": BaseIssueViewSet,
        "measure": BaseMeasureViewSet,
        "applicant": UserViewSet,
        "unit": UnitViewSet,
    }

    def get_queryset(self) -> Any:
        rows = super().get_queryset().order_by("applied_at", "id")
        if self.action == "list":
            return rows
        related = ("inspection__organisation", "measure__lead_unit", "issue__lead_unit", "issue__task_force")
        return rows.select_related(*related).prefetch_related("decisions__by")

    def get_serializer_class(self) -> Any:
        return ApplicationSerializer if self.action == "list" else ApplicationDetailSerializer

    def services_for(self, row: Application) -> set[str]:
        user = self.request.user
        decide = {"accept_application", "return_application"} if may_decide(user, row) else set()
        withdraw = {"withdraw_application"} if may_withdraw(user, row) else set()
        return super().services_for(row) | decide | withdraw

    @post_action("withdraw", WithdrawApplicationSerializer, service="withdraw_application")
    def withdraw(self, request: Request, pk: str) -> Response:
        application = self.get_object()
        services.withdraw_application(
            application=application, **self.actor_and_time(), **self.validated(WithdrawApplicationSerializer)
        )
        return self.response_for(application)

    @post_action("accept", AcceptApplicationSerializer, service="accept_application")
    def accept(self, request: Request, pk: str) -> Response:
        application = self.get_object()
        services.accept_application(
            application=application, **self.actor_and_time(), **self.validated(AcceptApplicationSerializer)
        )
        return self.response_for(application)

    @post_action("return", ReturnApplicationSerializer, service="return_application")
    def return_(self, request: Request, pk: str) -> Response:
        application = self.get_object()
        services.return_application(
            application=application, **self.actor_and_time(), **self.validated(ReturnApplicationSerializer)
        )
        return self.response_for(application)


class DecisionFilter(django_filters.FilterSet):
    """An application that is unknown or hidden gives an empty list, as it does everywhere."""

    application = KeyFilter(field_name="application")
    verdict = django_filters.ChoiceFilter(choices=Decision.Verdict.choices)
    ground = django_filters.ChoiceFilter(choices=Decision.Ground.choices)
    by = KeyFilter(field_name="by")


class DecisionViewSet(ReadOnlyViewSet):
    """Decisions on applications that the person sees."""

    queryset = Decision.objects.select_related("by").order_by("at", "id")
    serializer_class = DecisionSerializer
    filterset_class = DecisionFilter
    expands = {"application": ApplicationViewSet, "by": UserViewSet}

    def get_queryset(self) -> Any:
        visible = Application.objects.visible_to(self.request.user).values("pk")
        assert self.queryset is not None
        return self.queryset.filter(application__in=visible)


class SignOffActionsMixin:
    """Beside the viewset of measures: the application for sign-off."""

    @post_action("apply", StatementSerializer, service="apply_for_sign_off")
    def apply(self: Any, request: Request, pk: str) -> Response:
        measure = self.get_object_for("apply_for_sign_off")
        services.apply_for_sign_off(measure=measure, **self.actor_and_time(), **self.validated(StatementSerializer))
        return self.response_for(measure)


class ClosureActionsMixin:
    """Beside the viewset of issues: the application for closing one."""

    @post_action("apply-for-closure", ApplyForClosureSerializer)
    def apply_for_closure(self: Any, request: Request, pk: str) -> Response:
        issue = self.get_object()
        services.apply_for_closure(issue=issue, **self.actor_and_time(), **self.validated(ApplyForClosureSerializer))
        return self.response_for(issue)


class ReviewStepsSerializer(StrictSerializer):
    """One to five steps, each with a name and the role that takes it."""

    steps = ReviewStepInputSerializer(many=True)


class ReviewStepsMixin:
    """Beside the viewset of inspections: the steps that its applications are reviewed in."""

    @get_action("review-steps", ReviewStepsSerializer)
    def review_steps(self: Any, request: Request, code: str) -> Response:
        inspection = self.get_object()
        require_office(request.user, inspection)
        return Response({"steps": review_steps_of(inspection)})

    @review_steps.mapping.put
    @crud_method(ReviewStepsSerializer, ReviewStepsSerializer, service="set_review_steps")
    def set_review_steps(self: Any, request: Request, code: str) -> Response:
        inspection = self.get_object()
        require_office(request.user, inspection)
        steps = [(step["name"], step["role"]) for step in self.validated(ReviewStepsSerializer)["steps"]]
        services.set_review_steps(inspection=inspection, steps=steps, **self.actor_and_time())
        return Response({"steps": review_steps_of(inspection)})
