"""`manage.py import_ledger`: a ledger in an Excel workbook into an inspection, all of it or nothing."""

import io
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from files.models import StoredFile
from files.services import store_upload
from imports.management.commands.read_notice import NoticeCommand
from imports.services import apply_import, preview_import
from imports.services.reading import read_workbook, refusal_of
from issues.models import Inspection
from readers.workbook.container import LIMIT, UnreadableWorkbook
from readers.workbook.rows import WorkbookReading


class Command(NoticeCommand):
    """Exit code 0 where the ledger is in (or would be), 1 where it is refused, 2 where the workbook is unreadable."""

    help = "Import a ledger from an Excel workbook into an inspection; a new code opens the inspection."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="the ledger as .xlsx")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--inspection", metavar="CODE", required=True, help="code of the inspection")
        parser.add_argument(
            "--create-missing", action="store_true", help="make the organisation, units and leaders that are not known"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        code = self._code(options["inspection"], as_json=options["json"])
        data, reading = self._read(options["file"], code, as_json=options["json"])
        before = preview_import(reading, code=code).outcome()
        how = {name: options[name] for name in ("create_missing", "dry_run")}
        try:
            outcome = _import(reading, data, code=code, name=options["file"].name, **how)
        except RuleViolation as refusal:
            error = {"cell": "", "line": 0, "column": refusal.field or "", "message": str(refusal.message)}
            outcome = {**before, "errors": [*before["errors"], error]}
        is_refused = not outcome["applied"]
        if options["dry_run"]:
            # What would be made is still missing today.
            outcome |= {"applied": False, "missing": before["missing"]}
        if options["json"]:
            self.print_json(outcome)
        else:
            self._print(outcome, is_refused=is_refused)
        if is_refused:
            raise SystemExit(1)

    def _code(self, code: str, *, as_json: bool) -> str:
        try:
            return str(Inspection._meta.get_field("code").clean(code, None))
        except ValidationError as error:
            self.stop(" ".join(error.messages), as_json=as_json)

    def _read(self, path: Path, code: str, *, as_json: bool) -> tuple[bytes, WorkbookReading]:
        inspection = Inspection.objects.filter(code=code).select_related("organisation").first()
        try:
            data = _bytes_of(path)
            return data, read_workbook(data, inspection=inspection, today=timezone.localdate())
        except UnreadableWorkbook as error:
            self.stop(str(refusal_of(error).message), as_json=as_json)

    def _print(self, outcome: dict[str, Any], *, is_refused: bool) -> None:
        for line in outcome["unread"]:
            self.stdout.write(_("line %(line)d not understood: %(text)s") % line)
        for note in outcome["warnings"]:
            self.stdout.write(note["message"])
        for row in outcome["absent"]:
            self.stdout.write(_("in the ledger, not in the file: %(code)s %(text)s") % row)
        self.stdout.write(_("%(created)d measures created, %(changed)d changed, %(unchanged)d unchanged") % outcome)
        for error in outcome["errors"]:
            self.stderr.write(f"{error['cell']} {error['message']}".strip())
        missing = [*outcome["missing"]["units"], *outcome["missing"]["leaders"]]
        if missing and is_refused:
            names = {"names": ", ".join(missing)}
            self.stderr.write(_("Not known here: %(names)s. Make them first, or give --create-missing.") % names)
        if is_refused:
            self.stderr.write(_("Nothing was imported."))


def _bytes_of(path: Path) -> bytes:
    """Return the bytes of a file, its size looked at before anything is read. Raises `UnreadableWorkbook`."""
    try:
        if path.stat().st_size > LIMIT:
            raise UnreadableWorkbook("too_large", limit=LIMIT // 1024 // 1024)
        with path.open("rb") as file:
            return file.read(LIMIT + 1)
    except (OSError, ValueError) as error:  # ValueError: a name that no file can have
        raise UnreadableWorkbook("no_file", path=str(path)) from error


def _import(
    reading: WorkbookReading, data: bytes, *, code: str, name: str, create_missing: bool, dry_run: bool
) -> dict[str, Any]:
    """Import; the file is kept with what it brought. A rehearsal, a refusal or nothing new leaves nothing."""
    stored: StoredFile | None = None
    is_kept = False
    try:
        with transaction.atomic():
            at = timezone.now()
            stored = store_upload(stream=io.BytesIO(data), name=name, by=None, at=at, kinds=("xlsx",), limit=LIMIT)
            outcome = apply_import(reading, code=code, by=None, at=at, file=stored, create_missing=create_missing)
            is_new = any(outcome[name] for name in ("created", "changed", "new_issues", "changed_issues"))
            is_kept = outcome["applied"] and is_new and not dry_run
            transaction.set_rollback(not is_kept)
        return outcome
    except BaseException:
        is_kept = False
        raise
    finally:
        # A rollback takes the row back; the storage knows no transactions.
        if stored is not None and not is_kept:
            default_storage.delete(stored.stored_as)
