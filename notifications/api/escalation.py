"""The escalation of reminders of an inspection over the API."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Role
from core.api import StrictSerializer, crud_method, get_action
from issues.models import Inspection
from issues.permissions import require_office
from notifications.models import ReminderRule
from notifications.models.escalation import FARTHEST
from notifications.services import set_escalation, steps_of
from notifications.services.escalation import LONGEST_REST, MOST_STEPS, EscalationStep
from notifications.services.recipients import RECIPIENTS


class EscalationStepSerializer(StrictSerializer):
    """A step: so many `days` after the deadline (before it where negative), again `every` so many days (0: once)."""

    subject = serializers.ChoiceField(choices=ReminderRule.Subject.choices)
    days = serializers.IntegerField(min_value=-FARTHEST, max_value=FARTHEST)
    every = serializers.IntegerField(min_value=0, max_value=LONGEST_REST, default=0)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=[(role.value, role.label) for role in RECIPIENTS]), max_length=20
    )


class SetEscalationStepsSerializer(StrictSerializer):
    steps = EscalationStepSerializer(many=True, max_length=MOST_STEPS * len(ReminderRule.Subject))


class EscalationStepsSerializer(serializers.Serializer):
    """`is_default` says that the inspection has no steps of its own."""

    is_default = serializers.BooleanField()
    steps = EscalationStepSerializer(many=True)


class EscalationStepsMixin:
    """Beside the viewset of inspections: who is reminded when, read and set by the office."""

    @get_action("escalation-steps", EscalationStepsSerializer)
    def escalation_steps(self: Any, request: Request, code: str) -> Response:
        inspection = self.get_object()
        require_office(request.user, inspection)
        return Response(_escalation_of(inspection))

    @escalation_steps.mapping.put
    @crud_method(SetEscalationStepsSerializer, EscalationStepsSerializer, service="set_escalation")
    def set_escalation_steps(self: Any, request: Request, code: str) -> Response:
        """Set all steps; those of before are replaced."""
        inspection = self.get_object()
        require_office(request.user, inspection)
        steps = [
            EscalationStep(
                step["subject"], step["days"], step["every"], frozenset(Role(role).value for role in step["roles"])
            )
            for step in self.validated(SetEscalationStepsSerializer)["steps"]
        ]
        set_escalation(inspection=inspection, steps=steps, **self.actor_and_time())
        return Response(_escalation_of(inspection))


def _escalation_of(inspection: Inspection) -> dict[str, Any]:
    steps = [
        {
            "subject": step.subject,
            "days": step.days,
            "every": step.every,
            "roles": [role.value for role in RECIPIENTS if role in step.roles],
        }
        for step in steps_of(inspection)
    ]
    return {"is_default": not inspection.reminder_rules.exists(), "steps": steps}
