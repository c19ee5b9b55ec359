"""A workbook given back to the office with what is wrong marked in it."""

from datetime import datetime
from pathlib import PurePath

from django.utils.translation import gettext as _

from accounts.models import Actor
from core.exceptions import RuleViolation
from documents.error_workbook import CellMark, list_of, mark
from files.services import open_for_download
from imports.models import Import

MOST = 3 * 1024 * 1024
"""Bytes of a workbook up to which it is written again: openpyxl holds every cell of it."""


def marked_copy(*, source: Import, by: Actor, at: datetime) -> tuple[str, bytes]:
    """Return name and bytes of the workbook with its errors marked; of a very large one the list of errors alone.

    Raises `RuleViolation` where there is nothing to mark.
    """
    preview = source.preview or {}
    errors = preview.get("outcome", {}).get("errors", [])
    if not errors:
        raise RuleViolation(_("There is no error to be marked in this file."))
    marks = [CellMark(error["cell"], error["line"], error["column"], error["message"]) for error in errors]
    sheet, name = preview["summary"]["sheet"], PurePath(source.file.name).stem
    with open_for_download(file=source.file, by=by, at=at) as stream:
        if source.file.size > MOST:
            return f"{name}（错误清单）.xlsx", list_of(sheet, marks)
        return f"{name}（已标注）.xlsx", mark(stream.read(), sheet, marks)
