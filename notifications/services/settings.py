"""Channels, set by the system administrator, and what each person chooses of them."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.models import Actor, User
from audit.services import diff, open_trail
from core.exceptions import RuleViolation
from notifications.models import THAT_STAY, Channel, Choice, Preference, Topic
from notifications.permissions import require_system_admin
from notifications.services.create import Wishes
from notifications.verbs import NotificationVerb

CHAIN = "settings"
FIELDS = ("kind", "name", "base_url", "token", "secret", "unit", "by_default", "is_active")
SECRETS = ("token", "secret")
PLAIN = re.compile(r"[!-~]+")
"""What an address is made of as it is sent: no blanks, nothing but ASCII."""
LONGEST_QUIET = timedelta(hours=14)


def set_channel(*, channel: Channel | None, values: Mapping[str, Any], by: Actor, at: datetime) -> Channel:
    """Add a channel, or change one; an empty token or secret leaves the stored one. The trail does not repeat them.

    Raises `Forbidden` unless `by` administers the system, `RuleViolation` for an address that cannot be, a webhook
    without a secret, a second mail channel, and a name in use.
    """
    require_system_admin(by)
    channel = channel or Channel()
    values = {name: value for name, value in values.items() if name in FIELDS and not (name in SECRETS and not value)}
    _check_channel({name: values.get(name, getattr(channel, name)) for name in FIELDS})
    with open_trail(CHAIN, at=at) as trail:
        changes = diff(channel, {name: value for name, value in values.items() if name not in SECRETS})
        changes |= {name: ["", _("reset")] for name in SECRETS if name in values}
        for name, value in values.items():
            setattr(channel, name, value)
        try:
            with transaction.atomic():
                channel.save()
        except IntegrityError as error:
            raise RuleViolation(
                _("There is a channel of this name, or a second one for mail."), field="name"
            ) from error
        trail.record(NotificationVerb.SET_CHANNEL, by=by, obj=channel, changes=changes)
    return channel


def _check_channel(values: Mapping[str, Any]) -> None:
    kind = values["kind"]
    if kind == Channel.Kind.MAIL:
        if values["base_url"]:
            raise RuleViolation(_("The mail server is set by EMAIL_URL; leave the address empty."), field="base_url")
        return
    try:
        parts = urlsplit(values["base_url"])
        is_address = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        is_address = False
    if not is_address or parts.username or parts.fragment or not PLAIN.fullmatch(values["base_url"]):
        raise RuleViolation(
            _("Write an address that begins with http:// or https://, without a password."), field="base_url"
        )
    if kind == Channel.Kind.WEBHOOK and not values["secret"]:
        raise RuleViolation(_("A webhook is signed: enter a secret."), field="secret")
    if kind in Channel.ROBOTS and not values["token"]:
        raise RuleViolation(_("A robot has a key or token; it is at the end of its address."), field="token")


def set_preferences(
    *,
    person: User,
    wanted: Mapping[str, Collection[int]],
    language: str,
    quiet_from: time | None,
    quiet_until: time | None,
    at: datetime,
) -> None:
    """Set a person's own channels by topic (`wanted`: topic → keys of channels), language and quiet hours.

    Raises `RuleViolation` where what cannot be switched off would reach the person only in the inbox, and for quiet
    hours without both ends or longer than fourteen hours: they put off, they do not swallow.
    """
    wishes = Wishes([person.pk])
    open_ones = wishes.open_to(person)
    for topic in THAT_STAY:
        if open_ones and not set(wanted.get(topic, ())) & {channel.pk for channel in open_ones}:
            message = _("“%(topic)s” cannot be switched off: choose at least one channel for it.")
            raise RuleViolation(message % {"topic": topic.label})
    _check_quiet(quiet_from, quiet_until)
    if language not in dict(settings.LANGUAGES):
        raise RuleViolation(_("Choose a language."), field="language")
    with transaction.atomic():
        quiet: dict[str, Any] = {"quiet_from": quiet_from, "quiet_until": quiet_until}
        Preference.objects.update_or_create(person=person, defaults={"language": language, **quiet})
        Choice.objects.filter(person=person, channel__in=[channel.pk for channel in open_ones]).delete()
        Choice.objects.bulk_create(
            Choice(person=person, topic=topic, channel=channel, is_wanted=channel.pk in wanted.get(topic, ()))
            for topic in Topic.values
            for channel in open_ones
        )


def _check_quiet(start: time | None, end: time | None) -> None:
    if (start is None) != (end is None):
        raise RuleViolation(_("Give both ends of the quiet hours, or none."), field="quiet_until")
    if start is None or end is None:
        return
    minutes = (end.hour * 60 + end.minute - start.hour * 60 - start.minute) % (24 * 60)
    if not 0 < minutes <= LONGEST_QUIET.total_seconds() / 60:
        raise RuleViolation(_("Quiet hours last at most fourteen hours."), field="quiet_until")
