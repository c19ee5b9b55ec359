"""The plan's upper levels with what the office changes on them, task forces, and the calendar of working days."""

from datetime import date
from typing import Any

from django.http import Http404
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitViewSet, UserViewSet
from accounts.models import Unit, User
from accounts.queries import possible_leaders, possible_units
from core.api import LocalTimeField, ReadOnlyViewSet, ReferenceSerializer, StrictSerializer, crud_method
from core.api.inputs import inputs_of
from issues import services
from issues.fields import FIELDS, PLAIN_FIELDS
from issues.filters import CalendarFilter, CategoryFilter, IssueFilter, LevelFilter, ProblemFilter, TaskForceFilter
from issues.models import Area, CalendarDay, Category, Inspection, Issue, Problem, TaskForce, default_lights
from issues.permissions import require_calendar, require_office


class InspectionSerializer(serializers.ModelSerializer):
    organisation = ReferenceSerializer()
    week_ends_at = LocalTimeField()

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


class LightsSerializer(StrictSerializer):
    """The words of the lights."""

    def get_fields(self) -> dict[str, Any]:
        return {name: serializers.CharField(max_length=10) for name in default_lights()}


class EditInspectionSerializer(StrictSerializer):
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
    week_ends_at = LocalTimeField(required=False)
    lights = LightsSerializer(required=False)
    is_public = serializers.BooleanField(required=False)


class BaseInspectionViewSet(ReadOnlyViewSet):
    """Inspections, by their code; `rectify` adds the actions of the other apps."""

    queryset = Inspection.objects.select_related("organisation").order_by("-created_at", "-id")
    serializer_class = InspectionSerializer
    filterset_fields = ["code"]
    lookup_field = "code"
    lookup_value_regex = "[a-z0-9][a-z0-9-]*"
    expands: dict[str, type[ReadOnlyViewSet]] = {"organisation": UnitViewSet}

    @crud_method(EditInspectionSerializer, service="edit_inspection")
    def partial_update(self, request: Request, code: str) -> Response:
        inspection = self.get_object()
        require_office(request.user, inspection)
        services.edit_inspection(
            inspection=inspection, values=self.validated(EditInspectionSerializer), **self.actor_and_time()
        )
        return self.response_for(inspection)


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


class AreaViewSet(ReadOnlyViewSet):
    queryset = Area.objects.select_related("inspection").order_by("inspection_id", "position", "id")
    serializer_class = AreaSerializer
    filterset_class = LevelFilter
    expands = {"inspection": BaseInspectionViewSet}


class CategoryViewSet(ReadOnlyViewSet):
    queryset = Category.objects.select_related("inspection").order_by(
        "inspection_id", "area__position", "position", "id"
    )
    serializer_class = CategorySerializer
    filterset_class = CategoryFilter
    expands = {"inspection": BaseInspectionViewSet, "area": AreaViewSet}


class ProblemViewSet(ReadOnlyViewSet):
    queryset = Problem.objects.select_related("inspection").order_by(
        "inspection_id", "category__area__position", "category__position", "position", "id"
    )
    serializer_class = ProblemSerializer
    filterset_class = ProblemFilter
    expands = {"inspection": BaseInspectionViewSet, "category": CategoryViewSet}


class TaskForceSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    head = ReferenceSerializer(allow_null=True)

    class Meta:
        model = TaskForce
        fields = ["id", "inspection", "position", "name", "head"]


class TaskForceViewSet(ReadOnlyViewSet):
    """Task forces, of the inspections whose issues they work on."""

    queryset = TaskForce.objects.select_related("inspection", "head").order_by("inspection_id", "position", "id")
    serializer_class = TaskForceSerializer
    filterset_class = TaskForceFilter
    expands = {"inspection": BaseInspectionViewSet, "head": UserViewSet}


class IssueSerializer(serializers.ModelSerializer):
    inspection = serializers.CharField(source="inspection.code")
    leader = ReferenceSerializer(allow_null=True)
    lead_unit = ReferenceSerializer(allow_null=True)
    task_force = ReferenceSerializer(allow_null=True)

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


class EditIssueSerializer(StrictSerializer):
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


class BaseIssueViewSet(ReadOnlyViewSet):
    """Issues, in the order of the plan; `rectify` adds the actions of the other apps."""

    queryset = Issue.objects.select_related("inspection", "leader", "lead_unit", "task_force")
    serializer_class = IssueSerializer
    filterset_class = IssueFilter
    expands: dict[str, type[ReadOnlyViewSet]] = {
        "inspection": BaseInspectionViewSet,
        "problem": ProblemViewSet,
        "leader": UserViewSet,
        "lead_unit": UnitViewSet,
        "task_force": TaskForceViewSet,
    }

    def get_queryset(self) -> Any:
        return super().get_queryset().select_related("inspection__organisation")

    @crud_method(EditIssueSerializer, service="edit_issue")
    def partial_update(self, request: Request, pk: str) -> Response:
        issue = self.get_object()
        require_office(request.user, issue.inspection)
        services.edit_issue(
            issue=issue,
            values=self.validated(EditIssueSerializer, inspection=issue.inspection),
            **self.actor_and_time(),
        )
        return self.response_for(issue)


class CalendarDaySerializer(serializers.ModelSerializer):
    class Meta:
        model = CalendarDay
        fields = ["id", "day", "kind", "name"]


class SetCalendarDaySerializer(StrictSerializer):
    kind = serializers.ChoiceField(choices=CalendarDay.Kind.choices)
    name = serializers.CharField(max_length=60, allow_blank=True, required=False, default="")


class CalendarViewSet(ReadOnlyViewSet):
    """The days that differ from the plain week, the latest first, for those who edit them."""

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

    @crud_method(
        SetCalendarDaySerializer,
        {200: CalendarDaySerializer, 201: CalendarDaySerializer},
        service="set_calendar_day",
    )
    def update(self, request: Request, day: str) -> Response:
        """Enter a day, or change the one that is there."""
        date = parse_date(day)
        is_new = not CalendarDay.objects.filter(day=date).exists()
        values = self.validated(SetCalendarDaySerializer)
        row = services.set_calendar_day(day=date, **values, **self.actor_and_time())
        return self.response_for(row, status=201 if is_new else 200)

    @crud_method(responses={204: None}, service="clear_calendar_day")
    def destroy(self, request: Request, day: str) -> Response:
        """Make it a plain day again."""
        services.clear_calendar_day(day=self.get_object().day, **self.actor_and_time())
        return Response(status=204)


def parse_date(text: str) -> date:
    """Return the day of an address. Raises `Http404` for one that no calendar has."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Http404 from None
