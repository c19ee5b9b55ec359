"""`manage.py import_notice`: a published notice into the ledger of an inspection, all of it or nothing."""

import io
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.management.base import CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from core.management.base import BAD_INPUT, CommandResult, JsonCommand
from files.models import StoredFile
from files.services import store_upload
from imports.management.commands.read_notice import NoticeCommand, unread_lines
from imports.services import apply_import, preview_import
from issues.models import Inspection
from readers.tree import Reading

KINDS = ("text", "docx", "html")


class ImportCommand(JsonCommand):
    """What the two imports share: their options, the code of the inspection, the words for what became of it."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--inspection", metavar="CODE", required=True, help="code of the inspection")
        parser.add_argument(
            "--create-missing", action="store_true", help="make the organisation, units and leaders that are not known"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")

    def clean_code(self, code: str) -> str:
        """Return the code as the model takes it; exit code 2 for what can be none."""
        try:
            return str(Inspection._meta.get_field("code").clean(code, None))
        except ValidationError as error:
            self.stop(" ".join(error.messages), BAD_INPUT)


def refused_outcome(before: dict[str, Any], refusal: RuleViolation, **place: Any) -> dict[str, Any]:
    """Return what the preview said, with the refusal of the import as one more error."""
    error = {**place, "column": refusal.field or "", "message": str(refusal.message)}
    return {**before, "errors": [*before["errors"], error]}


def outcome_of(
    data: dict[str, Any], before: dict[str, Any], *, lines: list[str], errors: list[str], dry_run: bool
) -> CommandResult:
    """Return what became of an import; `lines` and `errors` are what the kind of file has to say beside the counts."""
    is_refused = not data["applied"]
    if dry_run:
        # What would be created is still missing today.
        data = {**data, "applied": False, "missing": before["missing"]}
    absent = [_("in the ledger, not in the file: %(code)s %(text)s") % row for row in data["absent"]]
    counts = _("%(created)d measures created, %(changed)d changed, %(unchanged)d unchanged") % data
    if is_refused:
        if missing := [*data["missing"]["units"], *data["missing"]["leaders"]]:
            names = {"names": ", ".join(missing)}
            errors = [*errors, _("Not known here: %(names)s. Create them first, or pass --create-missing.") % names]
        errors = [*errors, _("Nothing was imported.")]
    return CommandResult(data, [*lines, *absent, counts], errors, is_refused=is_refused)


class Command(ImportCommand, NoticeCommand):
    """Exit code 0 where the notice is in the ledger (or would be), 1 where it is refused, 2 where it is unreadable."""

    help = "Import a published notice into an inspection; a new code opens the inspection."

    def run(self, *, file: Path, inspection: str, create_missing: bool, dry_run: bool, **options: Any) -> CommandResult:
        code = self.clean_code(inspection)
        content, reading = self.read(file)
        before = preview_import(reading, code=code).outcome()
        try:
            data = _import(reading, content, code=code, name=file.name, create_missing=create_missing, dry_run=dry_run)
        except RuleViolation as refusal:
            data = refused_outcome(before, refusal, line=0)
        errors = [_error_line(error) for error in data["errors"]]
        return outcome_of(data, before, lines=unread_lines(data), errors=errors, dry_run=dry_run)


def _error_line(error: dict[str, Any]) -> str:
    if not error["line"]:
        return str(error["message"])
    return _("line %(line)d: %(message)s") % error


def _import(
    reading: Reading, content: bytes, *, code: str, name: str, create_missing: bool, dry_run: bool
) -> dict[str, Any]:
    """Import and store the file; a dry run, a refusal or a notice that is in the ledger already leaves nothing."""
    stored: StoredFile | None = None
    is_stored = False
    try:
        with transaction.atomic():
            at = timezone.now()
            stored = store_upload(stream=io.BytesIO(content), name=name, by=None, at=at, kinds=KINDS)
            outcome = apply_import(reading, code=code, by=None, at=at, file=stored, create_missing=create_missing)
            is_stored = outcome["applied"] and not dry_run and stored.notices.exists()
            transaction.set_rollback(not is_stored)
        return outcome
    except BaseException:
        is_stored = False
        raise
    finally:
        # A rollback takes the row back; the storage knows no transactions.
        if stored is not None and not is_stored:
            default_storage.delete(stored.stored_as)
