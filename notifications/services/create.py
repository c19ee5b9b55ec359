"""Creating notifications: the row for the inbox and a delivery for each channel that the person wants, in one go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from notifications.models import THAT_STAY, Channel, Choice, Delivery, Notification, Preference


@dataclass(frozen=True)
class Draft:
    """A notification that is not stored yet; `key` tells it from every other one of this person."""

    person: User
    key: str
    kind: str
    topic: str
    object_kind: str
    object_id: int
    data: dict[str, Any] = field(default_factory=dict)


class Wishes:
    """Channels and what people wish of them, read once for all of them."""

    def __init__(self, people: Iterable[int] | None = None) -> None:
        of_people = {} if people is None else {"person__in": set(people)}
        active = Channel.objects.active().select_related("unit")
        self.channels = [c for c in active if c.kind != Channel.Kind.MAIL or settings.EMAIL_IS_SET]
        rows = Choice.objects.filter(**of_people).values_list("person", "topic", "channel", "is_wanted")
        self._chosen = {(person, topic, channel): wanted for person, topic, channel, wanted in rows}
        self._quiet = {each.person_id: each for each in Preference.objects.filter(**of_people).exclude(quiet_from=None)}

    def open_to(self, person: User) -> list[Channel]:
        """Return the channels that can reach the person: mail needs an address, others may be for one unit only."""
        return [channel for channel in self.channels if _reaches(channel, person)]

    def wanted(self, person: User, topic: str) -> list[Channel]:
        """Return the channels for a topic. What cannot be switched off takes every open one before it takes none."""
        open_ones = self.open_to(person)
        wanted = [channel for channel in open_ones if self.is_wanted(person, topic, channel)]
        return wanted or (open_ones if topic in THAT_STAY else [])

    def is_wanted(self, person: User, topic: str, channel: Channel) -> bool:
        return self._chosen.get((person.pk, topic, channel.pk), channel.by_default)

    def earliest(self, person: User, at: datetime) -> datetime:
        """Return when something may be sent that is due `at`: at once, or when the quiet hours end."""
        preference = self._quiet.get(person.pk)
        return at if preference is None else end_of_quiet(preference, at)


def _reaches(channel: Channel, person: User) -> bool:
    if channel.kind == Channel.Kind.MAIL and not person.email:
        return False
    if channel.unit is None:
        return True
    own = person.unit.path if person.unit else ""
    return bool(own) and str(own).startswith(channel.unit.path or "")


def end_of_quiet(preference: Preference, at: datetime) -> datetime:
    """Return the end of the quiet hours that `at` lies in, else `at`; they may go past midnight."""
    start, end = preference.quiet_from, preference.quiet_until
    if start is None or end is None:
        return at
    local = timezone.localtime(at)
    clock = local.time()
    within = start <= clock < end if start < end else clock >= start or clock < end
    if not within:
        return at
    day = local.date() + timedelta(days=1 if end <= clock else 0)
    return datetime.combine(day, end, tzinfo=local.tzinfo)


def post(drafts: Sequence[Draft], *, at: datetime, wishes: Wishes | None = None) -> list[Notification]:
    """Store notifications and their deliveries; call it in the transaction of what they are about.

    One that the person has already (the same key) is left out. Returns the new ones.
    """
    drafts = _new_ones(drafts)
    wishes = wishes or Wishes(draft.person.pk for draft in drafts)
    notifications = Notification.objects.bulk_create(
        Notification(
            person=draft.person,
            key=draft.key,
            kind=draft.kind,
            topic=draft.topic,
            object_kind=draft.object_kind,
            object_id=draft.object_id,
            data=draft.data,
            at=at,
        )
        for draft in drafts
    )
    Delivery.objects.bulk_create(
        Delivery(notification=notification, channel=channel, next_attempt_at=wishes.earliest(draft.person, at))
        for draft, notification in zip(drafts, notifications, strict=True)
        for channel in wishes.wanted(draft.person, draft.topic)
    )
    return notifications


def _new_ones(drafts: Sequence[Draft]) -> list[Draft]:
    """Keep one draft per person and key, and none that is stored already."""
    by_key = {(draft.person.pk, draft.key): draft for draft in drafts}
    keys = {key for _person, key in by_key}
    known = set(Notification.objects.filter(key__in=keys).values_list("person", "key")) if keys else set()
    return [draft for each, draft in by_key.items() if each not in known]
