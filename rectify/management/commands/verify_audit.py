"""`manage.py verify_audit`: walk the chains of events and name what was altered, is missing or was cut off.

What was decided and the weekly figures are compared with the events that record them; with `--evidence` every file is
read again, too.
"""

from dataclasses import asdict
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from audit.services import verify
from core.management.base import BAD_INPUT, CommandResult, JsonCommand
from issues.models import Inspection
from reporting.services import verify_snapshots
from signoffs.services import verify_evidence, verify_signoffs


class Command(JsonCommand):
    """Exit code 0 where every chain is whole, 1 where anything is broken, 2 for an unknown inspection."""

    help = "Verify the chains of events, and what was decided against them."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--inspection", metavar="CODE", help="only the chain of this inspection")
        parser.add_argument("--evidence", action="store_true", help="also read every file of evidence again")

    def run(self, *, inspection: str | None, evidence: bool, **options: Any) -> CommandResult:
        inspections = self._inspections(inspection)
        chains, events, broken = verify([inspections[0].chain] if inspection else None)
        broken += [*verify_signoffs(inspections), *verify_snapshots(inspections)]
        counts = {"chains": chains, "events": events}
        if evidence:
            counts["files"], altered = verify_evidence(inspections)
            broken += altered
        lines = [f"{fault.chain} {fault.seq}: {fault.what}" for fault in broken]
        summary = _("%(chains)d chains, %(events)d events, %(broken)d faults")
        lines.append(summary % {**counts, "broken": len(broken)})
        if evidence:
            lines.append(_("Evidence files checked: %(files)d") % counts)
        data = {**counts, "broken": [asdict(fault) for fault in broken]}
        return CommandResult(data, lines, is_refused=bool(broken))

    def _inspections(self, code: str | None) -> list[Inspection]:
        rows = Inspection.objects.order_by("pk")
        inspections = list(rows if code is None else rows.filter(code=code))
        if code is not None and not inspections:
            self.stop(_("There is no inspection with the code %(code)s.") % {"code": code}, BAD_INPUT)
        return inspections
