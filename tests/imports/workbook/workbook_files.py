"""Workbooks as offices have them, made by hand, and the two commands with what they print."""

import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import xlsxwriter

from tests.imports.test_commands import run, run_json

__all__ = ["counts", "export", "import_json", "open_book", "rows_below", "run", "run_json", "workbook"]
HEAD_ROW = 3


def workbook(
    rows: Iterable[Sequence[Any]],
    *,
    merges: Iterable[str] = (),
    name: str = "整改台账",
    formats: dict[tuple[int, int], str] | None = None,
) -> bytes:
    """A sheet with these rows; `formats` gives number formats to cells, `merges` are ranges of which only the first
    cell holds anything."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_numbers": False})
    sheet = book.add_worksheet(name)
    for number, row in enumerate(rows):
        for index, value in enumerate(row):
            look = (formats or {}).get((number, index))
            if value not in (None, ""):
                sheet.write(number, index, value, book.add_format({"num_format": look}) if look else None)
    for area in merges:
        sheet.merge.append(list(_corners(area)))
    book.close()
    return out.getvalue()


def _corners(area: str) -> tuple[int, int, int, int]:
    left, top, right, bottom = openpyxl.utils.range_boundaries(area)
    return top - 1, left - 1, bottom - 1, right - 1


def export(folder: Path, code: str) -> Path:
    out = folder / "ledger.xlsx"
    exit_code, _out, err = run("export_ledger", "--inspection", code, "--out", out)
    assert exit_code == 0, err
    return out


def import_json(file: Path, code: str, *more: str) -> tuple[int, dict[str, Any]]:
    return run_json("import_ledger", file, "--inspection", code, *more)


def open_book(file: Path) -> tuple[Any, Any, dict[str, int]]:
    """The book as a person edits it, its ledger, and which column (from 1) has which header."""
    book = openpyxl.load_workbook(file)
    sheet = book["整改台账"]
    columns = {str(cell.value): cell.column for cell in sheet[HEAD_ROW] if cell.value}
    return book, sheet, columns


def rows_below(sheet: Any) -> range:
    """The rows of the measures."""
    return range(HEAD_ROW + 1, sheet.max_row + 1)


def counts(told: dict[str, Any]) -> tuple[int, int, int, int]:
    """Measures created, changed, left alone; rows of the ledger that the file lacks."""
    return told["created"], told["changed"], told["unchanged"], len(told["absent"])
