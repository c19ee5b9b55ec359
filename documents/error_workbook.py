"""The workbook that came in, given back with what is wrong marked in its cells and listed on a sheet of its own."""

import io
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import coordinate_to_tuple

SHEET = "错误清单"
HEAD = ("行", "列", "单元格", "错误")
WRONG = PatternFill("solid", fgColor="FFC7CE")
AUTHOR = "rectify"


@dataclass(frozen=True)
class CellMark:
    """One thing that is wrong: the cell (empty where the workbook lacks the column), row, column, the sentence."""

    cell: str
    line: int
    column: str
    message: str


def mark(data: bytes, sheet: str, marks: Sequence[CellMark]) -> bytes:
    """Return the workbook with each bad cell coloured and commented, and the list in front of its other sheets."""
    book = load_workbook(io.BytesIO(data))
    ledger = book[sheet]
    for cell, sentences in _by_cell(ledger, marks).items():
        place = ledger[cell]
        place.fill = WRONG
        place.comment = Comment("\n".join(sentences), AUTHOR, width=320, height=60 + 20 * len(sentences))
    _list(book, sheet, marks)
    return _saved(book)


def list_of(sheet: str, marks: Sequence[CellMark]) -> bytes:
    """Return a workbook that holds the list alone, for one that is too large to be written again."""
    book = Workbook()
    book.remove(book.worksheets[0])
    _list(book, sheet, marks)
    return _saved(book)


def _by_cell(ledger: Any, marks: Sequence[CellMark]) -> dict[str, list[str]]:
    """Of merged cells only the first one is visible and can be marked."""
    messages: defaultdict[str, list[str]] = defaultdict(list)
    for each in marks:
        if each.cell:
            messages[_visible_cell(ledger, each.cell)].append(each.message)
    return messages


def _visible_cell(ledger: Any, cell: str) -> str:
    row, column = coordinate_to_tuple(cell)
    if isinstance(ledger.cell(row, column), MergedCell):
        for merged in ledger.merged_cells.ranges:
            if cell in merged:
                return str(merged.start_cell.coordinate)
    return cell


def _list(book: Any, sheet: str, marks: Sequence[CellMark]) -> None:
    if SHEET in book.sheetnames:
        book.remove(book[SHEET])  # of the time before
    listed = book.create_sheet(SHEET)
    listed.append(HEAD)
    for cell in listed[1]:
        cell.font = Font(bold=True)
    for number, each in enumerate(marks, 2):
        values = (each.line or "", each.column, each.cell, each.message)
        for index, value in enumerate(values, 1):
            place = listed.cell(number, index)
            place.value = value
            if isinstance(value, str):
                place.data_type = "s"  # words of the office never become a formula
        if each.cell and sheet in book.sheetnames:
            listed.cell(number, 3).hyperlink = f"#'{sheet.replace(chr(39), chr(39) * 2)}'!{each.cell}"
    for letters, width in zip("ABCD", (8, 18, 10, 80), strict=True):
        listed.column_dimensions[letters].width = width


def _saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
