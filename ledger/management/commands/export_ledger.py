"""`manage.py export_ledger`: the ledger of an inspection as the official workbook."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from core.management.base import BAD_INPUT, REFUSED, CommandResult, JsonCommand
from issues.models import Inspection
from ledger.services.exports import write_ledger
from measures.models import Measure


class Command(JsonCommand):
    """Exit code 0 where the workbook is written, 1 where there is no such inspection, 2 where it cannot be written."""

    help = "Write the ledger of an inspection into an Excel workbook (.xlsx)."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--inspection", metavar="CODE", required=True, help="code of the inspection")
        parser.add_argument("--out", metavar="FILE", required=True, type=Path, help="the workbook to be written")

    def run(self, *, inspection: str, out: Path, **options: Any) -> CommandResult:
        row = Inspection.objects.filter(code=inspection).select_related("organisation").first()
        if row is None:
            self.stop(_("There is no inspection with the code %(code)s.") % {"code": inspection}, REFUSED)
        if out.suffix.lower() != ".xlsx":
            self.stop(_("The name of the workbook must end in .xlsx."), BAD_INPUT)
        measures = Measure.objects.filter(inspection=row)
        count = self.write_file(
            out, lambda draft: write_ledger(draft, inspection=row, measures=measures, at=timezone.now())
        )
        line = _("%(count)d measures written to %(path)s") % {"count": count, "path": out}
        return CommandResult({"measures": count, "path": str(out)}, [line])
