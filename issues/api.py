"""The plan's upper levels: inspections, areas, categories, problems, issues."""

from rest_framework import serializers

from core.api import Name, Rows
from issues.filters import CategoryFilter, IssueFilter, LevelFilter, ProblemFilter
from issues.models import Area, Category, Inspection, Issue, Problem


class InspectionSerializer(serializers.ModelSerializer):
    organisation = Name()

    class Meta:
        model = Inspection
        fields = [
            "id",
            "code",
            "title",
            "organisation",
            "inspected_by",
            "feedback_on",
            "kicked_off_on",
            "plan_due",
            "concentrated_from",
            "concentrated_until",
            "due_soon_days",
            "look_back_months",
            "created_at",
        ]


class InspectionRows(Rows):
    """Inspections, by their code."""

    queryset = Inspection.objects.select_related("organisation").order_by("-created_at", "-id")
    serializer_class = InspectionSerializer
    filterset_fields = ["code"]
    lookup_field = "code"
    lookup_value_regex = "[a-z0-9][a-z0-9-]*"


LEVEL = ["id", "inspection", "position", "number", "title"]


class LevelSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")


class AreaSerializer(LevelSerializer):
    class Meta:
        model = Area
        fields = LEVEL


class CategorySerializer(LevelSerializer):
    class Meta:
        model = Category
        fields = [*LEVEL, "area"]


class ProblemSerializer(LevelSerializer):
    class Meta:
        model = Problem
        fields = [*LEVEL, "category"]


class AreaRows(Rows):
    queryset = Area.objects.select_related("inspection").order_by("inspection_id", "position", "id")
    serializer_class = AreaSerializer
    filterset_class = LevelFilter


class CategoryRows(Rows):
    queryset = Category.objects.select_related("inspection").order_by(
        "inspection_id", "area__position", "position", "id"
    )
    serializer_class = CategorySerializer
    filterset_class = CategoryFilter


class ProblemRows(Rows):
    queryset = Problem.objects.select_related("inspection").order_by(
        "inspection_id", "category__area__position", "category__position", "position", "id"
    )
    serializer_class = ProblemSerializer
    filterset_class = ProblemFilter


class IssueSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    leader = Name(allow_null=True)
    lead_unit = Name(allow_null=True)
    task_force = Name(allow_null=True)

    class Meta:
        model = Issue
        fields = [
            "id",
            "inspection",
            "problem",
            "code",
            "number",
            "text",
            "goal",
            "leader",
            "lead_unit",
            "task_force",
            "status",
            "completion",
            "is_sustained",
            "outcome_before",
            "outcome_after",
        ]


class IssueRows(Rows):
    """Issues, in the order of the plan."""

    queryset = Issue.objects.select_related("inspection", "leader", "lead_unit", "task_force")
    serializer_class = IssueSerializer
    filterset_class = IssueFilter
