"""Webhooks: the chains of inspections, posted to programs in order, signed, until they are accepted."""

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

from accounts.models import Actor, Unit
from audit.models import Chain, Event
from audit.services import diff, open_trail
from core.exceptions import RuleViolation
from issues.models import Inspection
from notifications.channels.message import LONGEST_ERROR, NotSent, one_line
from notifications.channels.ssrf_safe_http import NotAllowed, resolve, safe_post
from notifications.models import Subscription, Webhook
from notifications.permissions import require_system_admin
from notifications.services.settings import CHAIN
from notifications.verbs import NotificationVerb

log = logging.getLogger(__name__)
FIELDS = ("name", "url", "organisation", "is_active")
EVENTS_AT_ONCE = 100
INSPECTION_PREFIX = "inspection:"
Clock = Callable[[], datetime]


def set_webhook(
    *, webhook: Webhook | None, values: Mapping[str, Any], by: Actor, at: datetime, secret: str = ""
) -> tuple[Webhook, str]:
    """Add an address, or change one; return it with its secret where it is new, else with an empty text.

    `secret` is that of a new one, where the caller has one already. What happened before is not sent. Raises
    `Forbidden` unless `by` administers the system, `RuleViolation` for an address inside a network that the settings do
    not allow, and for a name in use.
    """
    require_system_admin(by)
    new_secret = "" if webhook else secret or secrets.token_hex(32)
    webhook = webhook or Webhook(secret=new_secret)
    values = {name: value for name, value in values.items() if name in FIELDS}
    _check_address(str(values.get("url", webhook.url)))
    with open_trail(CHAIN, at=at) as trail:
        changes = diff(webhook, values)
        for name, value in values.items():
            setattr(webhook, name, value)
        try:
            with transaction.atomic():
                webhook.save()
        except IntegrityError as error:
            raise RuleViolation(_("There is a webhook of this name."), field="name") from error
        if new_secret or "organisation" in changes:  # what is added to it begins now, too
            _subscribe(webhook, from_the_end=True)
        if {"url", "is_active", "organisation"} & set(changes):
            webhook.subscriptions.update(next_attempt_at=None)
        trail.record(NotificationVerb.SET_WEBHOOK, by=by, obj=webhook, changes=changes)
    return webhook, new_secret


def retry_webhook(*, webhook: Webhook, by: Actor) -> None:
    """Let the next run try at once, whatever failed before. Raises `Forbidden`."""
    require_system_admin(by)
    webhook.subscriptions.update(next_attempt_at=None)


def _check_address(url: str) -> None:
    try:
        resolve(url)
    except NotAllowed as error:
        reason = {"reason": str(error)}
        raise RuleViolation(_("Nothing may be sent to this address. %(reason)s") % reason, field="url") from error
    except NotSent:
        return  # a name that is unknown now may be known later; each sending checks it again


@dataclass
class WebhookOutcome:
    """What became of a run: how many events were accepted, how many posts failed."""

    events: int = 0
    failed: int = 0


def send_webhooks(*, clock: Clock) -> WebhookOutcome:
    """Post what has happened to every webhook, one chain after the other, until all is accepted or one fails."""
    for webhook in Webhook.objects.filter(is_active=True):
        _subscribe(webhook)
    outcome = WebhookOutcome()
    for pk in Subscription.objects.due(clock()).order_by("pk").values_list("pk", flat=True):
        while (subscription := claim(subscription_id=pk, at=clock())) is not None:
            if not _send_next(subscription, outcome, clock):
                break
    return outcome


def _subscribe(webhook: Webhook, *, from_the_end: bool = False) -> None:
    """Follow the chains of all inspections that the webhook is for; a new one from its first event."""
    chains = Chain.objects.filter(key__startswith=INSPECTION_PREFIX).exclude(
        pk__in=webhook.subscriptions.values("chain")
    )
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
    """Take a subscription for this worker; None where there is nothing to send or another worker sends it."""
    rows = Subscription.objects.select_related("webhook", "chain")
    return rows.claim(subscription_id, at=at, lease=timedelta(seconds=settings.DELIVERY_LEASE_SECONDS))


def _send_next(subscription: Subscription, outcome: WebhookOutcome, clock: Clock) -> bool:
    """Post the next events of a chain; return whether they were accepted."""
    webhook, chain = subscription.webhook, subscription.chain
    events = list(chain.events.filter(seq__gt=subscription.seq).order_by("seq")[:EVENTS_AT_ONCE])
    try:
        if not events or not _is_for(webhook, chain):
            subscription.release(seq=chain.head_seq)
            return False
        body = body_of(chain, events)
        safe_post(webhook.url, body, headers_of(webhook, body, events, at=clock()))
    except Exception as error:
        if not isinstance(error, NotSent):
            log.exception("Webhook %s failed unexpectedly", webhook.pk)
        subscription.fail(one_line(str(error) or type(error).__name__)[:LONGEST_ERROR], at=clock())
        outcome.failed += 1
        return False
    outcome.events += len(events) if subscription.succeed(seq=events[-1].seq, sent_at=clock()) else 0
    return True


def _is_for(webhook: Webhook, chain: Chain) -> bool:
    return webhook.organisation is None or chain.key in _chains_of(webhook.organisation)


def body_of(chain: Chain, events: list[Event]) -> bytes:
    """Return what is posted: what happened to which row and when. Names and texts are for the API to give."""
    rows = [
        {"seq": each.seq, "at": each.at.isoformat(), "verb": each.verb, "kind": each.kind, "object_id": each.object_id}
        for each in events
    ]
    inspection = Inspection.objects.filter(pk=chain.key.removeprefix(INSPECTION_PREFIX)).values_list("code", flat=True)
    return json.dumps(
        {"chain": chain.key, "inspection": inspection.first(), "events": rows}, ensure_ascii=False
    ).encode()


def headers_of(webhook: Webhook, body: bytes, events: list[Event], *, at: datetime) -> dict[str, str]:
    """Return the time and the signature of `time.body`, and an id by which a doublet is known."""
    now = str(int(at.timestamp()))
    signed = hmac.new(webhook.secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    identity = f"{events[0].chain_id}-{events[0].seq}-{events[-1].seq}"
    return {"X-Rectify-Id": identity, "X-Rectify-Timestamp": now, "X-Rectify-Signature": f"sha256={signed}"}
