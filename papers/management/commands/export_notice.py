"""`manage.py export_notice`: the notice of results of an inspection as .docx, .pdf or .txt."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from core.management.base import BAD_INPUT, REFUSED, CommandResult, JsonCommand
from issues.models import Disclosure, Inspection
from papers.models import PaperVersion
from papers.services.exports import FORMATS, latest_content, write_content


class Command(JsonCommand):
    """Exit code 0 where the notice is written, 1 refused with the reason, 2 where it cannot be written."""

    help = (
        "Write the notice of results: the latest that was issued, else the version in work, else as the ledger has it. "
        "By the ending of its name the file becomes Word (.docx), PDF (.pdf) or plain text (.txt)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--inspection", metavar="CODE", required=True, help="code of the inspection")
        parser.add_argument("--out", metavar="FILE", required=True, type=Path, help="the file to be written")
        parser.add_argument(
            "--audience",
            choices=Disclosure.Audience.values,
            default=Disclosure.Audience.INTERNAL,
            help="for whom: the public reads only what was decided to be shown to it (internal)",
        )

    def run(self, *, inspection: str, out: Path, audience: str, **options: Any) -> CommandResult:
        ending = out.suffix.lower().removeprefix(".")
        if ending not in FORMATS:
            self.stop(_("The name of the file must end in .docx, .pdf or .txt."), BAD_INPUT)
        row = Inspection.objects.filter(code=inspection).select_related("organisation").first()
        if row is None:
            self.stop(_("There is no inspection with the code %(code)s.") % {"code": inspection}, REFUSED)
        content, printed = latest_content(row, audience=audience, at=timezone.now())
        data = write_content(content, kind=PaperVersion.Kind.NOTICE, ending=ending, printed=printed)
        self.write_file(out, lambda draft: draft.write_bytes(data))
        count = sum(1 for _part in content.parts())
        line = _("%(count)d issues written to %(path)s") % {"count": count, "path": out}
        return CommandResult({"issues": count, "path": str(out)}, [line])
