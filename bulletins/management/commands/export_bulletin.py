"""`manage.py export_bulletin`: the bulletin of a week as Word, PDF or Excel."""

from argparse import ArgumentParser, ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from bulletins.services.exports import WRITERS, edition_of, write_paper
from issues.models import Inspection
from reporting.models import Week


def week(label: str) -> Week:
    try:
        return Week.read(label)
    except ValueError as error:
        raise ArgumentTypeError(_("%(text)s is not a week; write it as 2026-W47.") % {"text": label}) from error


class Command(BaseCommand):
    """Exit code 0 written, 1 no such inspection or bulletin, 2 it cannot be written."""

    help = "Write the latest published edition of a week's bulletin, else its draft, as .docx, .pdf or .xlsx."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--inspection", metavar="CODE", required=True, help="code of the inspection")
        parser.add_argument("--week", metavar="WEEK", required=True, type=week, help="the week, as 2026-W47")
        parser.add_argument("--out", metavar="FILE", required=True, type=Path, help="the file to be written")

    def handle(self, *args: Any, **options: Any) -> None:
        wanted, out = options["week"], options["out"]
        kind = out.suffix.lower().lstrip(".")
        if kind not in WRITERS:
            raise self._stopped(_("The name of the file must end in .docx, .pdf or .xlsx."), 2)
        inspection = Inspection.objects.filter(code=options["inspection"]).first()
        if inspection is None:
            told = _("There is no inspection with the code %(code)s.") % {"code": options["inspection"]}
            raise self._stopped(told, 1)
        bulletin = edition_of(inspection=inspection, year=wanted.year, week=wanted.number)
        if bulletin is None:
            raise self._stopped(_("There is no bulletin of the week %(week)s.") % {"week": wanted}, 1)
        draft = out.with_name(f".{out.name}.new")
        try:
            draft.write_bytes(write_paper(bulletin, kind))
            draft.replace(out)
        except OSError as error:
            draft.unlink(missing_ok=True)
            told = _("The file %(path)s cannot be written: %(why)s") % {"path": out, "why": error.strerror}
            raise self._stopped(told, 2) from error
        self.stdout.write(_("%(title)s (%(state)s) written to %(path)s") % _told(bulletin, out))

    def _stopped(self, message: str, code: int) -> SystemExit:
        self.stderr.write(message)
        return SystemExit(code)


def _told(bulletin: Any, out: Path) -> dict[str, Any]:
    return {"title": bulletin.title, "state": bulletin.get_status_display(), "path": out}
