"""Measures and what belongs to them; each action calls one service."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitViewSet, UserViewSet
from core.api import (
    BatchActionsMixin,
    EmptySerializer,
    HistoryEntrySerializer,
    ReadOnlyViewSet,
    crud_method,
    get_action,
    post_action,
)
from issues.api import BaseInspectionViewSet, BaseIssueViewSet
from issues.models import Issue
from issues.permissions import require_office
from measures import services
from measures.api import serializers
from measures.filters import ExtensionFilter, MeasureRowsFilter, OfMeasureFilter
from measures.models import Extension, Measure, Milestone, ProgressReport
from measures.permissions import abilities, require
from measures.queries import history

# Offered on pages as a choice of words, sent as true or false.
for _name in ("overdue", "incomplete", "claimed", "returned"):
    extend_schema_field(bool)(MeasureRowsFilter.base_filters[_name])


class BaseMeasureViewSet(ReadOnlyViewSet):
    """Measures, in the order of the plan; `rectify` adds the actions of the other apps."""

    queryset = Measure.objects.select_related("inspection", "leader", "lead_unit").prefetch_related("supporting_units")
    serializer_class = serializers.MeasureSerializer
    filterset_class = MeasureRowsFilter
    filters_by_day = True
    expands = {
        "inspection": BaseInspectionViewSet,
        "issue": BaseIssueViewSet,
        "leader": UserViewSet,
        "lead_unit": UnitViewSet,
        "supporting_units": UnitViewSet,
    }

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if self.action == "list":
            return rows.order_by("inspection_id", "sort_key")
        return rows.select_related("inspection__organisation", "issue").prefetch_related("extensions")

    def get_serializer_class(self) -> Any:
        return serializers.MeasureSerializer if self.action == "list" else serializers.MeasureDetailSerializer

    def get_object_for(self, service: str) -> Measure:
        """Return the measure once roles allow the service: without the role no one learns what it takes."""
        measure: Measure = self.get_object()
        require(self.request.user, service, measure)
        return measure

    def services_for(self, row: Measure) -> set[str]:
        return super().services_for(row) | abilities(self.request.user, row)

    @crud_method(serializers.PlanMeasureSerializer, {201: serializers.MeasureDetailSerializer}, service="plan_measure")
    def create(self, request: Request) -> Response:
        """Add a measure to the plan of the `issue`."""
        issues = Issue.objects.visible_to(request.user).select_related("inspection__organisation")
        issue = self.parent(issues, "issue")
        require_office(request.user, issue.inspection)
        data = self.validated(serializers.PlanMeasureSerializer, organisation=issue.inspection.organisation)
        stages = [(stage["title"], stage["due_on"]) for stage in data.pop("milestones", [])]
        data = {"deadline": None, **data, "issue": issue, "kinds": list(data.get("kinds", ()))}
        measure = services.plan_measure(stages=stages, **data, **self.actor_and_time())
        return self.response_for(measure, status=201)

    @get_action("history", HistoryEntrySerializer(many=True))
    def history(self, request: Request, pk: str) -> Response:
        """What happened to the measure, the latest first; two hundred entries at most."""
        return Response(HistoryEntrySerializer(history(self.get_object()), many=True).data)

    @post_action("start", EmptySerializer, service="start_measure")
    def start(self, request: Request, pk: str) -> Response:
        measure = self.get_object_for("start_measure")
        services.start_measure(measure=measure, **self.actor_and_time(), **self.validated(EmptySerializer))
        return self.response_for(measure)

    @post_action("report-progress", serializers.ReportProgressSerializer)
    def report_progress(self, request: Request, pk: str) -> Response:
        measure = self.get_object_for("report_progress")
        services.report_progress(
            measure=measure,
            **self.actor_and_time(),
            **self.validated(serializers.ReportProgressSerializer, measure=measure),
        )
        return self.response_for(measure)

    @crud_method(serializers.EditMeasureSerializer, service="edit_measure")
    def partial_update(self, request: Request, pk: str) -> Response:
        measure = self.get_object_for("edit_measure")
        data = self.validated(serializers.EditMeasureSerializer, measure=measure)
        supporting, stages = data.pop("supporting_units", None), data.pop("milestones", None)
        services.edit_measure(
            measure=measure,
            values={**data, **({"kinds": list(data["kinds"])} if "kinds" in data else {})},
            supporting_units=supporting,
            stages=None if stages is None else [(stage["title"], stage["due_on"]) for stage in stages],
            **self.actor_and_time(),
        )
        return self.response_for(measure)

    @post_action("hand-over", serializers.HandOverSerializer)
    def hand_over(self, request: Request, pk: str) -> Response:
        measure = self.get_object_for("hand_over")
        services.hand_over(
            measure=measure, **self.actor_and_time(), **self.validated(serializers.HandOverSerializer, measure=measure)
        )
        return self.response_for(measure)

    @post_action("cancel", serializers.ReasonSerializer, service="cancel_measure")
    def cancel(self, request: Request, pk: str) -> Response:
        measure = self.get_object_for("cancel_measure")
        services.cancel_measure(
            measure=measure, **self.actor_and_time(), **self.validated(serializers.ReasonSerializer)
        )
        return self.response_for(measure)

    @post_action("request-extension", serializers.RequestExtensionSerializer)
    def request_extension(self, request: Request, pk: str) -> Response:
        measure = self.get_object_for("request_extension")
        services.request_extension(
            measure=measure, **self.actor_and_time(), **self.validated(serializers.RequestExtensionSerializer)
        )
        return self.response_for(measure)


class _MeasureChildViewSet(ReadOnlyViewSet):
    """What belongs to measures that the person sees."""

    filterset_class: Any = OfMeasureFilter
    expands = {"measure": BaseMeasureViewSet}

    def get_queryset(self) -> Any:
        assert self.queryset is not None
        return self.queryset.filter(measure__in=Measure.objects.visible_to(self.request.user))


class MilestoneViewSet(_MeasureChildViewSet):
    queryset = Milestone.objects.order_by("measure", "due_on", "position")
    serializer_class = serializers.MilestoneSerializer


class ProgressReportViewSet(_MeasureChildViewSet):
    """Progress reports, the latest first."""

    queryset = ProgressReport.objects.select_related("by", "unit").order_by("-at", "-id")
    serializer_class = serializers.ProgressReportSerializer


class ExtensionViewSet(BatchActionsMixin, _MeasureChildViewSet):
    """Extensions: requested at a measure, decided here."""

    queryset = Extension.objects.select_related(
        "requested_by", "decided_by", "measure__inspection__organisation", "measure__lead_unit"
    ).order_by("requested_at", "id")
    serializer_class = serializers.ExtensionSerializer
    filterset_class = ExtensionFilter

    @post_action("grant", serializers.GrantExtensionSerializer, service="grant_extension")
    def grant(self, request: Request, pk: str) -> Response:
        extension = self.get_object()
        services.grant_extension(
            extension=extension, **self.actor_and_time(), **self.validated(serializers.GrantExtensionSerializer)
        )
        return self.response_for(extension)

    @post_action("refuse", serializers.RefuseExtensionSerializer, service="refuse_extension")
    def refuse(self, request: Request, pk: str) -> Response:
        extension = self.get_object()
        services.refuse_extension(
            extension=extension, **self.actor_and_time(), **self.validated(serializers.RefuseExtensionSerializer)
        )
        return self.response_for(extension)
