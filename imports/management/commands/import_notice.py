"""`manage.py import_notice`: a published notice into the ledger of an inspection, all of it or nothing."""

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
from issues.models import Inspection
from readers.tree import Reading

KINDS = ("text", "docx", "html")


class Command(NoticeCommand):
    """Exit code 0 where the notice is in the ledger (or would be), 1 where it is refused, 2 where it is unreadable."""

    help = "Import a published notice into an inspection; a new code opens the inspection."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--inspection", metavar="CODE", required=True, help="code of the inspection")
        parser.add_argument(
            "--create-missing", action="store_true", help="make the organisation, units and leaders that are not known"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        code = self._code(options["inspection"], as_json=options["json"])
        data, reading = self.open(options["file"], as_json=options["json"])
        before = preview_import(reading, code=code).outcome()
        try:
            outcome = _import(
                reading, data, code=code, **{n: options[n] for n in ("file", "create_missing", "dry_run")}
            )
        except RuleViolation as refusal:
            error = {"line": 0, "column": refusal.field or "", "message": str(refusal.message)}
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

    def _print(self, outcome: dict[str, Any], *, is_refused: bool) -> None:
        self.print_leftovers(outcome)
        for row in outcome["absent"]:
            self.stdout.write(_("in the ledger, not in the file: %(code)s %(text)s") % row)
        counts = _("%(created)d measures created, %(changed)d changed, %(unchanged)d unchanged")
        self.stdout.write(counts % outcome)
        for error in outcome["errors"]:
            self.stderr.write(_error_line(error))
        missing = [*outcome["missing"]["units"], *outcome["missing"]["leaders"]]
        if missing and is_refused:
            names = {"names": ", ".join(missing)}
            self.stderr.write(_("Not known here: %(names)s. Make them first, or give --create-missing.") % names)
        if is_refused:
            self.stderr.write(_("Nothing was imported."))


def _error_line(error: dict[str, Any]) -> str:
    if not error["line"]:
        return str(error["message"])
    return _("line %(line)d: %(message)s") % error


def _import(
    reading: Reading, data: bytes, *, code: str, file: Path, create_missing: bool, dry_run: bool
) -> dict[str, Any]:
    """Import and keep the file; a rehearsal, a refusal or a notice that is in the ledger already leaves nothing."""
    stored: StoredFile | None = None
    is_kept = False
    try:
        with transaction.atomic():
            at = timezone.now()
            stored = store_upload(stream=io.BytesIO(data), name=file.name, by=None, at=at, kinds=KINDS)
            outcome = apply_import(reading, code=code, by=None, at=at, file=stored, create_missing=create_missing)
            is_kept = outcome["applied"] and not dry_run and stored.notices.exists()
            transaction.set_rollback(not is_kept)
        return outcome
    except BaseException:
        is_kept = False
        raise
    finally:
        # A rollback takes the row back; the storage knows no transactions.
        if stored is not None and not is_kept:
            default_storage.delete(stored.stored_as)
