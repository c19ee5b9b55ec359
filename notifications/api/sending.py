"""The ways out over the API, for the system administrator: channels, deliveries, and what cannot be reached."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitRows
from accounts.models import Unit
from accounts.permissions import is_system_admin
from core.api import Name, Nothing, Rows, Single, Typed, verb
from notifications.api.inbox import CountSerializer
from notifications.filters import DeliveryFilter
from notifications.models import Channel, Delivery
from notifications.permissions import require_coverage_viewer, require_system_admin
from notifications.queries import coverage_of_plans, coverage_of_system
from notifications.services import send_again, set_channel


class OfTheSystem(Rows):
    """What the system administrator alone keeps; it is nobody's by visibility."""

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        require_system_admin(request.user)

    def get_queryset(self) -> Any:
        assert self.queryset is not None
        return self.queryset.all()


class ChannelSerializer(serializers.ModelSerializer):
    """Token and secret are written and never read; whether there is one is said."""

    unit = Name(allow_null=True)
    has_token = serializers.SerializerMethodField()
    has_secret = serializers.SerializerMethodField()

    class Meta:
        model = Channel
        fields = ["id", "kind", "name", "base_url", "has_token", "has_secret", "unit", "by_default", "is_active"]

    def get_has_token(self, channel: Channel) -> bool:
        return bool(channel.token)

    def get_has_secret(self, channel: Channel) -> bool:
        return bool(channel.secret)


class ChannelEdited(Typed):
    """What is left out stays as it is; so does a token or a secret that is sent empty."""

    name = serializers.CharField(max_length=60, required=False)
    base_url = serializers.CharField(max_length=300, allow_blank=True, required=False)
    token = serializers.CharField(max_length=200, allow_blank=True, required=False)
    secret = serializers.CharField(max_length=200, allow_blank=True, required=False)
    unit = serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.filter(is_active=True), allow_null=True, required=False
    )
    by_default = serializers.BooleanField(required=False)
    is_active = serializers.BooleanField(required=False)


class ChannelAdded(ChannelEdited):
    kind = serializers.ChoiceField(choices=Channel.Kind.choices)
    name = serializers.CharField(max_length=60)


class ChannelRows(OfTheSystem):
    """The ways out: mail, robots of group chats, the bureau's own message hub."""

    queryset = Channel.objects.select_related("unit").order_by("id")
    serializer_class = ChannelSerializer
    filterset_fields = ["kind", "is_active"]
    expands = {"unit": UnitRows}

    @verb("add", ChannelAdded, {201: ChannelSerializer}, detail=False)
    def add(self, request: Request) -> Response:
        made = set_channel(channel=None, values=self.typed(ChannelAdded), **self.now())
        return Response(self.shown(made).data, status=201)

    @verb("edit", ChannelEdited)
    def edit(self, request: Request, pk: str) -> Response:
        channel = self.get_object()
        set_channel(channel=channel, values=self.typed(ChannelEdited), **self.now())
        return self.shown(channel)


class DeliverySerializer(serializers.ModelSerializer):
    """To whom, through what, and why not; what the message says is read by its person alone."""

    channel = Name()
    person = Name(source="notification.person")

    class Meta:
        model = Delivery
        fields = ["id", "key", "person", "channel", "status", "attempt", "failures", "next_attempt_at"]
        fields += ["ended_at", "error"]


class DeliveryRows(OfTheSystem):
    """What was sent, waits or failed, the latest first."""

    queryset = Delivery.objects.select_related("notification__person", "channel").order_by("-id")
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    expands = {"channel": ChannelRows}

    @verb("send-again", Nothing)
    def send_again(self, request: Request, pk: str) -> Response:
        """Put a failed delivery back, with as many attempts once more."""
        delivery = self.get_object()
        self.typed(Nothing)
        send_again(deliveries=[delivery], at=timezone.now())
        return self.shown(delivery)

    @verb("send-failed-again", Nothing, CountSerializer, detail=False)
    def send_failed_again(self, request: Request) -> Response:
        """Put all failed deliveries back."""
        self.typed(Nothing)
        failed = Delivery.objects.filter(status=Delivery.Status.FAILED)
        return Response({"count": send_again(deliveries=failed, at=timezone.now())})


class LackingSerializer(serializers.Serializer):
    """How many unfinished measures of an inspection nobody can be reminded of, by what they lack."""

    inspection = serializers.CharField(source="inspection.code")
    no_deadline = serializers.IntegerField()
    no_unit = serializers.IntegerField()
    no_leader = serializers.IntegerField()
    left = serializers.IntegerField()


class SystemGapsSerializer(serializers.Serializer):
    """Years without rest days, mail that is not set up, deliveries that failed; units and people out of reach."""

    years = serializers.ListField(child=serializers.IntegerField())
    has_mail = serializers.BooleanField()
    failed = serializers.IntegerField()
    units = Name(many=True)
    inactive = Name(many=True)
    unread = Name(many=True)
    without_address = Name(many=True)


class GapsSerializer(serializers.Serializer):
    """`plan` is of the inspections that one keeps; `system` is null for who does not administer the system."""

    plan = LackingSerializer(many=True)
    system = SystemGapsSerializer(allow_null=True)


class GapRows(Single):
    """What cannot be reached: measures for the office that keeps them, accounts and set-up for the administrator."""

    serializer_class = GapsSerializer

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        require_coverage_viewer(request.user)

    @extend_schema(responses=GapsSerializer)
    def list(self, request: Request) -> Response:
        self.asked(Nothing)
        system = coverage_of_system(timezone.localdate()) if is_system_admin(request.user) else None
        return Response(GapsSerializer({"plan": coverage_of_plans(request.user), "system": system}).data)
