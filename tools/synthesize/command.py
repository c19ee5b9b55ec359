"""`python -m tools.synthesize --measures N [--inspections M]`: synthetic data in a database of its own."""

import secrets
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from tools.synthesize.loading import synthesize

EVERY = 50  # inspections from one word of progress to the next


def number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise ArgumentTypeError(_("%(text)s is not a number from 1 on.") % {"text": text})
    return int(text)


class Command(BaseCommand):
    """Exit code 0 made, 1 refused with the reason, 2 for what is no number or fewer measures than inspections."""

    help = "Makes synthetic inspections, codes mass-1 and on, for measuring."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--measures", type=number, required=True, metavar="N", help="how many measures in all")
        parser.add_argument("--inspections", type=number, default=1, metavar="M", help="in how many inspections (1)")

    def handle(self, *args: Any, measures: int, inspections: int, **options: Any) -> None:
        if measures < inspections:
            raise CommandError(_("Every inspection needs a measure."), returncode=2)
        password = secrets.token_urlsafe(9)
        today = timezone.localdate()

        def told(done: int) -> None:
            if done % EVERY == 0 and options["verbosity"]:
                self.stdout.write(_("%(done)d of %(count)d inspections") % {"done": done, "count": inspections})

        try:
            made = synthesize(measures=measures, inspections=inspections, password=password, today=today, told=told)
        except RuleViolation as refusal:
            raise CommandError(str(refusal), returncode=1) from refusal
        counts = {"measures": made.measures, "inspections": made.inspections, "password": password}
        self.stdout.write(
            _(
                "Made: %(measures)d measures in %(inspections)d inspections. Log-ins: mass-office sees all of them, "
                "mass-1-office, mass-1-leader-1 and mass-1-unit-01 the first; password %(password)s"
            )
            % counts
        )
