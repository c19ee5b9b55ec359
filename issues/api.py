"""The plan's upper levels with the office's verbs on them, task forces, and the calendar of working days."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitRows, UserRows
from accounts.models import Unit, User
from accounts.queries import possible_leaders, possible_units
from core.api import Name, Nothing, Rows, Typed, WallTime, verb
from core.api.inputs import inputs_of
from issues.fields import FIELDS, PLAIN_FIELDS
from issues.filters import CalendarFilter, CategoryFilter, IssueFilter, LevelFilter, ProblemFilter, TaskForceFilter
from issues.models import Area, CalendarDay, Category, Inspection, Issue, Problem, TaskForce, default_lights
from issues.permissions import require_calendar, require_office
from issues.services import clear_calendar_day, edit_inspection, edit_issue, set_calendar_day


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
            "is_public",
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
    is_public = serializers.BooleanField(required=False)


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


class TaskForceSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    head = Name(allow_null=True)

    class Meta:
        model = TaskForce
        fields = ["id", "inspection", "position", "name", "head"]


class TaskForceRows(Rows):
    """Task forces, of the inspections whose issues they work on."""

    queryset = TaskForce.objects.select_related("inspection", "head").order_by("inspection_id", "position", "id")
    serializer_class = TaskForceSerializer
    filterset_class = TaskForceFilter
    expands = {"inspection": InspectionRows, "head": UserRows}


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
            *(field.name for field in FIELDS if field.in_api),
            "status",
            "completion",
            "outcome_before",
            "outcome_after",
        ]


class IssueEdited(Typed):
    """What is left out stays as it is. Leaders, units and task forces are those that the inspection can name."""

    text = serializers.CharField(required=False)
    leader = serializers.PrimaryKeyRelatedField(queryset=User.objects.none(), allow_null=True, required=False)
    lead_unit = serializers.PrimaryKeyRelatedField(queryset=Unit.objects.none(), allow_null=True, required=False)
    task_force = serializers.PrimaryKeyRelatedField(queryset=TaskForce.objects.none(), allow_null=True, required=False)
    is_sustained = serializers.BooleanField(required=False)

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields() | inputs_of(Issue, PLAIN_FIELDS)
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
        "task_force": TaskForceRows,
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("inspection__organisation")

    @verb("edit", IssueEdited)
    def edit(self, request: Request, pk: str) -> Response:
        issue = self.get_object()
        require_office(request.user, issue.inspection)
        edit_issue(issue=issue, values=self.typed(IssueEdited, inspection=issue.inspection), **self.now())
        return self.shown(issue)


class CalendarDaySerializer(serializers.ModelSerializer):
    class Meta:
        model = CalendarDay
        fields = ["id", "day", "kind", "name"]


class DaySet(Typed):
    day = serializers.DateField()
    kind = serializers.ChoiceField(choices=CalendarDay.Kind.choices)
    name = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")


class CalendarRows(Rows):
    """The days that differ from the plain week, the latest first, for those who keep them."""

    queryset = CalendarDay.objects.order_by("-day")
    serializer_class = CalendarDaySerializer
    filterset_class = CalendarFilter
    lookup_field = "day"
    lookup_value_regex = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        require_calendar(request.user)

    def get_queryset(self) -> Any:
        assert self.queryset is not None
        return self.queryset.all()

    @verb("set", DaySet, detail=False)
    def set(self, request: Request) -> Response:
        """Enter a day, or change the one that is there."""
        return self.shown(set_calendar_day(**self.typed(DaySet), **self.now()))

    @verb("clear", Nothing, {204: None})
    def clear(self, request: Request, day: str) -> Response:
        """Make it a plain day again."""
        found = self.get_object()
        self.typed(Nothing)
        clear_calendar_day(day=found.day, **self.now())
        return Response(status=204)
