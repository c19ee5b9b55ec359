"""Channels and deliveries over the API, for the system administrator, and the gaps of the configuration."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitViewSet
from accounts.models import Unit
from accounts.permissions import is_system_admin
from core.api import (
    EmptySerializer,
    ReadOnlyViewSet,
    ReferenceSerializer,
    SingletonViewSet,
    StrictSerializer,
    crud_method,
    post_action,
)
from notifications.api.inbox import CountSerializer
from notifications.filters import DeliveryFilter
from notifications.models import Channel, Delivery
from notifications.permissions import require_coverage_viewer, require_system_admin
from notifications.queries import coverage_of_plans, coverage_of_system
from notifications.services import send_again, set_channel


class SystemAdminViewSet(ReadOnlyViewSet):
    """What the system administrator alone edits; visibility says nothing of it."""

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        require_system_admin(request.user)

    def get_queryset(self) -> Any:
        assert self.queryset is not None
        return self.queryset.all()


class ChannelSerializer(serializers.ModelSerializer):
    """Token and secret are written and never read; `has_token` and `has_secret` say whether there is one."""

    unit = ReferenceSerializer(allow_null=True)
    has_token = serializers.SerializerMethodField()
    has_secret = serializers.SerializerMethodField()

    class Meta:
        model = Channel
        fields = ["id", "kind", "name", "base_url", "has_token", "has_secret", "unit", "by_default", "is_active"]

    def get_has_token(self, channel: Channel) -> bool:
        return bool(channel.token)

    def get_has_secret(self, channel: Channel) -> bool:
        return bool(channel.secret)


class EditChannelSerializer(StrictSerializer):
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


class AddChannelSerializer(EditChannelSerializer):
    kind = serializers.ChoiceField(choices=Channel.Kind.choices)
    name = serializers.CharField(max_length=60)


class ChannelViewSet(SystemAdminViewSet):
    """Mail, robots of group chats, the organisation's own message hub."""

    queryset = Channel.objects.select_related("unit").order_by("id")
    serializer_class = ChannelSerializer
    filterset_fields = ["kind", "is_active"]
    expands = {"unit": UnitViewSet}

    @crud_method(AddChannelSerializer, {201: ChannelSerializer}, service="set_channel")
    def create(self, request: Request) -> Response:
        channel = set_channel(channel=None, values=self.validated(AddChannelSerializer), **self.actor_and_time())
        return self.response_for(channel, status=201)

    @crud_method(EditChannelSerializer, service="set_channel")
    def partial_update(self, request: Request, pk: str) -> Response:
        channel = self.get_object()
        set_channel(channel=channel, values=self.validated(EditChannelSerializer), **self.actor_and_time())
        return self.response_for(channel)


class DeliverySerializer(serializers.ModelSerializer):
    """To whom, through what, and why not; what the message says is read by its person alone."""

    channel = ReferenceSerializer()
    person = ReferenceSerializer(source="notification.person")

    class Meta:
        model = Delivery
        fields = ["id", "key", "person", "channel", "status", "attempt", "failures", "next_attempt_at"]
        fields += ["ended_at", "error"]


class DeliveryViewSet(SystemAdminViewSet):
    """What was sent, waits or failed, the latest first."""

    queryset = Delivery.objects.select_related("notification__person", "channel").order_by("-id")
    serializer_class = DeliverySerializer
    filterset_class = DeliveryFilter
    expands = {"channel": ChannelViewSet}

    @post_action("send-again", EmptySerializer)
    def send_again(self, request: Request, pk: str) -> Response:
        """Put a failed delivery back, with as many attempts once more."""
        delivery = self.get_object()
        self.validated(EmptySerializer)
        send_again(deliveries=[delivery], at=timezone.now())
        return self.response_for(delivery)

    @post_action("send-failed-again", EmptySerializer, CountSerializer, detail=False)
    def send_failed_again(self, request: Request) -> Response:
        """Put all failed deliveries back."""
        self.validated(EmptySerializer)
        failed = Delivery.objects.filter(status=Delivery.Status.FAILED)
        return Response({"count": send_again(deliveries=failed, at=timezone.now())})


class PlanGapsSerializer(serializers.Serializer):
    """How many unfinished measures of an inspection no one can be reminded of, by what they lack."""

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
    units = ReferenceSerializer(many=True)
    inactive = ReferenceSerializer(many=True)
    unread = ReferenceSerializer(many=True)
    without_address = ReferenceSerializer(many=True)


class ConfigurationGapsSerializer(serializers.Serializer):
    """`plan` is of the inspections that one edits; `system` is null for who does not administer the system."""

    plan = PlanGapsSerializer(many=True)
    system = SystemGapsSerializer(allow_null=True)


class ConfigurationGapsViewSet(SingletonViewSet):
    """What no reminder reaches: measures for the office that edits them, accounts and set-up for the administrator."""

    serializer_class = ConfigurationGapsSerializer

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        require_coverage_viewer(request.user)

    @extend_schema(responses=ConfigurationGapsSerializer)
    def retrieve(self, request: Request) -> Response:
        self.validated_query(EmptySerializer)
        system = coverage_of_system(timezone.localdate()) if is_system_admin(request.user) else None
        return Response(ConfigurationGapsSerializer({"plan": coverage_of_plans(request.user), "system": system}).data)
