"""`manage.py send_reminders`: make the digests of today, or of a day that was missed."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.services import send_reminders


def day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(_("%(text)s is not a date; write it as 2026-11-25.") % {"text": text}) from None


class Command(BaseCommand):
    """Exit code 0 done, 1 for a day that is still to come, 2 for what is no date."""

    help = "Creates the digest of the day for all who have not got it yet; nothing on a rest day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", type=day, metavar="DATE", help="the day of the digests (today)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        today = timezone.localdate()
        wanted = options["date"] or today
        if wanted > today:
            raise CommandError(_("%(day)s has not come yet.") % {"day": wanted}, returncode=1)
        at = (
            timezone.now()
            if wanted == today
            else datetime.combine(wanted, time(8, 30), timezone.get_current_timezone())
        )
        outcome = send_reminders(at=at)
        counts = {"digests": outcome.digests, "notifications": outcome.reminders, "skipped": outcome.skipped}
        if options["json"]:
            self.stdout.write(json.dumps({**counts, "rest_day": outcome.is_rest_day}))
        elif outcome.is_rest_day:
            self.stdout.write(_("%(day)s is a rest day: nothing goes out.") % {"day": wanted})
        else:
            words = _("%(digests)d digests with %(notifications)d reminders; %(skipped)d people had theirs already.")
            self.stdout.write(words % counts)
