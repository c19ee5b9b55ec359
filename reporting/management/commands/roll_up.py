"""`manage.py roll_up`: make the weekly roll-ups that are missing, or one week of one inspection."""

from argparse import ArgumentTypeError
from collections.abc import Iterable
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from core.management.base import BAD_INPUT, CommandResult, JsonCommand
from core.templatetags.components import percent
from issues.models import Inspection
from reporting.models import Snapshot, Week
from reporting.queries.weeks import due_weeks
from reporting.services import roll_up_due, roll_up_week

FIGURES = ("total", "basically_done", "under_review", "in_progress", "planned", "cancelled", "overdue", "rate")
"""What is printed of issues and measures alike. An issue is never cancelled, a measure never basically done: 0."""


def week(text: str) -> Week:
    try:
        return Week.read(text)
    except ValueError:
        raise ArgumentTypeError(_("%(text)s is not a week; write it as 2026-W47.") % {"text": text}) from None


class Command(JsonCommand):
    """Exit code 0 done, 1 refused with the reasons, 2 for an unknown inspection or what is no week.

    Without `--week` every week that was missed is made up, each as of its own end; the outcome names the weeks that
    were rolled up and the latest one of each inspection.
    """

    help = "Rolls the week up: makes the weekly figures that are missing, or those of one week; twice makes them once."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--inspection", metavar="CODE", help="only this inspection")
        parser.add_argument("--week", type=week, metavar="2026-W47", help="only this week, made or as it was made")

    def run(self, *, inspection: str | None, week: Week | None, **options: Any) -> CommandResult:
        inspections = self._inspections(inspection)
        snapshots, reasons = self._due(inspections) if week is None else self._one_week(inspections, week)
        lines = [_line(snapshot) for snapshot in snapshots]
        if not snapshots and not reasons:
            lines.append(_("There is nothing to roll up yet."))
        errors = {"errors": reasons} if reasons else {}
        data = {"snapshots": [to_json(snapshot) for snapshot in snapshots], **errors}
        return CommandResult(data, lines, reasons, is_refused=bool(reasons))

    def _inspections(self, code: str | None) -> list[Inspection]:
        rows = Inspection.objects.order_by("pk")
        inspections = list(rows if code is None else rows.filter(code=code))
        if code is not None and not inspections:
            self.stop(_("There is no inspection with the code %(code)s.") % {"code": code}, BAD_INPUT)
        return inspections

    def _due(self, inspections: Iterable[Inspection]) -> tuple[list[Snapshot], list[str]]:
        """Make up what is missing; what stays due could not be made, and the log says why."""
        codes = {inspection.pk: inspection.code for inspection in inspections}
        keys, now = list(codes), timezone.now()
        created = {snapshot.pk for snapshot in roll_up_due(at=now, inspections=keys)}
        latest = {
            key: Snapshot.objects.filter(inspection=key).values_list("pk", flat=True).first() for key in keys
        }.values()
        rows = Snapshot.objects.filter(pk__in=[*created, *latest]).select_related("inspection")
        failed = [
            _("%(code)s: week %(week)s could not be rolled up; the log says why.")
            % {"code": codes[due.inspection], "week": due.week}
            for due in due_weeks(now=now, inspections=keys)
        ]
        return list(rows.order_by("inspection__code", "ends_at")), failed

    def _one_week(self, inspections: list[Inspection], week: Week) -> tuple[list[Snapshot], list[str]]:
        """Roll one week up; among several inspections those that had no plan yet are passed over."""
        snapshots, reasons = [], []
        for inspection in inspections:
            try:
                snapshots.append(roll_up_week(inspection=inspection, week=week, by=None, at=timezone.now()))
            except RuleViolation as refusal:
                reasons.append(f"{inspection.code}: {refusal.message}")
        return snapshots, [] if snapshots else reasons


def _line(snapshot: Snapshot) -> str:
    issues, measures = snapshot.issues, snapshot.measures
    params: dict[str, Any] = {"code": snapshot.inspection.code, "week": snapshot.week_label}
    params |= {"rectified": issues.rectified, "issues": issues.total, "rate_of_issues": percent(issues.rate)}
    params |= {"signed_off": measures.signed_off, "measures": measures.counted, "rate": percent(measures.rate)}
    words = _(
        "%(code)s %(week)s: %(rectified)s of %(issues)s issues rectified (%(rate_of_issues)s), "
        "%(signed_off)s of %(measures)s measures signed off (%(rate)s), %(overdue)s overdue"
    )
    return words % {**params, "overdue": measures.overdue}


def to_json(snapshot: Snapshot) -> dict[str, Any]:
    """Return a snapshot as `--json` prints it."""
    return {
        "inspection": snapshot.inspection.code,
        "week": snapshot.week_label,
        "issues": {name: getattr(snapshot.issues, name, 0) for name in ("rectified", *FIGURES)},
        "measures": {name: getattr(snapshot.measures, name, 0) for name in ("signed_off", *FIGURES)},
    }
