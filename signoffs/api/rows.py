"""Applications and decisions with their verbs; the verbs of measures and issues that make applications."""

import json
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitRows, UserRows
from core.api import InBatches, Name, Rows, Typed, look, verb
from core.filters import KeyFilter
from issues.models import Issue
from issues.permissions import require_office
from measures.api import InspectionAndDutiesRows, IssueAndPlanRows, MeasureRows, TakesEvidence
from signoffs.api.papers import HasArchive, HasForm
from signoffs.filters import ApplicationFilter
from signoffs.models import Application, Decision
from signoffs.permissions import may_decide, may_read_manifest, may_withdraw, waiting_for
from signoffs.services import (
    accept_application,
    apply_for_closure,
    apply_for_sign_off,
    return_application,
    review_steps_of,
    set_review_steps,
    withdraw_application,
)
from signoffs.services.deciding import Meeting


class DecisionSerializer(serializers.ModelSerializer):
    by = Name()

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


class StepSerializer(serializers.Serializer):
    name = serializers.CharField()
    role = serializers.CharField()


class StepSent(Typed):
    name = serializers.CharField()
    role = serializers.CharField()


class ApplicationSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    review_steps = StepSerializer(many=True)
    applicant = Name(allow_null=True)
    unit = Name(allow_null=True)

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


class OneApplicationSerializer(ApplicationSerializer):
    """One application, with its manifest, its decisions and the verbs that the person can use on it now."""

    manifest = serializers.SerializerMethodField()
    decisions = DecisionSerializer(many=True)
    abilities = serializers.SerializerMethodField()

    class Meta(ApplicationSerializer.Meta):
        fields = [*ApplicationSerializer.Meta.fields, "manifest", "decisions", "abilities"]

    def get_manifest(self, application: Application) -> dict[str, Any] | None:
        """The content that was hashed; null where it names measures that the person does not see."""
        if not may_read_manifest(self.context["request"].user, application):
            return None
        content: dict[str, Any] = json.loads(application.manifest)
        return content

    def get_abilities(self, application: Application) -> list[str]:
        user = self.context["request"].user
        decide = ["accept_application", "return_application"] if may_decide(user, application) else []
        return decide + (["withdraw_application"] if may_withdraw(user, application) else [])


class Statement(Typed):
    statement = serializers.CharField()


class Closing(Statement):
    completion = serializers.ChoiceField(choices=Issue.Completion.choices)
    is_sustained = serializers.BooleanField(default=False)
    kept_up = serializers.CharField(allow_blank=True, required=False, default="")


class Withdrawal(Typed):
    reason = serializers.CharField()


class Decided(Typed):
    """`step` is the one that the decider saw; at a meeting its day and the number of its minutes belong together."""

    step = serializers.IntegerField(min_value=1)
    held_on = serializers.DateField(required=False, allow_null=True, default=None)
    minute_number = serializers.CharField(allow_blank=True, required=False, default="", max_length=60)

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        meeting = Meeting(data.pop("held_on"), data.pop("minute_number"))
        return {**data, "meeting": meeting}


class Accepted(Decided):
    note = serializers.CharField(allow_blank=True, required=False, default="")


class Returned(Decided):
    ground = serializers.ChoiceField(choices=Decision.Ground.choices)
    reason = serializers.CharField()


class ApplicationRowsFilter(ApplicationFilter):
    waiting = django_filters.BooleanFilter(method="that_wait", label=_("Waiting for me"))

    def that_wait(self, rows: QuerySet[Application], _name: str, wanted: bool) -> QuerySet[Application]:
        condition = waiting_for(self.request.user)
        return rows.filter(condition) if wanted else rows.exclude(pk__in=rows.filter(condition).values("pk"))


class ApplicationRows(HasForm, InBatches, Rows):
    """Applications of measures and for closing issues, the oldest first."""

    queryset = Application.objects.select_related("inspection", "measure", "issue", "applicant", "unit")
    serializer_class = ApplicationSerializer
    filterset_class = ApplicationRowsFilter
    expands = {
        "inspection": InspectionAndDutiesRows,
        "issue": IssueAndPlanRows,
        "measure": MeasureRows,
        "applicant": UserRows,
        "unit": UnitRows,
    }

    def get_queryset(self) -> Any:
        rows = super().get_queryset().order_by("applied_at", "id")
        if self.action == "list":
            return rows
        about = ("inspection__organisation", "measure__lead_unit", "issue__lead_unit", "issue__task_force")
        return rows.select_related(*about).prefetch_related("decisions__by")

    def get_serializer_class(self) -> Any:
        return ApplicationSerializer if self.action == "list" else OneApplicationSerializer

    @verb("withdraw", Withdrawal)
    def withdraw(self, request: Request, pk: str) -> Response:
        application = self.get_object()
        withdraw_application(application=application, **self.now(), **self.typed(Withdrawal))
        return self.shown(application)

    @verb("accept", Accepted)
    def accept(self, request: Request, pk: str) -> Response:
        application = self.get_object()
        accept_application(application=application, **self.now(), **self.typed(Accepted))
        return self.shown(application)

    @verb("return", Returned)
    def return_(self, request: Request, pk: str) -> Response:
        application = self.get_object()
        return_application(application=application, **self.now(), **self.typed(Returned))
        return self.shown(application)


class DecisionFilter(django_filters.FilterSet):
    """An application that is unknown or unseen gives an empty list, as it does everywhere."""

    application = KeyFilter(field_name="application")
    verdict = django_filters.ChoiceFilter(choices=Decision.Verdict.choices)
    ground = django_filters.ChoiceFilter(choices=Decision.Ground.choices)
    by = KeyFilter(field_name="by")


class DecisionRows(Rows):
    """Decisions on applications that the person sees."""

    queryset = Decision.objects.select_related("by").order_by("at", "id")
    serializer_class = DecisionSerializer
    filterset_class = DecisionFilter
    expands = {"application": ApplicationRows, "by": UserRows}

    def get_queryset(self) -> Any:
        seen = Application.objects.visible_to(self.request.user).values("pk")
        assert self.queryset is not None
        return self.queryset.filter(application__in=seen)


class MeasureAndSignOffRows(TakesEvidence, MeasureRows):
    """Measures, in the order of the plan, with all their verbs."""

    @verb("apply", Statement)
    def apply(self, request: Request, pk: str) -> Response:
        measure = self.able("apply_for_sign_off")
        apply_for_sign_off(measure=measure, **self.now(), **self.typed(Statement))
        return self.shown(measure)


class IssueAndClosureRows(HasArchive, IssueAndPlanRows):
    """Issues, in the order of the plan, with the verbs that apply for their closure and ask for their whole file."""

    @verb("apply-for-closure", Closing)
    def apply_for_closure(self, request: Request, pk: str) -> Response:
        issue = self.get_object()
        apply_for_closure(issue=issue, **self.now(), **self.typed(Closing))
        return self.shown(issue)


class ReviewSteps(Typed):
    """One to five steps, each with a name and the role that takes it."""

    steps = StepSent(many=True)


class InspectionAndChainRows(InspectionAndDutiesRows):
    """Inspections, with their review steps and the verb that sets it."""

    @look("review-steps", ReviewSteps)
    def review_steps(self, request: Request, code: str) -> Response:
        inspection = self.get_object()
        require_office(request.user, inspection)
        return Response({"steps": review_steps_of(inspection)})

    @verb("set-review-steps", ReviewSteps, ReviewSteps)
    def set_review_steps(self, request: Request, code: str) -> Response:
        inspection = self.get_object()
        require_office(request.user, inspection)
        steps = [(step["name"], step["role"]) for step in self.typed(ReviewSteps)["steps"]]
        set_review_steps(inspection=inspection, steps=steps, **self.now())
        return Response({"steps": review_steps_of(inspection)})
