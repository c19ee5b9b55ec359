"""The ladder of reminders of an inspection over the API."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Role
from core.api import Typed, look, verb
from issues.models import Inspection
from issues.permissions import require_office
from notifications.models import ReminderRule
from notifications.models.escalation import FARTHEST
from notifications.services import set_escalation, steps_of
from notifications.services.escalation import LONGEST_REST, MOST_STEPS, EscalationStep
from notifications.services.recipients import RECIPIENTS


class RungSet(Typed):
    """A rung: so many `days` after the deadline (before it where negative), again `every` so many days (0: once)."""

    subject = serializers.ChoiceField(choices=ReminderRule.Subject.choices)
    days = serializers.IntegerField(min_value=-FARTHEST, max_value=FARTHEST)
    every = serializers.IntegerField(min_value=0, max_value=LONGEST_REST, default=0)
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=[(role.value, role.label) for role in RECIPIENTS]), max_length=20
    )


class LadderSet(Typed):
    rungs = RungSet(many=True, max_length=MOST_STEPS * len(ReminderRule.Subject))


class LadderSerializer(serializers.Serializer):
    """`is_default` says that the inspection has no ladder of its own."""

    is_default = serializers.BooleanField()
    rungs = RungSet(many=True)


class HasLadder:
    """Beside the rows of inspections: when whom is reminded, read and set by the office."""

    @look("ladder", LadderSerializer)
    def ladder(self: Any, request: Request, code: str) -> Response:
        inspection = self.get_object()
        require_office(request.user, inspection)
        return Response(_told(inspection))

    @verb("set-ladder", LadderSet, LadderSerializer)
    def set_escalation(self: Any, request: Request, code: str) -> Response:
        """Set the whole ladder anew."""
        inspection = self.get_object()
        require_office(request.user, inspection)
        steps = [
            EscalationStep(
                rung["subject"], rung["days"], rung["every"], frozenset(Role(role).value for role in rung["roles"])
            )
            for rung in self.typed(LadderSet)["rungs"]
        ]
        set_escalation(inspection=inspection, steps=steps, **self.now())
        return Response(_told(inspection))


def _told(inspection: Inspection) -> dict[str, Any]:
    rungs = [
        {
            "subject": step.subject,
            "days": step.days,
            "every": step.every,
            "roles": [role.value for role in RECIPIENTS if role in step.roles],
        }
        for step in steps_of(inspection)
    ]
    return {"is_default": not inspection.reminder_rules.exists(), "rungs": rungs}
