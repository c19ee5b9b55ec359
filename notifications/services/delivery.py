"""Deliveries: claimed by a conditional update, sent outside of any transaction, ended by another one.

What was accepted by the other side just before the power went is sent once more (docs/adr): a reminder twice is a
nuisance, one that never came is a deadline missed. The key of the delivery lets the receiver tell the doublet.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from core.transitions import transition
from notifications.channels import SENDERS, MailBag, Message, NotSent
from notifications.channels.message import LONGEST_ERROR, one_line
from notifications.models import Channel, Delivery, Notification, Preference
from notifications.services.rendering import Told, is_visible, reminders_of, tell_in_full

log = logging.getLogger(__name__)
AT_ONCE = 2000
"""Most deliveries of one round; what is left goes with the next one, a minute later."""
Clock = Callable[[], datetime]


@dataclass
class Outcome:
    """What became of a round of deliveries."""

    sent: int = 0
    failed: int = 0
    again: int = 0
    skipped: int = 0
    down: set[int] = field(default_factory=set)


def deliver_due(*, clock: Clock) -> Outcome:
    """Send what is due. `clock` gives the time of each step, for a round takes its time.

    A channel through which nothing gets is left alone for the rest of the round: what waits for it does not use up
    its attempts.
    """
    outcome = Outcome()
    due = Delivery.objects.due(clock()).order_by("next_attempt_at", "pk").values_list("pk", "channel")
    with MailBag() as bag:
        for pk, channel in due[:AT_ONCE]:
            if channel not in outcome.down and (held := claim(delivery_id=pk, at=clock())) is not None:
                _deliver(held, bag, outcome, clock)
    return outcome


def claim(*, delivery_id: int, at: datetime) -> Delivery | None:
    """Take a delivery for this worker; None where another holds it or it was tried too often."""
    rows = Delivery.objects.select_related("notice__person__unit", "channel")
    lease = timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    return rows.claim(delivery_id, at=at, lease=lease, status=Delivery.Status.SENDING)


def _deliver(delivery: Delivery, bag: MailBag, outcome: Outcome, clock: Clock) -> None:
    reason = _reason_to_skip(delivery)
    if reason:
        outcome.skipped += delivery.release(status=Delivery.Status.SKIPPED, ended_at=clock(), error=reason)
        return
    try:
        _send(delivery, bag)
    except NotSent as error:
        outcome.down |= {delivery.channel_id} if error.is_down else set()
        _fail(delivery, error, outcome, clock())
    except Exception as error:
        log.exception("Delivery %s failed unexpectedly", delivery.pk)
        _fail(delivery, NotSent(f"{type(error).__name__}: {error}"), outcome, clock())
    else:
        outcome.sent += delivery.succeed(status=Delivery.Status.SENT, ended_at=clock())


def _fail(delivery: Delivery, error: NotSent, outcome: Outcome, at: datetime) -> None:
    reason = one_line(str(error) or _("unknown error"))[:LONGEST_ERROR]
    if delivery.fail(reason, at=at, is_final=error.is_final):
        is_over = delivery.status == Delivery.Status.FAILED
        outcome.failed += is_over
        outcome.again += not is_over


def _reason_to_skip(delivery: Delivery) -> str:
    """Say why this is not sent after all: things may have changed since it was made."""
    notice, channel = delivery.notice, delivery.channel
    if not notice.person.is_active:
        return _("The person is not active any more.")
    if not channel.is_active:
        return _("The channel was switched off.")
    if channel.kind == Channel.Kind.MAIL and not notice.person.email:
        return _("The person has no address any more.")
    is_empty = notice.kind == "digest" and not reminders_of(notice).exists()
    if is_empty or not is_visible(notice, person=notice.person):
        return _("The person does not see any more what it is about.")
    return ""


def _send(delivery: Delivery, bag: MailBag) -> None:
    kept = Preference.objects.filter(person=delivery.notice.person_id).first()
    with translation.override(kept.language if kept else settings.LANGUAGE_CODE):
        message = message_of(delivery.notice, key=str(delivery.key))
    if delivery.channel.kind == Channel.Kind.MAIL:
        bag.send(message)
    else:
        SENDERS[delivery.channel.kind](delivery.channel, message)


def message_of(notice: Notification, *, key: str) -> Message:
    """Put a notice into words as a message carries it, with absolute addresses, in the language that is active."""
    told, person = tell_in_full(notice), notice.person
    context = {"told": told, "person": person, "base_url": settings.BASE_URL, "inbox_url": _inbox(), "notice": notice}
    return Message(
        key=key,
        kind=notice.kind,
        topic=notice.topic,
        at=notice.at,
        name=person.name,
        username=person.username,
        email=person.email,
        title=_title(told),
        brief=told.brief,
        text=render_to_string("notifications/mail/notice.txt", context),
        html=render_to_string("notifications/mail/notice.html", context),
        url=settings.BASE_URL + told.path,
        inbox_url=_inbox(),
    )


def _inbox() -> str:
    return f"{settings.BASE_URL}/inbox/"


def _title(told: Told) -> str:
    subject = f" · {told.subject}" if told.subject else ""
    return _("[Rectification] %(title)s") % {"title": f"{told.title}{subject}"[:150]}


def send_again(*, deliveries: Iterable[Delivery], at: datetime) -> int:
    """Put failed deliveries back with a new set of attempts; return how many. Raises `Conflict` where one was first."""
    count = 0
    for delivery in deliveries:
        fresh: dict[str, Any] = {"next_attempt_at": at, "ended_at": None, "failures": 0}
        transition(delivery, Delivery.Status.WAITING, steps=Delivery.STEPS, **fresh)
        count += 1
    return count
