"""The inbox over the API, what each digest reminds of, and one's preferences."""

from typing import Any, cast

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from core.api import (
    EmptySerializer,
    LocalTimeField,
    ReadOnlyViewSet,
    SingletonViewSet,
    StrictSerializer,
    crud_method,
    post_action,
)
from measures.api import BaseMeasureViewSet
from measures.models import Measure
from notifications.filters import NotificationFilter, ReminderFilter
from notifications.models import Channel, Notification, Preference, Reminder, Topic
from notifications.services import mark_all_read, mark_read, set_preferences
from notifications.services.create import Wishes
from notifications.services.rendering import render_notification, with_visibility


class FactSerializer(serializers.Serializer):
    label = serializers.CharField()
    value = serializers.CharField()


class MessageSerializer(serializers.Serializer):
    """A notification in words, in the caller's language; `path` is the page that it leads to."""

    title = serializers.CharField()
    subject = serializers.CharField()
    facts = serializers.SerializerMethodField()
    path = serializers.CharField()

    @extend_schema_field(FactSerializer(many=True))
    def get_facts(self, message: Any) -> list[dict[str, str]]:
        return [{"label": label, "value": str(value)} for label, value in message.facts]


class NotificationSerializer(serializers.ModelSerializer):
    """What it is about is left out, and `is_visible` false, where the person does not see it any more."""

    is_visible = serializers.BooleanField()
    object_id = serializers.SerializerMethodField()
    message = serializers.SerializerMethodField()

    class Meta:
        model = Notification
        fields = ["id", "kind", "topic", "at", "read_at", "object_kind", "object_id", "is_visible", "message"]

    def get_object_id(self, notification: Any) -> int | None:
        return notification.object_id if notification.is_visible else None

    @extend_schema_field(MessageSerializer)
    def get_message(self, notification: Any) -> Any:
        return MessageSerializer(render_notification(notification, is_visible=notification.is_visible)).data


class MarkAllReadSerializer(StrictSerializer):
    """Those of one topic, or all."""

    topic = serializers.ChoiceField(choices=Topic.choices, required=False, default="")


class CountSerializer(serializers.Serializer):
    """How many it was."""

    count = serializers.IntegerField()


class NotificationViewSet(ReadOnlyViewSet):
    """One's notifications, the latest first. Reading one over the API does not mark it as read: `mark-read` does."""

    queryset = Notification.objects.order_by("-at", "-id")
    serializer_class = NotificationSerializer
    filterset_class = NotificationFilter

    def get_queryset(self) -> Any:
        return with_visibility(super().get_queryset(), person=self.request.user)

    @post_action("mark-read", EmptySerializer)
    def mark_read(self, request: Request, pk: str) -> Response:
        notification = self.get_object()
        self.validated(EmptySerializer)
        mark_read(notification=notification, at=timezone.now())
        return self.response_for(notification)

    @post_action("mark-all-read", MarkAllReadSerializer, CountSerializer, detail=False)
    def mark_all_read(self, request: Request) -> Response:
        return Response({"count": mark_all_read(**self.actor_and_time(), **self.validated(MarkAllReadSerializer))})


class ReminderSerializer(serializers.ModelSerializer):
    """One item of a digest: `stage` is empty for the measure itself, `step` in days after the deadline."""

    notification = serializers.IntegerField(source="digest.notification_id")
    day = serializers.DateField(source="digest.day")

    class Meta:
        model = Reminder
        fields = ["id", "notification", "day", "measure", "stage", "deadline", "step", "occurrence"]


class ReminderViewSet(ReadOnlyViewSet):
    """What one's digests remind of, the latest digest first, as far as one still sees the measure."""

    queryset = Reminder.objects.select_related("digest").order_by("-digest", "deadline", "measure", "id")
    serializer_class = ReminderSerializer
    filterset_class = ReminderFilter
    expands = {"measure": BaseMeasureViewSet}

    def get_queryset(self) -> Any:
        assert self.queryset is not None
        visible = Measure.objects.visible_to(self.request.user).order_by()
        return self.queryset.filter(digest__person=self.request.user.pk, measure__in=visible.values("pk"))


class OpenChannelSerializer(serializers.ModelSerializer):
    class Meta:
        model = Channel
        fields = ["id", "kind", "name"]


class PreferenceSerializer(serializers.Serializer):
    """`channels` are those that can reach the person, `topics` the ids of those chosen for each topic."""

    language = serializers.CharField()
    quiet_from = LocalTimeField(allow_null=True)
    quiet_until = LocalTimeField(allow_null=True)
    topics = serializers.DictField(child=serializers.ListField(child=serializers.IntegerField()))
    channels = OpenChannelSerializer(many=True)


class SetPreferencesSerializer(StrictSerializer):
    """What is left out stays as it is."""

    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    quiet_from = LocalTimeField(allow_null=True, required=False)
    quiet_until = LocalTimeField(allow_null=True, required=False)
    topics = serializers.DictField(child=serializers.ListField(child=serializers.IntegerField()), required=False)

    def validate_topics(self, topics: dict[str, list[int]]) -> dict[str, list[int]]:
        known = {channel.pk for channel in self.context["channels"]}
        if unknown := sorted(set(topics) - set(Topic.values)):
            raise serializers.ValidationError(_("There is no such topic: %(names)s.") % {"names": ", ".join(unknown)})
        if any(set(keys) - known for keys in topics.values()):
            raise serializers.ValidationError(_("Choose among the channels that can reach you."))
        return topics


class PreferenceViewSet(SingletonViewSet):
    """Through which channels one is notified of what, in which language, and when not."""

    serializer_class = PreferenceSerializer

    def current(self, wishes: Wishes) -> dict[str, Any]:
        """Return the settings as they are."""
        person = cast(User, self.request.user)
        stored = Preference.objects.filter(person=person).first() or Preference(language=settings.LANGUAGE_CODE)
        wanted = {topic: [channel.pk for channel in wishes.wanted(person, topic)] for topic in Topic.values}
        quiet = {"quiet_from": stored.quiet_from, "quiet_until": stored.quiet_until}
        return {"language": stored.language, **quiet, "topics": wanted}

    @extend_schema(responses=PreferenceSerializer)
    def retrieve(self, request: Request) -> Response:
        self.validated_query(EmptySerializer)
        person = cast(User, request.user)
        wishes = Wishes([person.pk])
        return Response(PreferenceSerializer({**self.current(wishes), "channels": wishes.open_to(person)}).data)

    @crud_method(SetPreferencesSerializer, PreferenceSerializer, service="set_preferences")
    def partial_update(self, request: Request) -> Response:
        person = cast(User, request.user)
        wishes = Wishes([person.pk])
        channels, current = wishes.open_to(person), self.current(wishes)
        values = self.validated(SetPreferencesSerializer, channels=channels)
        wanted = {**current.pop("topics"), **values.pop("topics", {})}
        set_preferences(person=person, wanted=wanted, **{**current, **values}, at=timezone.now())
        return Response(PreferenceSerializer({**self.current(Wishes([person.pk])), "channels": channels}).data)
