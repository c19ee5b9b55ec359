"""`manage.py import_ledger`: a ledger in an Excel workbook into an inspection, all of it or nothing."""

import io
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from core.management.base import BAD_INPUT, CommandResult
from files.models import StoredFile
from files.services import store_upload
from imports.management.commands.import_notice import ImportCommand, outcome_of, refused_outcome
from imports.services import apply_import, preview_import
from imports.services.reading import read_workbook, refusal_of
from issues.models import Inspection
from readers.workbook.container import LIMIT, UnreadableWorkbook
from readers.workbook.rows import WorkbookReading


class Command(ImportCommand):
    """Exit code 0 where the ledger is in (or would be), 1 where it is refused, 2 where the workbook is unreadable."""

    help = "Import a ledger from an Excel workbook into an inspection; a new code opens the inspection."
    requires_system_checks = []  # as the other readers of files: an unreadable one is refused before the database

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", type=Path, help="the ledger as .xlsx")

    def run(self, *, file: Path, inspection: str, create_missing: bool, dry_run: bool, **options: Any) -> CommandResult:
        code = self.clean_code(inspection)
        content, reading = self._read(file, code)
        before = preview_import(reading, code=code).outcome()
        try:
            data = _import(reading, content, code=code, name=file.name, create_missing=create_missing, dry_run=dry_run)
        except RuleViolation as refusal:
            data = refused_outcome(before, refusal, cell="", line=0)
        lines = [_("line %(line)d not understood: %(text)s") % line for line in data["unread"]]
        lines += [note["message"] for note in data["warnings"]]
        errors = [f"{error['cell']} {error['message']}".strip() for error in data["errors"]]
        return outcome_of(data, before, lines=lines, errors=errors, dry_run=dry_run)

    def _read(self, path: Path, code: str) -> tuple[bytes, WorkbookReading]:
        inspection = Inspection.objects.filter(code=code).select_related("organisation").first()
        try:
            content = _bytes_of(path)
            return content, read_workbook(content, inspection=inspection, today=timezone.localdate())
        except UnreadableWorkbook as error:
            self.stop(str(refusal_of(error).message), BAD_INPUT)


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
    reading: WorkbookReading, content: bytes, *, code: str, name: str, create_missing: bool, dry_run: bool
) -> dict[str, Any]:
    """Import, and store the file with what it brought. A dry run, a refusal or nothing new leaves nothing."""
    stored: StoredFile | None = None
    is_stored = False
    try:
        with transaction.atomic():
            at = timezone.now()
            stored = store_upload(stream=io.BytesIO(content), name=name, by=None, at=at, kinds=("xlsx",), limit=LIMIT)
            outcome = apply_import(reading, code=code, by=None, at=at, file=stored, create_missing=create_missing)
            is_new = any(outcome[name] for name in ("created", "changed", "new_issues", "changed_issues"))
            is_stored = outcome["applied"] and is_new and not dry_run
            transaction.set_rollback(not is_stored)
        return outcome
    except BaseException:
        is_stored = False
        raise
    finally:
        # A rollback takes the row back; the storage knows no transactions.
        if stored is not None and not is_stored:
            default_storage.delete(stored.stored_as)
