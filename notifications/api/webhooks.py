"""Webhooks over the API, for the system administrator: where programs are told what happens, and how far."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api import UnitRows
from accounts.models import Unit
from core.api import Name, Nothing, Typed, verb
from notifications.api.sending import OfTheSystem
from notifications.models import Subscription, Webhook
from notifications.queries import with_progress
from notifications.services import retry_webhook, set_webhook


class WebhookSerializer(serializers.ModelSerializer):
    """`behind` counts the events that wait, `failing` the chains that are not taken; `error` is one of theirs."""

    organisation = Name(allow_null=True)
    behind = serializers.SerializerMethodField()
    failing = serializers.IntegerField()
    sent_at = serializers.DateTimeField(allow_null=True)
    again_at = serializers.DateTimeField(allow_null=True)
    error = serializers.SerializerMethodField()

    class Meta:
        model = Webhook
        fields = ["id", "name", "url", "organisation", "is_active"]
        fields += ["behind", "failing", "sent_at", "again_at", "error"]

    def get_behind(self, webhook: Any) -> int:
        return webhook.behind or 0

    def get_error(self, webhook: Any) -> str:
        return webhook.error or ""


class SubscriptionSerializer(serializers.ModelSerializer):
    chain = serializers.CharField(source="chain.key")
    head_seq = serializers.IntegerField(source="chain.head_seq")

    class Meta:
        model = Subscription
        fields = ["chain", "seq", "head_seq", "failures", "next_attempt_at", "sent_at", "error"]


class OneWebhookSerializer(WebhookSerializer):
    """One webhook, with how far each chain was told."""

    subscriptions = SubscriptionSerializer(many=True)

    class Meta(WebhookSerializer.Meta):
        fields = [*WebhookSerializer.Meta.fields, "subscriptions"]


class WebhookEdited(Typed):
    """What is left out stays as it is."""

    name = serializers.CharField(max_length=60, required=False)
    url = serializers.CharField(max_length=300, required=False)
    organisation = serializers.PrimaryKeyRelatedField(
        queryset=Unit.objects.filter(is_active=True), allow_null=True, required=False
    )
    is_active = serializers.BooleanField(required=False)


class WebhookAdded(WebhookEdited):
    """`secret` is made by the caller, of 32 to 64 plain characters; no answer repeats it."""

    name = serializers.CharField(max_length=60)
    url = serializers.CharField(max_length=300)
    secret = serializers.RegexField("^[!-~]{32,64}$", write_only=True)


class WebhookRows(OfTheSystem):
    """The addresses that are told what happens, by name."""

    queryset = Webhook.objects.select_related("organisation").order_by("name", "id")
    serializer_class = WebhookSerializer
    filterset_fields = ["is_active"]
    expands = {"organisation": UnitRows}

    def get_queryset(self) -> Any:
        rows = with_progress(super().get_queryset())
        return rows if self.action == "list" else rows.prefetch_related("subscriptions__chain")

    def get_serializer_class(self) -> Any:
        return WebhookSerializer if self.action == "list" else OneWebhookSerializer

    @verb("add", WebhookAdded, {201: OneWebhookSerializer}, detail=False)
    def add(self, request: Request) -> Response:
        """Name an address. What happened before is not told to it."""
        sent = self.typed(WebhookAdded)
        made, _secret = set_webhook(webhook=None, secret=sent.pop("secret"), values=sent, **self.now())
        return Response(self.shown(made).data, status=201)

    @verb("edit", WebhookEdited)
    def edit(self, request: Request, pk: str) -> Response:
        webhook = self.get_object()
        set_webhook(webhook=webhook, values=self.typed(WebhookEdited), **self.now())
        return self.shown(webhook)

    @verb("try", Nothing)
    def try_(self, request: Request, pk: str) -> Response:
        """Let what failed be tried at once."""
        webhook = self.get_object()
        self.typed(Nothing)
        retry_webhook(webhook=webhook, by=request.user)
        return self.shown(webhook)
