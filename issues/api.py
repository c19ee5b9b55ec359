"""The plan's upper levels: inspections, areas, categories, problems, issues, with the office's verbs on them."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitRows, UserRows
from accounts.models import Unit, User
from accounts.queries import possible_leaders, possible_units
from core.api import Name, Rows, Typed, WallTime, verb
from issues.filters import CategoryFilter, IssueFilter, LevelFilter, ProblemFilter
from issues.models import Area, Category, Inspection, Issue, Problem, TaskForce, default_lights
from issues.permissions import require_office
from issues.services import edit_inspection, edit_issue


class InspectionSerializer(serializers.ModelSerializer):
    organisation = Name()
    week_ends_at = WallTime()

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
            "week_ends_weekday",
            "week_ends_at",
            "lights",
            "created_at",
        ]


class Lights(Typed):
    """The words of the lights."""

    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.CharField(max_length=10) for name in default_lights()}


class Settings(Typed):
    """What is left out stays as it is."""

    title = serializers.CharField(max_length=200, required=False)
    inspected_by = serializers.CharField(max_length=120, allow_blank=True, required=False)
    feedback_on = serializers.DateField(allow_null=True, required=False)
    kicked_off_on = serializers.DateField(allow_null=True, required=False)
    plan_due = serializers.DateField(allow_null=True, required=False)
    concentrated_from = serializers.DateField(allow_null=True, required=False)
    concentrated_until = serializers.DateField(allow_null=True, required=False)
    due_soon_days = serializers.IntegerField(min_value=1, max_value=90, required=False)
    look_back_months = serializers.IntegerField(min_value=1, max_value=60, required=False)
    week_ends_weekday = serializers.IntegerField(min_value=1, max_value=7, required=False)
    week_ends_at = WallTime(required=False)
    lights = Lights(required=False)


class InspectionRows(Rows):
    """Inspections, by their code."""

    queryset = Inspection.objects.select_related("organisation").order_by("-created_at", "-id")
    serializer_class = InspectionSerializer
    filterset_fields = ["code"]
    lookup_field = "code"
    lookup_value_regex = "[a-z0-9][a-z0-9-]*"
    expands: dict[str, type[Rows]] = {"organisation": UnitRows}

    @verb("edit", Settings)
    def edit(self, request: Request, code: str) -> Response:
        inspection = self.get_object()
        require_office(request.user, inspection)
        edit_inspection(inspection=inspection, values=self.typed(Settings), **self.now())
        return self.shown(inspection)


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
    expands = {"inspection": InspectionRows}


class CategoryRows(Rows):
    queryset = Category.objects.select_related("inspection").order_by(
        "inspection_id", "area__position", "position", "id"
    )
    serializer_class = CategorySerializer
    filterset_class = CategoryFilter
    expands = {"inspection": InspectionRows, "area": AreaRows}


class ProblemRows(Rows):
    queryset = Problem.objects.select_related("inspection").order_by(
        "inspection_id", "category__area__position", "category__position", "position", "id"
    )
    serializer_class = ProblemSerializer
    filterset_class = ProblemFilter
    expands = {"inspection": InspectionRows, "category": CategoryRows}


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


class IssueEdited(Typed):
    """What is left out stays as it is. Leaders, units and task forces are those that the inspection can name."""

    text = serializers.CharField(required=False)
    goal = serializers.CharField(allow_blank=True, required=False)
    leader = serializers.PrimaryKeyRelatedField(queryset=User.objects.none(), allow_null=True, required=False)
    lead_unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.none(), allow_null=True, required=False)
    task_force = serializers.PrimaryKeyRelatedField(queryset=TaskForce.objects.none(), allow_null=True, required=False)
    is_sustained = serializers.BooleanField(required=False)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        inspection = self.context.get("inspection")
        if inspection is not None:
            fields["leader"].queryset = possible_leaders(inspection.organisation)
            fields["lead_unit"].queryset = possible_units(inspection.organisation)
            fields["task_force"].queryset = inspection.task_forces.all()
        return fields


class IssueRows(Rows):
    """Issues, in the order of the plan."""

    queryset = Issue.objects.select_related("inspection", "leader", "lead_unit", "task_force")
    serializer_class = IssueSerializer
    filterset_class = IssueFilter
    expands: dict[str, type[Rows]] = {
        "inspection": InspectionRows,
        "problem": ProblemRows,
        "leader": UserRows,
        "lead_unit": UnitRows,
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("inspection__organisation")

    @verb("edit", IssueEdited)
    def edit(self, request: Request, pk: str) -> Response:
        issue = self.get_object()
        require_office(request.user, issue.inspection)
        edit_issue(issue=issue, values=self.typed(IssueEdited, inspection=issue.inspection), **self.now())
        return self.shown(issue)
