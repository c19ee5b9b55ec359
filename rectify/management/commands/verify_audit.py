"""`manage.py verify_audit`: walk the chains of events and name what was altered, is missing or was cut off.

What was decided and the weekly figures are held against the events that tell of them; with `--evidence` every file is
read again, too.
"""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from audit.services import ChainFault, verify
from issues.models import Inspection
from reporting.services import verify_snapshots
from signoffs.services import verify_evidence, verify_signoffs


class Command(BaseCommand):
    """Exit code 0 where every chain is whole, 1 where anything is broken, 2 for an unknown inspection."""

    help = "Verify the chains of events, and what was decided against them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--inspection", metavar="CODE", help="only the chain of this inspection")
        parser.add_argument("--evidence", action="store_true", help="also read every file of evidence again")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        inspections = self._inspections(options["inspection"])
        chains, events, broken = verify([inspections[0].chain] if options["inspection"] else None)
        broken += [*verify_signoffs(inspections), *verify_snapshots(inspections)]
        counts = {"chains": chains, "events": events}
        if options["evidence"]:
            counts["files"], altered = verify_evidence(inspections)
            broken += altered
        self._tell(counts, broken, as_json=options["json"])
        if broken:
            raise SystemExit(1)

    def _tell(self, counts: dict[str, int], broken: list[ChainFault], *, as_json: bool) -> None:
        if as_json:
            result = {**counts, "broken": [asdict(fault) for fault in broken]}
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        for fault in broken:
            self.stdout.write(f"{fault.chain} {fault.seq}: {fault.what}")
        summary = _("%(chains)d chains, %(events)d events, %(broken)d faults")
        self.stdout.write(summary % {**counts, "broken": len(broken)})
        if "files" in counts:
            self.stdout.write(_("Files of evidence read again: %(files)d") % counts)

    def _inspections(self, code: str | None) -> list[Inspection]:
        if code is None:
            return list(Inspection.objects.order_by("pk"))
        inspection = Inspection.objects.filter(code=code).first()
        if inspection is None:
            raise CommandError(_("There is no inspection with the code %(code)s.") % {"code": code}, returncode=2)
        return [inspection]
