"""Deliveries: claimed by a conditional update, sent outside of any transaction, ended by another one.

What was accepted by the other side just before the power went is sent once more (docs/adr): a reminder twice is a
nuisance, one that never came is a deadline missed. The key of the delivery lets the receiver
recognise the doublet.
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
from notifications.services.rendering import RenderedNotification, may_see_object, reminders_of, render_for_message

log = logging.getLogger(__name__)
AT_ONCE = 2000
"""Most deliveries of one run; what is left goes with the next one, a minute later."""
Clock = Callable[[], datetime]


@dataclass
class DeliveryOutcome:
    """What became of a run of deliveries."""

    sent: int = 0
    failed: int = 0
    again: int = 0
    skipped: int = 0
    down: set[int] = field(default_factory=set)


def deliver_due(*, clock: Clock) -> DeliveryOutcome:
    """Send what is due. `clock` gives the time of each step, for a run takes its time.

    A channel through which nothing gets is left alone for the rest of the run: what waits for it does not use up
    its attempts.
    """
    outcome = DeliveryOutcome()
    due = Delivery.objects.due(clock()).order_by("next_attempt_at", "pk").values_list("pk", "channel")
    with MailBag() as bag:
        for pk, channel in due[:AT_ONCE]:
            if channel not in outcome.down and (delivery := claim(delivery_id=pk, at=clock())) is not None:
                _deliver(delivery, bag, outcome, clock)
    return outcome


def claim(*, delivery_id: int, at: datetime) -> Delivery | None:
    """Take a delivery for this worker; None where another holds it or it was tried too often."""
    rows = Delivery.objects.select_related("notification__person__unit", "channel")
    lease = timedelta(seconds=settings.DELIVERY_LEASE_SECONDS)
    return rows.claim(delivery_id, at=at, lease=lease, status=Delivery.Status.SENDING)


def _deliver(delivery: Delivery, bag: MailBag, outcome: DeliveryOutcome, clock: Clock) -> None:
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


def _fail(delivery: Delivery, error: NotSent, outcome: DeliveryOutcome, at: datetime) -> None:
    reason = one_line(str(error) or _("unknown error"))[:LONGEST_ERROR]
    if delivery.fail(reason, at=at, is_final=error.is_final):
        is_over = delivery.status == Delivery.Status.FAILED
        outcome.failed += is_over
        outcome.again += not is_over


def _reason_to_skip(delivery: Delivery) -> str:
    """Say why this is not sent after all: things may have changed since it was created."""
    notification, channel = delivery.notification, delivery.channel
    if not notification.person.is_active:
        return _("The person is no longer active.")
    if not channel.is_active:
        return _("The channel was switched off.")
    if channel.kind == Channel.Kind.MAIL and not notification.person.email:
        return _("The person no longer has an address.")
    is_empty = notification.kind == "digest" and not reminders_of(notification).exists()
    if is_empty or not may_see_object(notification.person, notification):
        return _("The person can no longer see what this is about.")
    return ""


def _send(delivery: Delivery, bag: MailBag) -> None:
    preference = Preference.objects.filter(person=delivery.notification.person_id).first()
    with translation.override(preference.language if preference else settings.LANGUAGE_CODE):
        message = message_of(delivery.notification, key=str(delivery.key))
    if delivery.channel.kind == Channel.Kind.MAIL:
        bag.send(message)
    else:
        SENDERS[delivery.channel.kind](delivery.channel, message)


def message_of(notification: Notification, *, key: str) -> Message:
    """Put a notification into words as a message carries it, with absolute addresses, in the active language."""
    rendered, person = render_for_message(notification), notification.person
    inbox_url = f"{settings.BASE_URL}/inbox/"
    context = {"rendered": rendered, "person": person, "notification": notification}
    context |= {"base_url": settings.BASE_URL, "inbox_url": inbox_url}
    return Message(
        key=key,
        kind=notification.kind,
        topic=notification.topic,
        at=notification.at,
        name=person.name,
        username=person.username,
        email=person.email,
        title=_title(rendered),
        brief=rendered.brief,
        text=render_to_string("notifications/mail/notification.txt", context),
        html=render_to_string("notifications/mail/notification.html", context),
        url=settings.BASE_URL + rendered.path,
        inbox_url=inbox_url,
    )


def _title(rendered: RenderedNotification) -> str:
    subject = f" · {rendered.subject}" if rendered.subject else ""
    return _("[Rectification] %(title)s") % {"title": f"{rendered.title}{subject}"[:150]}


def send_again(*, deliveries: Iterable[Delivery], at: datetime) -> int:
    """Put failed deliveries back with a new set of attempts; return how many. Raises `Conflict` where one was first."""
    count = 0
    for delivery in deliveries:
        fresh: dict[str, Any] = {"next_attempt_at": at, "ended_at": None, "failures": 0}
        transition(delivery, Delivery.Status.WAITING, steps=Delivery.STEPS, **fresh)
        count += 1
    return count
