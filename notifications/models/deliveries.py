"""How notifications get to people: channels, personal settings, and one row per notification and channel."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.leases import LeasedQuerySet, LeasedRow
from core.transitions import Transitions
from notifications.models.notifications import Notification, Topic


class ChannelQuerySet(models.QuerySet["Channel"]):
    """Adjectives of channels."""

    def active(self) -> "ChannelQuerySet":
        return self.filter(is_active=True)


class Channel(models.Model):
    """A way out: mail, a robot of a group chat, or a signed webhook of the bureau's own message hub.

    All members of a robot's chat read what it says: who has how many notifications, never what they say. Token and
    secret are written by the system administrator and not displayed again.
    """

    KIND = "channel"

    class Kind(models.TextChoices):
        MAIL = "mail", _("mail")
        WECOM = "wecom", _("WeCom robot")
        DINGTALK = "dingtalk", _("DingTalk robot")
        FEISHU = "feishu", _("Feishu robot")
        WEBHOOK = "webhook", _("signed webhook")

    ROBOTS = (Kind.WECOM, Kind.DINGTALK, Kind.FEISHU)

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("name"), max_length=60, unique=True)
    base_url = models.CharField(_("base address"), max_length=300, blank=True)
    token = models.CharField(_("key or token"), max_length=200, blank=True)
    secret = models.CharField(_("secret for the signature"), max_length=200, blank=True)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("for people of")
    )
    by_default = models.BooleanField(_("for all who have not chosen"), default=True)
    is_active = models.BooleanField(_("active"), default=True)

    objects = ChannelQuerySet.as_manager()

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["kind"], condition=Q(kind="mail"), name="channel_one_mail"),
            models.CheckConstraint(
                condition=Q(kind__in=["mail", "wecom", "dingtalk", "feishu", "webhook"]), name="channel_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(kind="mail", base_url="") | (~Q(kind="mail") & ~Q(base_url="")),
                name="channel_has_address",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class DeliveryQuerySet(LeasedQuerySet["Delivery"]):
    """Adjectives of deliveries."""

    def unfinished(self) -> "DeliveryQuerySet":
        return self.filter(status__in=Delivery.UNFINISHED)


class Delivery(LeasedRow):
    """One notification on its way through one channel.

    `key` names the message to the receiving side, the same at every attempt: what was accepted just before the
    power went is sent once more, and recognised by it.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")
        SKIPPED = "skipped", _("left out")

    UNFINISHED = (Status.WAITING, Status.SENDING)
    MOST_FAILURES = 8
    PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))

    STEPS: Transitions = {
        Status.WAITING: frozenset({Status.SENDING}),
        Status.SENDING: frozenset({Status.SENDING, Status.WAITING, Status.SENT, Status.FAILED, Status.SKIPPED}),
        Status.FAILED: frozenset({Status.WAITING}),
    }

    notification = models.ForeignKey(
        Notification, on_delete=models.PROTECT, related_name="deliveries", verbose_name=_("message")
    )
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+", verbose_name=_("channel"))
    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.WAITING)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["notification", "channel"], name="delivery_once_per_channel"),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "sending", "sent", "failed", "skipped"]),
                name="delivery_status_known",
            ),
            models.CheckConstraint(
                condition=~Q(status="sending") | Q(lease_until__isnull=False), name="delivery_sending_has_lease"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["failed", "skipped"]) | ~Q(error=""), name="delivery_failed_has_reason"
            ),
            models.CheckConstraint(
                condition=(~Q(status__in=["sent", "failed", "skipped"]) | Q(ended_at__isnull=False))
                & (~Q(status__in=["waiting", "sending"]) | Q(ended_at=None)),
                name="delivery_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at", "id"], condition=Q(status__in=["waiting", "sending"]), name="delivery_due"
            ),
            models.Index(fields=["status"], name="delivery_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.notification_id} {self.channel_id} {self.status}"

    def values_put_back(self, at: datetime) -> dict[str, Any]:
        return {"status": self.Status.WAITING}

    def values_given_up(self, at: datetime) -> dict[str, Any]:
        return {"status": self.Status.FAILED, "ended_at": at}


class Preference(models.Model):
    """How a person wants to be notified: the language of messages, and hours in which nothing is sent."""

    person = models.OneToOneField(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    language = models.CharField(_("language of messages"), max_length=10, default="zh-hans")
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        verbose_name = _("personal setting")
        verbose_name_plural = _("personal settings")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None)
                | (Q(quiet_from__isnull=False, quiet_until__isnull=False) & ~Q(quiet_from=F("quiet_until"))),
                name="preference_quiet_has_both_ends",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}"


class Choice(models.Model):
    """That a person wants, or does not want, one topic through one channel; without a row the channel's default."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    topic = models.CharField(_("topic"), max_length=12, choices=Topic.choices)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+", verbose_name=_("channel"))
    is_wanted = models.BooleanField(_("wanted"))

    class Meta:
        verbose_name = _("choice of a channel")
        verbose_name_plural = _("choices of channels")
        constraints = [
            models.UniqueConstraint(fields=["person", "topic", "channel"], name="choice_once"),
            models.CheckConstraint(condition=Q(topic__in=Topic.values), name="choice_topic_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.topic} {self.channel_id} {self.is_wanted}"
