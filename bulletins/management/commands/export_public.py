"""`manage.py export_public`: the public pages as files for the bureau's own website."""

import shutil
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from bulletins.services.public import public_inspections
from bulletins.services.public_pages import export_public

MARK = ".rectify-public"
"""Lies in every folder that was written here: such a folder is replaced, no other one is touched."""


class Command(BaseCommand):
    """Exit code 0 written, 1 where no inspection is public, 2 where the folder cannot be written."""

    help = "Write the public pages into a folder, with relative links, for the bureau's own website."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--out", metavar="FOLDER", required=True, type=Path, help="the folder to be written")

    def handle(self, *args: Any, **options: Any) -> None:
        out: Path = options["out"]
        if not public_inspections().exists():
            raise self._stopped(_("No inspection has its public pages switched on."), 1)
        if out.exists() and not (out / MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
            raise self._stopped(_("%(path)s holds something else; name an empty folder.") % {"path": out}, 2)
        draft, old = out.with_name(f".{out.name}.new"), out.with_name(f".{out.name}.old")
        try:
            files = self._write(draft, old, out)
        except OSError as error:
            shutil.rmtree(draft, ignore_errors=True)
            told = {"path": out, "why": error.strerror}
            raise self._stopped(_("The file %(path)s cannot be written: %(why)s") % told, 2) from error
        self.stdout.write(_("%(count)d files written to %(path)s") % {"count": files, "path": out})

    def _write(self, draft: Path, old: Path, out: Path) -> int:
        """Write everything beside the folder, then put it in its place: a page that was withheld stays nowhere."""
        for left in (draft, old):
            shutil.rmtree(left, ignore_errors=True)
        files = export_public(draft, at=timezone.now())
        (draft / MARK).touch()
        if out.exists():
            out.rename(old)
        draft.rename(out)
        shutil.rmtree(old, ignore_errors=True)
        return len(files)

    def _stopped(self, message: str, code: int) -> SystemExit:
        self.stderr.write(message)
        return SystemExit(code)
