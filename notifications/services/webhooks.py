"""Telling programs what happens: the chains of inspections, posted in order, signed, until they are taken."""

import hashlib
import hmac
import json
import logging
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Unit
from audit.models import Chain, Event
from audit.services import diff, open_trail
from core.exceptions import RuleViolation
from issues.models import Inspection
from notifications.channels.message import LONGEST_ERROR, NotSent, one_line
from notifications.channels.ssrf_safe_http import NotAllowed, post_guarded, target_of
from notifications.models import Subscription, Webhook
from notifications.permissions import require_system_admin
from notifications.services.settings import CHAIN
from notifications.verbs import NotificationVerb

log = logging.getLogger(__name__)
FIELDS = ("name", "url", "organisation", "is_active")
EVENTS_AT_ONCE = 100
OF_INSPECTIONS = "inspection:"
Clock = Callable[[], datetime]


def set_webhook(
    *, webhook: Webhook | None, values: Mapping[str, Any], by: Any, at: datetime, secret: str = ""
) -> tuple[Webhook, str]:
    """Name an address, or change one; return it with its secret where it was made now, else with an empty text.

    `secret` is that of a new one, where the caller has one already. What happened before is not told. Raises
    `Forbidden` unless `by` administers the system, `RuleViolation` for an address inside a network that the settings do
    not release, and for a name in use.
    """
    require_system_admin(by)
    made = "" if webhook else secret or secrets.token_hex(32)
    webhook = webhook or Webhook(secret=made)
    kept = {name: value for name, value in values.items() if name in FIELDS}
    _check_address(str(kept.get("url", webhook.url)))
    with open_trail(CHAIN, at=at) as trail:
        changes = diff(webhook, kept)
        for name, value in kept.items():
            setattr(webhook, name, value)
        try:
            with transaction.atomic():
                webhook.save()
        except IntegrityError as error:
            raise RuleViolation(_("There is a webhook of this name."), field="name") from error
        if made or "organisation" in changes:  # what is added to it begins now, too
            _subscribe(webhook, from_the_end=True)
        if {"url", "is_active", "organisation"} & set(changes):
            webhook.subscriptions.update(next_attempt_at=None)
        trail.record(NotificationVerb.SET_WEBHOOK, by=by, obj=webhook, changes=changes)
    return webhook, made


def try_now(*, webhook: Webhook, by: Any) -> None:
    """Let the next round try at once, whatever failed before. Raises `Forbidden`."""
    require_system_admin(by)
    webhook.subscriptions.update(next_attempt_at=None)


def _check_address(url: str) -> None:
    try:
        target_of(url)
    except NotAllowed as error:
        told = {"reason": str(error)}
        raise RuleViolation(_("Nothing may be sent to this address. %(reason)s") % told, field="url") from error
    except NotSent:
        return  # a name that nobody knows now may be known later; each sending checks it again


@dataclass
class Told:
    """What became of a round: how many events were taken, how many posts failed."""

    events: int = 0
    failed: int = 0


def tell_webhooks(*, clock: Clock) -> Told:
    """Post what has happened to every webhook, one chain after the other, until it is told or fails."""
    for webhook in Webhook.objects.filter(is_active=True):
        _subscribe(webhook)
    told = Told()
    for pk in Subscription.objects.due(clock()).order_by("pk").values_list("pk", flat=True):
        while (held := claim(subscription_id=pk, at=clock())) is not None:
            if not _tell(held, told, clock):
                break
    return told


def _subscribe(webhook: Webhook, *, from_the_end: bool = False) -> None:
    """Follow the chains of all inspections that the webhook is for; a new one from its first event."""
    chains = Chain.objects.filter(key__startswith=OF_INSPECTIONS).exclude(pk__in=webhook.subscriptions.values("chain"))
    if webhook.organisation is not None:
        chains = chains.filter(key__in=_chains_of(webhook.organisation))
    Subscription.objects.bulk_create(
        [Subscription(webhook=webhook, chain=chain, seq=chain.head_seq if from_the_end else 0) for chain in chains],
        ignore_conflicts=True,
    )


def _chains_of(organisation: Unit) -> list[str]:
    inspections = Inspection.objects.filter(organisation__path__startswith=organisation.path or "/")
    return [inspection.chain for inspection in inspections]


def claim(*, subscription_id: int, at: datetime) -> Subscription | None:
    """Take a subscription for this worker; None where there is nothing to tell or another tells it."""
    rows = Subscription.objects.select_related("webhook", "chain")
    return rows.claim(subscription_id, at=at, lease=timedelta(seconds=settings.DELIVERY_LEASE_SECONDS))


def _tell(held: Subscription, told: Told, clock: Clock) -> bool:
    """Post the next events of a chain; return whether they were taken."""
    events = list(held.chain.events.filter(seq__gt=held.seq).order_by("seq")[:EVENTS_AT_ONCE])
    try:
        if not events or not _is_for(held.webhook, held.chain):
            held.release(seq=held.chain.head_seq)
            return False
        body = body_of(held.chain, events)
        post_guarded(held.webhook.url, body, headers_of(held.webhook, body, events, at=clock()))
    except Exception as error:
        if not isinstance(error, NotSent):
            log.exception("Webhook %s failed unexpectedly", held.webhook_id)
        held.fail(one_line(str(error) or type(error).__name__)[:LONGEST_ERROR], at=clock())
        told.failed += 1
        return False
    told.events += len(events) if held.succeed(seq=events[-1].seq, told_at=clock()) else 0
    return True


def _is_for(webhook: Webhook, chain: Chain) -> bool:
    return webhook.organisation is None or chain.key in _chains_of(webhook.organisation)


def body_of(chain: Chain, events: list[Event]) -> bytes:
    """Return what is posted: what happened to which row and when. Names and texts are for the API to give."""
    rows = [
        {"seq": each.seq, "at": each.at.isoformat(), "verb": each.verb, "kind": each.kind, "object_id": each.object_id}
        for each in events
    ]
    inspection = Inspection.objects.filter(pk=chain.key.removeprefix(OF_INSPECTIONS)).values_list("code", flat=True)
    return json.dumps(
        {"chain": chain.key, "inspection": inspection.first(), "events": rows}, ensure_ascii=False
    ).encode()


def headers_of(webhook: Webhook, body: bytes, events: list[Event], *, at: datetime) -> dict[str, str]:
    """Return the time and the signature of `time.body`, and a name by which a doublet is known."""
    now = str(int(at.timestamp()))
    signed = hmac.new(webhook.secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    told = f"{events[0].chain_id}-{events[0].seq}-{events[-1].seq}"
    return {"X-Rectify-Id": told, "X-Rectify-Timestamp": now, "X-Rectify-Signature": f"sha256={signed}"}
