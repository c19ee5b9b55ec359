"""Chains of events: what happened, in the order of commit, each event hashed with its predecessor."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.verbs import Recordable
from core import guards

GENESIS = "0" * 64
"""The hash before the first event of a chain."""


class Chain(models.Model):
    """One row per chain; its head catches a cut tail, and locking it puts the writers in order."""

    KIND = "chain"

    key = models.CharField(_("key"), max_length=80, unique=True)
    head_seq = models.PositiveBigIntegerField(_("last sequence number"), default=0)
    head_hash = models.CharField(_("last hash"), max_length=64, default=GENESIS)
    head_at = models.DateTimeField(_("time of the last event"), null=True, blank=True)

    class Meta:
        verbose_name = _("chain")
        verbose_name_plural = _("chains")
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key


class EventQuerySet(models.QuerySet["Event"]):
    """Adjectives of events."""

    def about(self, obj: Recordable) -> "EventQuerySet":
        """Keep what happened to one object."""
        return self.filter(kind=obj.KIND, object_id=obj.pk)

    def newest_first(self) -> "EventQuerySet":
        return self.order_by("-at", "-id")


class Event(models.Model):
    """One thing that happened. `text` is the canonical JSON that was hashed; the columns repeat it for queries."""

    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="events", verbose_name=_("chain"))
    seq = models.PositiveBigIntegerField(_("sequence number"))
    at = models.DateTimeField(_("time"))
    actor_id = models.BigIntegerField(_("actor's id"), null=True, blank=True)
    actor_label = models.CharField(_("actor"), max_length=200, blank=True)
    verb = models.CharField(_("verb"), max_length=60)
    kind = models.CharField(_("kind of object"), max_length=60)
    object_id = models.BigIntegerField(_("object's id"), null=True, blank=True)
    text = models.TextField(_("canonical text"))
    previous_hash = models.CharField(_("hash of the predecessor"), max_length=64)
    hash = models.CharField(_("hash"), max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["chain", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "seq"], name="event_seq_once_per_chain"),
            models.CheckConstraint(condition=models.Q(seq__gte=1), name="event_seq_from_one"),
        ]
        indexes = [models.Index(fields=["kind", "object_id", "at"], name="event_by_object")]

    def __str__(self) -> str:
        return f"{self.chain.key} {self.seq} {self.verb}"


guards.protect("audit_event", message="Events are never changed or deleted.")
guards.register(
    guards.Guard(
        "audit_chain_no_delete", "audit_chain", "DELETE", "A chain with events is never deleted.", "OLD.head_seq > 0"
    ),
    guards.Guard(
        "audit_chain_head_moves_on",
        "audit_chain",
        "UPDATE",
        "The head of a chain only moves on, one event at a time.",
        "NEW.head_seq <> OLD.head_seq + 1 OR NEW.key <> OLD.key",
    ),
)
