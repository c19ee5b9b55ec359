"""Figures of the present as the dashboard counts them, the weekly roll-ups as they were frozen, and the search."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api import Name, Rows, Single, Typed
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


class StatisticsQuery(Typed):
    """What is asked for in the address; anything else there is a mistake, not a wish."""

    inspection = serializers.SlugField()
    group_by = serializers.ChoiceField(choices=GROUPINGS, required=False, default="")


class StatisticsRows(Single):
    """The dashboard's figures, of the rows that the person sees."""

    serializer_class = StatisticsSerializer

    @extend_schema(
        parameters=[
            OpenApiParameter("inspection", str, required=True, description="code of the inspection"),
            OpenApiParameter("group_by", str, enum=GROUPINGS),
        ],
        responses=StatisticsSerializer,
    )
    def list(self, request: Request) -> Response:
        asked = self.asked(StatisticsQuery)
        inspections = Inspection.objects.visible_to(request.user).select_related("organisation")
        inspection = get_object_or_404(inspections, code=asked["inspection"])
        group_by, today = asked["group_by"], timezone.localdate()
        counted = statistics(inspection=inspection, group_by=group_by, user=request.user, today=today)
        told = {"inspection": inspection.code, "day": today, "group_by": group_by, **vars(counted)}
        return Response(StatisticsSerializer(told).data)


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


class OneSnapshotSerializer(SnapshotSerializer):
    """One snapshot with its parts."""

    rows = SnapshotRowSerializer(many=True)

    class Meta(SnapshotSerializer.Meta):
        fields = [*SnapshotSerializer.Meta.fields, "rows"]


class SnapshotRows(Rows):
    """The weekly roll-ups of inspections that the person sees as a whole, the latest first."""

    queryset = Snapshot.objects.select_related("inspection").order_by("-ends_at", "-id")
    serializer_class = SnapshotSerializer
    filterset_class = SnapshotFilter

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        return rows if self.action == "list" else rows.prefetch_related("rows")

    def get_serializer_class(self) -> Any:
        return SnapshotSerializer if self.action == "list" else OneSnapshotSerializer


class FoundIssueSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")

    class Meta:
        model = Issue
        fields = ["id", "inspection", "code", "text", "status"]


class FoundMeasureSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    lead_unit = Name(allow_null=True)

    class Meta:
        model = Measure
        fields = ["id", "inspection", "code", "text", "status", "lead_unit"]


class FoundUnitSerializer(Name):
    """`inspection` is one in which the person sees work of it, if there is any."""

    inspection = serializers.CharField(allow_null=True)


class FoundPersonSerializer(FoundUnitSerializer):
    unit = Name(allow_null=True)


class FoundSerializer(serializers.Serializer):
    """Ten of each kind at most; `more` names the kinds of which there are more."""

    issues = FoundIssueSerializer(many=True)
    measures = FoundMeasureSerializer(many=True)
    units = FoundUnitSerializer(many=True)
    people = FoundPersonSerializer(many=True)
    more = serializers.ListField(child=serializers.CharField())


class Words(Typed):
    q = serializers.CharField(max_length=LONGEST_SEARCH)


class SearchRows(Single):
    """What holds the words, of what the person sees: by text, code, name or initials."""

    serializer_class = FoundSerializer

    @extend_schema(parameters=[Words], responses=FoundSerializer)
    def list(self, request: Request) -> Response:
        found = find(self.asked(Words)["q"], user=request.user)
        return Response(FoundSerializer({**vars(found), "more": sorted(found.more)}).data)
