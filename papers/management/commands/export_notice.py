"""`manage.py export_notice`: the notice of results of an inspection as .docx, .pdf or .txt."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from issues.models import Disclosure, Inspection
from papers.models import PaperVersion
from papers.services.exports import FORMATS, latest_content, write_content


class Command(BaseCommand):
    """Exit code 0 where the notice is written, 1 refused with the reason, 2 where it cannot be written."""

    help = (
        "Write the notice of results: the latest that was issued, else the version in work, else as the ledger has it. "
        "By the ending of its name the file becomes Word (.docx), PDF (.pdf) or plain text (.txt)."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--inspection", metavar="CODE", required=True, help="code of the inspection")
        parser.add_argument("--out", metavar="FILE", required=True, type=Path, help="the file to be written")
        parser.add_argument(
            "--audience",
            choices=Disclosure.Audience.values,
            default=Disclosure.Audience.INTERNAL,
            help="for whom: the public reads only what was decided to be shown to it (internal)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        code, out = options["inspection"], options["out"]
        ending = out.suffix.lower().removeprefix(".")
        if ending not in FORMATS:
            raise self._stopped(_("The name of the file must end in .docx, .pdf or .txt."), 2)
        inspection = Inspection.objects.filter(code=code).select_related("organisation").first()
        if inspection is None:
            raise self._stopped(_("There is no inspection with the code %(code)s.") % {"code": code}, 1)
        try:
            content, printed = latest_content(inspection, audience=options["audience"], at=timezone.now())
        except RuleViolation as refusal:
            raise self._stopped(str(refusal.message), 1) from refusal
        data = write_content(content, kind=PaperVersion.Kind.NOTICE, ending=ending, printed=printed)
        self._write(out, data)
        told = {"count": sum(1 for _part in content.parts()), "path": out}
        self.stdout.write(_("%(count)d issues written to %(path)s") % told)

    def _write(self, out: Path, data: bytes) -> None:
        draft = out.with_name(f".{out.name}.new")
        try:
            draft.write_bytes(data)
            draft.replace(out)
        except OSError as error:
            draft.unlink(missing_ok=True)
            told = {"path": out, "why": error.strerror}
            raise self._stopped(_("The file %(path)s cannot be written: %(why)s") % told, 2) from error

    def _stopped(self, message: str, code: int) -> SystemExit:
        self.stderr.write(message)
        return SystemExit(code)
