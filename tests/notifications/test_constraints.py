"""What the database refuses of notifications, reminders, channels and deliveries, whoever writes it."""

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from audit.models import Chain
from notifications.models import (
    Channel,
    Choice,
    Delivery,
    Digest,
    Notification,
    Preference,
    Reminder,
    ReminderRule,
    Subscription,
    Topic,
    Webhook,
)
from tests.database_constraints import constraints_of, put, refused_by
from tests.factories import NOW, TODAY, Cast

pytestmark = pytest.mark.django_db


class Rows:
    """One good row of each table; what is tried differs from it in one thing."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.measure = cast, cast.measure()
        self.person = cast.office
        self.made = 0
        self.notification = self._notification("first")
        self.digest = Digest.objects.create(person=self.person, day=TODAY, notification=self.notification)
        self.channel = Channel.objects.get(kind="mail")

    def _notification(self, key: str) -> Notification:
        about: dict[str, Any] = {"kind": "digest", "topic": Topic.DUE, "object_kind": "user", "object_id": 1}
        return Notification.objects.create(person=self.person, key=key, at=NOW, **about)

    def put_notification(self, **values: Any) -> None:
        about: dict[str, Any] = {"kind": "digest", "topic": "due", "object_kind": "x", "object_id": 1, "key": "k"}
        put(Notification, **{"person": self.person, "at": NOW, **about, **values})

    def put_rule(self, **values: Any) -> None:
        put(ReminderRule, **{"inspection": self.cast.inspection, "subject": "measure", "days": 1, **values})

    def put_reminder(self, **values: Any) -> None:
        item: dict[str, Any] = {"measure": self.measure, "stage": "", "deadline": TODAY, "step": 7, "offset": 7}
        put(Reminder, **{"digest": self.digest, "person": self.person, **item, **values})

    def put_delivery(self, **values: Any) -> None:
        put(Delivery, **{"notification": self.notification, "channel": self.channel, "next_attempt_at": NOW, **values})

    def put_channel(self, **values: Any) -> None:
        self.made += 1
        put(Channel, **{"kind": "wecom", "name": f"c{self.made}", "base_url": "https://a", **values})

    def put_choice(self, **values: Any) -> None:
        row: dict[str, Any] = {"person": self.person, "topic": "due", "channel": self.channel, "is_wanted": True}
        put(Choice, **{**row, **values})

    def put_digest(self, **values: Any) -> None:
        put(Digest, **{"person": self.person, "day": TODAY, "notification": self._notification("second"), **values})

    def put_webhook(self, **values: Any) -> None:
        put(Webhook, **{"name": "Screen", "url": "https://screen.example", "secret": "s", **values})

    def put_subscription(self, **values: Any) -> None:
        webhook, _made = Webhook.objects.get_or_create(name="Platform", url="https://city.example", secret="s")
        chain = Chain.objects.get(key=self.cast.inspection.chain)
        put(Subscription, **{"webhook": webhook, "chain": chain, **values})

    def put_preference(self, **values: Any) -> None:
        put(Preference, **{"person": self.person, **values})


def twice(call: Callable[[], None]) -> None:
    call()
    call()


REFUSED: dict[str, Callable[[Rows], None]] = {
    "notification_once_per_person": lambda r: twice(r.put_notification),
    "notification_topic_known": lambda r: r.put_notification(topic="weather"),
    "reminder_rule_once_a_day": lambda r: twice(r.put_rule),
    "reminder_rule_subject_known": lambda r: r.put_rule(subject="issue"),
    "reminder_rule_within_a_year": lambda r: r.put_rule(days=366),
    "reminder_rule_repeats_only_overdue": lambda r: r.put_rule(days=-3, every=7),
    "digest_once_a_day": lambda r: r.put_digest(),
    "reminder_once": lambda r: twice(r.put_reminder),
    "reminder_repeats_only_overdue": lambda r: r.put_reminder(step=-3, occurrence=1),
    "channel_one_mail": lambda r: r.put_channel(kind="mail", base_url=""),
    "channel_kind_known": lambda r: r.put_channel(kind="pigeon"),
    "channel_has_address": lambda r: r.put_channel(base_url=""),
    "delivery_once_per_channel": lambda r: twice(r.put_delivery),
    "delivery_status_known": lambda r: r.put_delivery(status="lost"),
    "delivery_sending_has_lease": lambda r: r.put_delivery(status="sending"),
    "delivery_failed_has_reason": lambda r: r.put_delivery(status="failed", ended_at=NOW),
    "delivery_ended_has_time": lambda r: r.put_delivery(status="sent"),
    "preference_quiet_has_both_ends": lambda r: r.put_preference(quiet_from=time(20)),
    "choice_once": lambda r: twice(r.put_choice),
    "webhook_has_address_and_secret": lambda r: r.put_webhook(secret=""),
    "subscription_once_per_chain": lambda r: twice(r.put_subscription),
    "subscription_failed_has_reason": lambda r: r.put_subscription(failures=1),
    "choice_topic_known": lambda r: r.put_choice(topic="weather"),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_the_database_refuses(cast: Cast, name: str) -> None:
    rows = Rows(cast)
    with refused_by("notifications", name):
        REFUSED[name](rows)


def test_every_constraint_is_tried() -> None:
    assert set(constraints_of("notifications")) == set(REFUSED)
