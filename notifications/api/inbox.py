"""The inbox over the API, what each digest reminds of, and how one wants to be told."""

from typing import Any, cast

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from core.api import Nothing, Rows, Single, Typed, WallTime, verb
from measures.api import MeasureRows
from measures.models import Measure
from notifications.filters import NotificationFilter, ReminderFilter
from notifications.models import Channel, Notification, Preference, Reminder, Topic
from notifications.services import mark_all_read, mark_read, set_preferences
from notifications.services.create import Wishes
from notifications.services.rendering import render_notification, with_visibility


class FactSerializer(serializers.Serializer):
    label = serializers.CharField()
    value = serializers.CharField()


class ToldSerializer(serializers.Serializer):
    """A notice in words, in the caller's language; `path` is the page that it leads to."""

    title = serializers.CharField()
    subject = serializers.CharField()
    facts = serializers.SerializerMethodField()
    path = serializers.CharField()

    @extend_schema_field(FactSerializer(many=True))
    def get_facts(self, told: Any) -> list[dict[str, str]]:
        return [{"label": label, "value": str(value)} for label, value in told.facts]


class NoticeSerializer(serializers.ModelSerializer):
    """What it is about is left out, and `is_visible` false, where the person does not see it any more."""

    is_visible = serializers.BooleanField()
    object_id = serializers.SerializerMethodField()
    told = serializers.SerializerMethodField()

    class Meta:
        model = Notification
        fields = ["id", "kind", "topic", "at", "read_at", "object_kind", "object_id", "is_visible", "told"]

    def get_object_id(self, notice: Any) -> int | None:
        return notice.object_id if notice.is_visible else None

    @extend_schema_field(ToldSerializer)
    def get_told(self, notice: Any) -> Any:
        return ToldSerializer(render_notification(notice, is_visible=notice.is_visible)).data


class AllRead(Typed):
    """Those of one topic, or all."""

    topic = serializers.ChoiceField(choices=Topic.choices, required=False, default="")


class CountSerializer(serializers.Serializer):
    """How many it was."""

    count = serializers.IntegerField()


class NoticeRows(Rows):
    """What one was told, the latest first. To look at one does not mark it as read: `read` does."""

    queryset = Notification.objects.order_by("-at", "-id")
    serializer_class = NoticeSerializer
    filterset_class = NotificationFilter

    def get_queryset(self) -> Any:
        return with_visibility(super().get_queryset(), person=self.request.user)

    @verb("read", Nothing)
    def read(self, request: Request, pk: str) -> Response:
        notice = self.get_object()
        self.typed(Nothing)
        mark_read(notification=notice, at=timezone.now())
        return self.shown(notice)

    @verb("read-all", AllRead, CountSerializer, detail=False)
    def read_all(self, request: Request) -> Response:
        return Response({"count": mark_all_read(**self.now(), **self.typed(AllRead))})


class ReminderSerializer(serializers.ModelSerializer):
    """One item of a digest: `stage` is empty for the measure itself, `step` in days after the deadline."""

    notification = serializers.IntegerField(source="digest.notification_id")
    day = serializers.DateField(source="digest.day")

    class Meta:
        model = Reminder
        fields = ["id", "notification", "day", "measure", "stage", "deadline", "step", "occurrence"]


class ReminderRows(Rows):
    """What one's digests remind of, the latest digest first, as far as one still sees the measure."""

    queryset = Reminder.objects.select_related("digest").order_by("-digest", "deadline", "measure", "id")
    serializer_class = ReminderSerializer
    filterset_class = ReminderFilter
    expands = {"measure": MeasureRows}

    def get_queryset(self) -> Any:
        assert self.queryset is not None
        seen = Measure.objects.visible_to(self.request.user).order_by()
        return self.queryset.filter(digest__person=self.request.user.pk, measure__in=seen.values("pk"))


class OpenChannelSerializer(serializers.ModelSerializer):
    class Meta:
        model = Channel
        fields = ["id", "kind", "name"]


class PreferenceSerializer(serializers.Serializer):
    """`channels` are those that can reach the person, `topics` the ids of those chosen for each topic."""

    language = serializers.CharField()
    quiet_from = WallTime(allow_null=True)
    quiet_until = WallTime(allow_null=True)
    topics = serializers.DictField(child=serializers.ListField(child=serializers.IntegerField()))
    channels = OpenChannelSerializer(many=True)


class Wanted(Typed):
    """What is left out stays as it is."""

    language = serializers.ChoiceField(choices=settings.LANGUAGES, required=False)
    quiet_from = WallTime(allow_null=True, required=False)
    quiet_until = WallTime(allow_null=True, required=False)
    topics = serializers.DictField(child=serializers.ListField(child=serializers.IntegerField()), required=False)

    def validate_topics(self, topics: dict[str, list[int]]) -> dict[str, list[int]]:
        known = {channel.pk for channel in self.context["channels"]}
        if unknown := sorted(set(topics) - set(Topic.values)):
            raise serializers.ValidationError(_("There is no such topic: %(names)s.") % {"names": ", ".join(unknown)})
        if any(set(keys) - known for keys in topics.values()):
            raise serializers.ValidationError(_("Choose among the channels that can reach you."))
        return topics


class PreferenceRows(Single):
    """Through which channels one is told of what, in which language, and when not."""

    serializer_class = PreferenceSerializer

    def kept(self, wishes: Wishes) -> dict[str, Any]:
        """Return the settings as they are."""
        person = cast(User, self.request.user)
        kept = Preference.objects.filter(person=person).first() or Preference(language=settings.LANGUAGE_CODE)
        wanted = {topic: [channel.pk for channel in wishes.wanted(person, topic)] for topic in Topic.values}
        quiet = {"quiet_from": kept.quiet_from, "quiet_until": kept.quiet_until}
        return {"language": kept.language, **quiet, "topics": wanted}

    @extend_schema(responses=PreferenceSerializer)
    def list(self, request: Request) -> Response:
        self.asked(Nothing)
        person = cast(User, request.user)
        wishes = Wishes([person.pk])
        return Response(PreferenceSerializer({**self.kept(wishes), "channels": wishes.open_to(person)}).data)

    @verb("set", Wanted, PreferenceSerializer, detail=False)
    def set(self, request: Request) -> Response:
        person = cast(User, request.user)
        wishes = Wishes([person.pk])
        channels, kept = wishes.open_to(person), self.kept(wishes)
        sent = self.typed(Wanted, channels=channels)
        wanted = {**kept.pop("topics"), **sent.pop("topics", {})}
        set_preferences(person=person, wanted=wanted, **{**kept, **sent}, at=timezone.now())
        return Response(PreferenceSerializer({**self.kept(Wishes([person.pk])), "channels": channels}).data)
