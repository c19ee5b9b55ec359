"""`python -m tools.synthesize --measures N [--inspections M]`: synthetic data in a database of its own."""

import secrets
from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from core.management.base import BAD_INPUT, CommandResult, JsonCommand
from tools.synthesize.loading import synthesize

EVERY = 50  # inspections from one line of progress to the next


def number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ArgumentTypeError(_("%(text)s is not a number from 1 on.") % {"text": text})
    return int(text)


class Command(JsonCommand):
    """Exit code 0 created, 1 refused with the reason, 2 for what is no number or fewer measures than inspections."""

    help = "Makes synthetic inspections, codes mass-1 and on, for measuring."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--measures", type=number, required=True, metavar="N", help="how many measures in all")
        parser.add_argument("--inspections", type=number, default=1, metavar="M", help="in how many inspections (1)")

    def run(self, *, measures: int, inspections: int, verbosity: int, **options: Any) -> CommandResult:
        if measures < inspections:
            self.stop(_("Every inspection needs a measure."), BAD_INPUT)
        password = secrets.token_urlsafe(9)
        today = timezone.localdate()

        def report(done: int) -> None:
            if done % EVERY == 0 and verbosity and not self.is_json:
                self.stdout.write(_("%(done)d of %(count)d inspections") % {"done": done, "count": inspections})

        result = synthesize(
            measures=measures, inspections=inspections, password=password, today=today, on_progress=report
        )
        counts = {"measures": result.measures, "inspections": result.inspections, "password": password}
        line = _(
            "Created: %(measures)d measures in %(inspections)d inspections. Log-ins: "
            "mass-office sees all of them, mass-1-office, mass-1-leader-1 and mass-1-unit-01 the first; "
            "password %(password)s"
        )
        return CommandResult(counts, [line % counts])
