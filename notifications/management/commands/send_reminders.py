"""`manage.py send_reminders`: create the digests of today, or of a day that was missed."""

from datetime import datetime, time
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from core.management.base import REFUSED, CommandResult, JsonCommand, day
from notifications.services import send_reminders


class Command(JsonCommand):
    """Exit code 0 done, 1 for a day that is still to come, 2 for what is no date."""

    help = "Creates the digest of the day for all who have not got it yet; nothing on a rest day."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--date", type=day, metavar="DATE", help="the day of the digests (today)")

    def run(self, **options: Any) -> CommandResult:
        now, today = timezone.now(), timezone.localdate()
        wanted = options["date"] or today
        if wanted > today:
            self.stop(_("%(day)s is in the future.") % {"day": wanted}, REFUSED)
        morning = datetime.combine(wanted, time(8, 30), timezone.get_current_timezone())
        result = send_reminders(at=now if wanted == today else morning)
        counts = {"digests": result.digests, "notifications": result.reminders, "skipped": result.skipped}
        if result.is_rest_day:
            line = _("%(day)s is a rest day: nothing goes out.") % {"day": wanted}
        else:
            line = (
                _("%(digests)d digests with %(notifications)d reminders; %(skipped)d people already had theirs.")
                % counts
            )
        return CommandResult({**counts, "rest_day": result.is_rest_day}, [line])
