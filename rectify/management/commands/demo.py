"""`manage.py demo`: load the sample inspection, or say that it is there, and how it stands."""

from argparse import ArgumentParser, ArgumentTypeError
from collections import Counter
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from measures.models import Measure
from rectify.demo.sample import Sample, load_sample

EARLIEST = 2000  # a year before is a slip of the pen


def day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if found.year < EARLIEST:
        raise ArgumentTypeError(_("%(text)s is not a date; write it as 2026-11-25.") % {"text": text})
    return found


class Command(BaseCommand):
    """Exit code 0 loaded or there already, 1 refused with the reason, 2 for what is no date."""

    help = "Loads the sample inspection, code demo; a second time nothing changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as-of", type=day, metavar="DATE", help="the day that the sample stands on (today)")

    def handle(self, *args: Any, **options: Any) -> None:
        today = timezone.localdate()
        as_of = options["as_of"] or today
        try:
            sample = load_sample(as_of=as_of)
        except RuleViolation as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        self._tell(sample, as_of if sample.is_new else today)

    def _tell(self, sample: Sample, as_of: date) -> None:
        inspection = sample.inspection
        if sample.is_new:
            told = {"title": inspection.title, "verbs": sample.verbs}
            self.stdout.write(_("Loaded: %(title)s, %(verbs)d entries of its history.") % told)
        else:
            self.stdout.write(_("The sample inspection is there already; nothing was changed."))
        measures = Measure.objects.filter(inspection=inspection)
        counts = Counter(measures.values_list("status", flat=True))
        states = ", ".join(f"{state.label} {counts[state]}" for state in Measure.Status if counts[state])
        figures = {
            "day": as_of,
            "issues": inspection.issues.count(),
            "measures": len(measures),
            "states": states,
            "overdue": measures.overdue(as_of).count(),
            "days": inspection.due_soon_days,
            "due": measures.due_within(as_of, inspection.due_soon_days).count(),
        }
        self.stdout.write(
            _(
                "%(day)s: %(issues)d issues, %(measures)d measures (%(states)s); "
                "%(overdue)d overdue, %(due)d due within %(days)d days."
            )
            % figures
        )
