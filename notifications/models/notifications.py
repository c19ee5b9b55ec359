"""What a person is notified of, and how far the trail has been read."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Viewer
from audit.models import Chain


class Topic(models.TextChoices):
    """What a notification is about, as people choose their channels for it."""

    OVERDUE = "overdue", _("overdue")
    DUE = "due", _("due soon")
    URGE = "urge", _("urged")
    REVIEW = "review", _("waiting for my decision")
    RESULT = "result", _("decided")
    EXTENSION = "extension", _("extensions")
    DUTY = "duty", _("handed over")
    IMPORT = "import", _("imports")


THAT_STAY = (Topic.OVERDUE, Topic.URGE)
"""Topics that no one can switch off."""


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Adjectives of notifications."""

    def visible_to(self, user: Viewer) -> "NotificationQuerySet":
        """Keep those addressed to the user; no one reads the inbox of another person."""
        return self.filter(person=user.pk) if user.is_authenticated else self.none()

    def unread(self) -> "NotificationQuerySet":
        return self.filter(read_at=None)


class Notification(models.Model):
    """One thing that one person is notified of. Its text is made when it is displayed, in the reader's language.

    `data` is what happened, frozen; `kind` says which words; `key` is unique for the person, so that what is read
    twice is stored once. The object is a kind and an id, for it may belong to any app.
    """

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="notifications", verbose_name=_("person"))
    key = models.CharField(_("key"), max_length=120)
    kind = models.CharField(_("kind"), max_length=40)
    topic = models.CharField(_("topic"), max_length=12, choices=Topic.choices)
    object_kind = models.CharField(_("kind of object"), max_length=60)
    object_id = models.BigIntegerField(_("object's id"))
    data = models.JSONField(_("data"), default=dict)
    at = models.DateTimeField(_("at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="notification_once_per_person"),
            models.CheckConstraint(condition=Q(topic__in=Topic.values), name="notification_topic_known"),
        ]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="notification_in_order"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notification_unread"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def is_read(self) -> bool:
        return self.read_at is not None


class Cursor(models.Model):
    """How far a chain of events has been turned into notifications; it moves in the transaction that stores them."""

    chain = models.OneToOneField(Chain, on_delete=models.PROTECT, related_name="+", verbose_name=_("chain"))
    seq = models.PositiveBigIntegerField(_("last sequence number read"), default=0)

    class Meta:
        verbose_name = _("cursor")
        verbose_name_plural = _("cursors")

    def __str__(self) -> str:
        return f"{self.chain_id} {self.seq}"
