"""`manage.py demo`: load the sample inspection, or say that it is there, and in which state it is."""

from argparse import ArgumentTypeError
from collections import Counter
from datetime import date
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from core.management.base import CommandResult, JsonCommand, day
from measures.models import Measure
from rectify.demo.sample import Sample, load_sample

EARLIEST = 2000  # a year before is a slip of the pen


def plausible_day(text: str) -> date:
    if (parsed := day(text)).year < EARLIEST:
        raise ArgumentTypeError(_("%(text)s is not a date; write it as 2026-11-25.") % {"text": text})
    return parsed


class Command(JsonCommand):
    """Exit code 0 loaded or there already, 1 refused with the reason, 2 for what is no date."""

    help = "Loads the sample inspection, code demo; a second time nothing changes."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--as-of", type=plausible_day, metavar="DATE", help="the day on which the sample is looked at (today)"
        )

    def run(self, *, as_of: date | None, **options: Any) -> CommandResult:
        today = timezone.localdate()
        sample = load_sample(as_of=as_of or today)
        # A sample that was there already is described as of today, whatever day was asked for.
        figures = _figures(sample, (as_of or today) if sample.is_new else today)
        if sample.is_new:
            params = {"title": sample.inspection.title, "verbs": sample.verbs}
            line = _("Loaded: %(title)s, %(verbs)d entries of its history.") % params
        else:
            line = _("The sample inspection already exists; nothing was changed.")
        summary = _(
            "%(day)s: %(issues)d issues, %(measures)d measures (%(states)s); "
            "%(overdue)d overdue, %(due)d due within %(days)d days."
        )
        states = ", ".join(f"{state.label} {figures[state]}" for state in Measure.Status if figures[state])
        data = {"inspection": sample.inspection.code, "is_new": sample.is_new, **figures, "day": str(figures["day"])}
        return CommandResult(data, [line, summary % {**figures, "states": states}])


def _figures(sample: Sample, as_of: date) -> dict[str, Any]:
    inspection = sample.inspection
    measures = Measure.objects.filter(inspection=inspection)
    counts = Counter(measures.values_list("status", flat=True))
    return {
        "day": as_of,
        "issues": inspection.issues.count(),
        "measures": len(measures),
        **{state.value: counts[state] for state in Measure.Status},
        "overdue": measures.overdue(as_of).count(),
        "days": inspection.due_soon_days,
        "due": measures.due_within(as_of, inspection.due_soon_days).count(),
    }
