"""Webhooks over the API, for the system administrator: the programs that get the events, and how far they have them."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitViewSet
from accounts.models import Unit
from core.api import EmptySerializer, ReferenceSerializer, StrictSerializer, crud_method, post_action
from notifications.api.sending import SystemAdminViewSet
from notifications.models import Subscription, Webhook
from notifications.queries import with_progress
from notifications.services import retry_webhook, set_webhook


class WebhookSerializer(serializers.ModelSerializer):
    """`behind` counts the events that wait, `failing` the chains that are not taken; `error` is one of theirs."""

    organisation = ReferenceSerializer(allow_null=True)
    behind = serializers.SerializerMethodField()
    failing = serializers.IntegerField()
    delivered_at = serializers.DateTimeField(source="sent_at", allow_null=True)
    again_at = serializers.DateTimeField(allow_null=True)
    error = serializers.SerializerMethodField()

    class Meta:
        model = Webhook
        fields = ["id", "name", "url", "organisation", "is_active"]
        fields += ["behind", "failing", "delivered_at", "again_at", "error"]

    def get_behind(self, webhook: Any) -> int:
        return webhook.behind or 0

    def get_error(self, webhook: Any) -> str:
        return webhook.error or ""


class SubscriptionSerializer(serializers.ModelSerializer):
    chain = serializers.CharField(source="chain.key")
    head_seq = serializers.IntegerField(source="chain.head_seq")
    delivered_at = serializers.DateTimeField(source="sent_at", allow_null=True)

    class Meta:
        model = Subscription
        fields = ["chain", "seq", "head_seq", "failures", "next_attempt_at", "delivered_at", "error"]


class WebhookDetailSerializer(WebhookSerializer):
    """One webhook, with how far each chain was delivered."""

    subscriptions = SubscriptionSerializer(many=True)

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "subscriptions"]


class EditWebhookSerializer(StrictSerializer):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=60, required=False)
    url = serializers.CharField(max_length=300, required=False)
    organisation = serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.filter(is_active=True), allow_null=True, required=False
    )
    is_active = serializers.BooleanField(required=False)


class AddWebhookSerializer(EditWebhookSerializer):
    """`secret` comes from the caller, of 32 to 64 plain characters; no answer repeats it."""

    name = serializers.CharField(max_length=60)
    url = serializers.CharField(max_length=300)
    secret = serializers.RegexField("^[!-~]{32,64}$", write_only=True)


class WebhookViewSet(SystemAdminViewSet):
    """The addresses that events are posted to, by name."""

    queryset = Webhook.objects.select_related("organisation").order_by("name", "id")
    serializer_class = WebhookSerializer
    filterset_fields = ["is_active"]
    expands = {"organisation": UnitViewSet}

    def get_queryset(self) -> Any:
        rows = with_progress(super().get_queryset())
        return rows if self.action == "list" else rows.prefetch_related("subscriptions__chain")

    def get_serializer_class(self) -> Any:
        return WebhookSerializer if self.action == "list" else WebhookDetailSerializer

    @crud_method(AddWebhookSerializer, {201: WebhookDetailSerializer}, service="set_webhook")
    def create(self, request: Request) -> Response:
        """Name an address. What happened before is not posted to it."""
        values = self.validated(AddWebhookSerializer)
        secret = values.pop("secret")
        webhook, _secret = set_webhook(webhook=None, secret=secret, values=values, **self.actor_and_time())
        return self.response_for(webhook, status=201)

    @crud_method(EditWebhookSerializer, service="set_webhook")
    def partial_update(self, request: Request, pk: str) -> Response:
        webhook = self.get_object()
        set_webhook(webhook=webhook, values=self.validated(EditWebhookSerializer), **self.actor_and_time())
        return self.response_for(webhook)

    @post_action("try", EmptySerializer, service="try_now")
    def try_(self, request: Request, pk: str) -> Response:
        """Let what failed be tried at once."""
        webhook = self.get_object()
        self.validated(EmptySerializer)
        retry_webhook(webhook=webhook, by=request.user)
        return self.response_for(webhook)
