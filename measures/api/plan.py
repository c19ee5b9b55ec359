"""What concerns a plan as a whole: the history of an issue, the duties of a leader handed over."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from accounts.queries import possible_leaders
from core.api import HistoryEntrySerializer, StrictSerializer, get_action, post_action
from issues.permissions import require_office
from measures import services
from measures.queries import history_of_issue


class HandOverDutiesSerializer(StrictSerializer):
    from_leader = serializers.PrimaryKeyRelatedField(queryset=User.objects.none())
    to_leader = serializers.PrimaryKeyRelatedField(queryset=User.objects.none())
    reason = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        """The leader who hands over may have left; the one who takes over can lead here."""
        fields = super().get_fields()
        inspection = self.context.get("inspection")
        if inspection is not None:
            fields["from_leader"].queryset = User.objects.filter(measures__inspection=inspection).distinct()
            fields["to_leader"].queryset = possible_leaders(inspection.organisation)
        return fields


class HandOverResultSerializer(serializers.Serializer):
    measures = serializers.IntegerField()


class IssueHistoryMixin:
    """Beside the viewset of issues: what happened to one."""

    @get_action("history", HistoryEntrySerializer(many=True))
    def history(self: Any, request: Request, pk: str) -> Response:
        """What happened to the issue itself, the latest first; two hundred entries at most."""
        return Response(HistoryEntrySerializer(history_of_issue(self.get_object()), many=True).data)


class DutiesActionsMixin:
    """Beside the viewset of inspections: the duties of a leader handed over as a whole."""

    @post_action("hand-over-duties", HandOverDutiesSerializer, HandOverResultSerializer)
    def hand_over_duties(self: Any, request: Request, code: str) -> Response:
        inspection = self.get_object()
        require_office(request.user, inspection)
        data = self.validated(HandOverDutiesSerializer, inspection=inspection)
        return Response({"measures": services.hand_over_duties(inspection=inspection, **data, **self.actor_and_time())})
