"""Webhooks: addresses of programs with a secret, and how far each chain was sent to them."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit
from audit.models import Chain
from core.leases import LeasedQuerySet, LeasedRow


class Webhook(models.Model):
    """An address to which the events of inspections are posted, signed: what happened to which row, without texts.

    What the rows say a program reads by the API, as far as its own token may. The secret of the signature is displayed
    once, when the webhook is added.
    """

    KIND = "webhook"

    name = models.CharField(_("name"), max_length=60, unique=True)
    url = models.CharField(_("address"), max_length=300)
    secret = models.CharField(_("secret for the signature"), max_length=64)
    organisation = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("inspections of")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~Q(url="") & ~Q(secret=""), name="webhook_has_address_and_secret")
        ]

    def __str__(self) -> str:
        return self.name


class SubscriptionQuerySet(LeasedQuerySet["Subscription"]):
    """Adjectives of subscriptions."""

    def unfinished(self) -> "SubscriptionQuerySet":
        """Keep those whose chain has events that the webhook has not got yet."""
        return self.filter(webhook__is_active=True, seq__lt=F("chain__head_seq"))


class Subscription(LeasedRow):
    """How far one chain was sent to one webhook. The chain itself is the queue: what was not accepted stays in it."""

    # Never given up: a receiver that was away for a week gets the week.
    PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720))

    webhook = models.ForeignKey(
        Webhook, on_delete=models.CASCADE, related_name="subscriptions", verbose_name=_("webhook")
    )
    chain = models.ForeignKey(Chain, on_delete=models.PROTECT, related_name="+", verbose_name=_("chain"))
    seq = models.PositiveBigIntegerField(_("last sequence number sent"), default=0)
    sent_at = models.DateTimeField(_("last sent at"), null=True, blank=True)

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["webhook", "chain"]
        constraints = [
            models.UniqueConstraint(fields=["webhook", "chain"], name="subscription_once_per_chain"),
            models.CheckConstraint(condition=Q(failures=0) | ~Q(error=""), name="subscription_failed_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.chain_id} {self.seq}"
