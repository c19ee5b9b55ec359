"""`manage.py export_ledger`: the ledger of an inspection as the official workbook."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from issues.models import Inspection
from ledger.services.exports import write_ledger
from measures.models import Measure


class Command(BaseCommand):
    """Exit code 0 where the workbook is written, 1 where there is no such inspection, 2 where it cannot be written."""

    help = "Write the ledger of an inspection into an Excel workbook (.xlsx)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--inspection", metavar="CODE", required=True, help="code of the inspection")
        parser.add_argument("--out", metavar="FILE", required=True, type=Path, help="the workbook to be written")

    def handle(self, *args: Any, **options: Any) -> None:
        inspection = Inspection.objects.filter(code=options["inspection"]).select_related("organisation").first()
        if inspection is None:
            raise self._stopped(
                _("There is no inspection with the code %(code)s.") % {"code": options["inspection"]}, 1
            )
        out: Path = options["out"]
        if out.suffix.lower() != ".xlsx":
            raise self._stopped(_("The name of the workbook must end in .xlsx."), 2)
        measures = Measure.objects.filter(inspection=inspection)
        draft = out.with_name(f".{out.name}.new")
        try:
            count = write_ledger(draft, inspection=inspection, measures=measures, at=timezone.now())
            draft.replace(out)
        except OSError as error:
            draft.unlink(missing_ok=True)
            raise self._stopped(
                _("The file %(path)s cannot be written: %(why)s") % {"path": out, "why": error.strerror}, 2
            ) from error
        self.stdout.write(_("%(count)d measures written to %(path)s") % {"count": count, "path": out})

    def _stopped(self, message: str, code: int) -> SystemExit:
        self.stderr.write(message)
        return SystemExit(code)
