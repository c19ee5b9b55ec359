"""`manage.py export_bulletin`: the bulletin of a week as Word, PDF or Excel."""

from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from bulletins.services.exports import FORMATS, edition_of, write_bulletin
from core.management.base import BAD_INPUT, REFUSED, CommandResult, JsonCommand
from issues.models import Inspection
from reporting.models import Week


def week(text: str) -> Week:
    try:
        return Week.read(text)
    except ValueError as error:
        raise ArgumentTypeError(_("%(text)s is not a week; write it as 2026-W47.") % {"text": text}) from error


class Command(JsonCommand):
    """Exit code 0 written, 1 no such inspection or bulletin, 2 it cannot be written."""

    help = "Write the latest published edition of a week's bulletin, else its draft, as .docx, .pdf or .xlsx."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--inspection", metavar="CODE", required=True, help="code of the inspection")
        parser.add_argument("--week", metavar="WEEK", required=True, type=week, help="the week, as 2026-W47")
        parser.add_argument("--out", metavar="FILE", required=True, type=Path, help="the file to be written")

    def run(self, *, inspection: str, week: Week, out: Path, **options: Any) -> CommandResult:
        kind = out.suffix.lower().lstrip(".")
        if kind not in FORMATS:
            self.stop(_("The name of the file must end in .docx, .pdf or .xlsx."), BAD_INPUT)
        row = Inspection.objects.filter(code=inspection).first()
        if row is None:
            self.stop(_("There is no inspection with the code %(code)s.") % {"code": inspection}, REFUSED)
        bulletin = edition_of(inspection=row, year=week.year, week=week.number)
        if bulletin is None:
            self.stop(_("There is no bulletin of the week %(week)s.") % {"week": week}, REFUSED)
        self.write_file(out, lambda draft: draft.write_bytes(write_bulletin(bulletin, kind)))
        params = {"title": bulletin.title, "state": bulletin.get_status_display(), "path": out}
        line = _("%(title)s (%(state)s) written to %(path)s") % params
        return CommandResult({"title": bulletin.title, "status": bulletin.status, "path": str(out)}, [line])
