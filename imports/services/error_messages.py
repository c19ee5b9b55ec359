"""Bad cells in the words that an office reads: row, column, what is wrong."""

from typing import Any

from django.utils.translation import gettext as _

from readers.workbook.rows import CellError, WorkbookReading


def as_error(error: CellError) -> dict[str, Any]:
    """Return a bad cell as previews, commands and marked workbooks name it."""
    at = {"row": error.line, "column": error.column, "text": error.text}
    if error.code == "empty":
        message = _("Row %(row)d, %(column)s: this cell must not be empty") % at
    elif error.code == "too_long":
        message = _("Row %(row)d, %(column)s: “%(text)s…” is too long") % at
    else:
        message = _("Row %(row)d, %(column)s: “%(text)s” is not understood") % at
    return {"cell": error.cell, "line": error.line, "column": error.column, "message": message}


def error_of(reading: WorkbookReading, line: int, name: str, message: str) -> dict[str, Any]:
    """Return what a rule says against a field of a row, with the address of its cell."""
    letters, column = reading.places.get(name) or reading.places["text"]
    text = _("Row %(row)d, %(column)s: %(message)s") % {"row": line, "column": column, "message": message}
    return {"cell": f"{letters}{line}" if letters else "", "line": line, "column": column, "message": text}
