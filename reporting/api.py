"""Figures of the present as the dashboard counts them, the weekly roll-ups as they were frozen, and the search."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import ReadOnlyViewSet, ReferenceSerializer, SingletonViewSet, StrictSerializer
from issues.models import Inspection, Issue
from measures.filters import LONGEST_SEARCH
from measures.models import Measure
from reporting.filters import SnapshotFilter
from reporting.models import Snapshot, SnapshotRow
from reporting.queries.search import find
from reporting.queries.statistics import GROUPINGS, statistics
from signoffs.queries.figures import AddableCounts, IssueCounts, MeasureCounts


class CountsSerializer(serializers.Serializer):
    """The figures of a shape by their names, the denominator of the rate, and the rate."""

    shape: type[AddableCounts]
    counted = serializers.IntegerField()
    rate = serializers.FloatField(allow_null=True)

    def get_fields(self) -> dict[str, serializers.Field]:
        return {**{name: serializers.IntegerField() for name in self.shape.names()}, **super().get_fields()}


class MeasureFiguresSerializer(CountsSerializer):
    """Counts of measures by state; the others are an "of which". `rate` is signed off / counted."""

    shape = MeasureCounts


class IssueFiguresSerializer(CountsSerializer):
    """Counts of issues by state; the others are an "of which": `basically_done` of the rectified ones. `rate` is
    rectified / counted."""

    shape = IssueCounts


class FiguresSerializer(serializers.Serializer):
    issues = IssueFiguresSerializer()
    measures = MeasureFiguresSerializer()


class GroupSerializer(FiguresSerializer):
    """`id` is empty for what has no area, unit, leader or task force, and for weeks; `rank` is of units and leaders."""

    id = serializers.IntegerField(source="key", allow_null=True)
    name = serializers.CharField()
    position = serializers.IntegerField()
    rank = serializers.IntegerField(allow_null=True)


class StatisticsSerializer(FiguresSerializer):
    inspection = serializers.CharField()
    day = serializers.DateField()
    group_by = serializers.CharField(allow_blank=True)
    groups = GroupSerializer(many=True)


class StatisticsQuerySerializer(StrictSerializer):
    """The query of the address; any other word in it is refused."""

    inspection = serializers.SlugField()
    group_by = serializers.ChoiceField(choices=GROUPINGS, required=False, default="")


class StatisticsViewSet(SingletonViewSet):
    """The dashboard's figures, of the rows that the person sees."""

    serializer_class = StatisticsSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter("inspection", str, required=True, description="code of the inspection"),
            OpenApiParameter("group_by", str, enum=GROUPINGS),
        ],
        responses=StatisticsSerializer,
    )
    def retrieve(self, request: Request) -> Response:
        query = self.validated_query(StatisticsQuerySerializer)
        inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
        inspection = get_object_or_404(inspections, code=query["inspection"])
        group_by, today = query["group_by"], timezone.localdate()
        counted = statistics(inspection=inspection, group_by=group_by, user=request.user, today=today)
        data = {"inspection": inspection.code, "day": today, "group_by": group_by, **vars(counted)}
        return Response(StatisticsSerializer(data).data)


class SnapshotRowSerializer(FiguresSerializer, serializers.ModelSerializer):
    class Meta:
        model = SnapshotRow
        fields = ["kind", "object_id", "name", "position", "rank", "issues", "measures"]


class SnapshotSerializer(FiguresSerializer, serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    week = serializers.CharField(source="week_label")

    class Meta:
        model = Snapshot
        fields = ["id", "inspection", "week", "ends_at", "taken_at", "fingerprint", "issues", "measures"]


class SnapshotDetailSerializer(SnapshotSerializer):
    """One snapshot with its parts."""

    rows = SnapshotRowSerializer(many=True)

    class Meta(SnapshotSerializer.Meta):
        fields = [*SnapshotSerializer.Meta.fields, "rows"]


class SnapshotViewSet(ReadOnlyViewSet):
    """The weekly roll-ups of inspections that the person sees as a whole, the latest first."""

    queryset = Snapshot.objects.select_related("inspection").order_by("-ends_at", "-id")
    serializer_class = SnapshotSerializer
    filterset_class = SnapshotFilter

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if self.action == "list" else rows.prefetch_related("rows")

    def get_serializer_class(self) -> Any:
        return SnapshotSerializer if self.action == "list" else SnapshotDetailSerializer


class IssueMatchSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")

    class Meta:
        model = Issue
        fields = ["id", "inspection", "code", "text", "status"]


class MeasureMatchSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    lead_unit = ReferenceSerializer(allow_null=True)

    class Meta:
        model = Measure
        fields = ["id", "inspection", "code", "text", "status", "lead_unit"]


class UnitMatchSerializer(ReferenceSerializer):
    """`inspection` is one in which the person sees work of it, if there is any."""

    inspection = serializers.CharField(allow_null=True)


class PersonMatchSerializer(UnitMatchSerializer):
    unit = ReferenceSerializer(allow_null=True)


class SearchResultSerializer(serializers.Serializer):
    """Ten of each kind at most; `more` names the kinds of which there are more."""

    issues = IssueMatchSerializer(many=True)
    measures = MeasureMatchSerializer(many=True)
    units = UnitMatchSerializer(many=True)
    people = PersonMatchSerializer(many=True)
    more = serializers.ListField(child=serializers.CharField())


class SearchQuerySerializer(StrictSerializer):
    q = serializers.CharField(max_length=LONGEST_SEARCH)


class SearchViewSet(SingletonViewSet):
    """What contains the words, of what the person sees: by text, code, name or initials."""

    serializer_class = SearchResultSerializer

    @extend_schema(parameters=[SearchQuerySerializer], responses=SearchResultSerializer)
    def retrieve(self, request: Request) -> Response:
        result = find(self.validated_query(SearchQuerySerializer)["q"], user=request.user)
        return Response(SearchResultSerializer({**vars(result), "more": sorted(result.more)}).data)
