"""`manage.py export_public`: the public pages as files for the organisation's own website."""

import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from bulletins.services.public import public_inspections
from bulletins.services.public_pages import export_public
from core.management.base import BAD_INPUT, REFUSED, CommandResult, JsonCommand

MARK = ".rectify-public"
"""Lies in every folder that was written here: such a folder is replaced, no other one is touched."""


class Command(JsonCommand):
    """Exit code 0 written, 1 where no inspection is public, 2 where the folder cannot be written."""

    help = "Write the public pages into a folder, with relative links, for the bureau's own website."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--out", metavar="FOLDER", required=True, type=Path, help="the folder to be written")

    def run(self, *, out: Path, **options: Any) -> CommandResult:
        if not public_inspections().exists():
            self.stop(_("No inspection has its public pages switched on."), REFUSED)
        if out.exists() and not (out / MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
            self.stop(_("%(path)s contains something else; name an empty folder.") % {"path": out}, BAD_INPUT)
        draft = out.with_name(f".{out.name}.new")
        try:
            count = _write_folder(draft, out)
        except OSError as error:
            shutil.rmtree(draft, ignore_errors=True)
            self.stop_unwritable(out, error)
        line = _("%(count)d files written to %(path)s") % {"count": count, "path": out}
        return CommandResult({"files": count, "path": str(out)}, [line])


def _write_folder(draft: Path, out: Path) -> int:
    """Write everything beside the folder, then put it in its place: a page that was withheld stays nowhere."""
    old = out.with_name(f".{out.name}.old")
    for leftover in (draft, old):
        shutil.rmtree(leftover, ignore_errors=True)
    files = export_public(draft, at=timezone.now())
    (draft / MARK).touch()
    if out.exists():
        out.rename(old)
    draft.rename(out)
    shutil.rmtree(old, ignore_errors=True)
    return len(files)
