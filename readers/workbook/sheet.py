"""The cells of a sheet, row by row, with merged cells filled; which sheet of the workbook is the ledger."""

import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from readers.workbook.cells import text_of
from readers.workbook.container import UnreadableWorkbook
from readers.workbook.headers import HEADER_ROWS, LISTS, Header, find_header


@dataclass
class SheetRow:
    """One row: its number as Excel shows it, its cells, and what merges say of them.

    `begins` are the columns in which a cell merged over several rows begins here; `spans` the number of columns of a
    cell merged sideways.
    """

    number: int
    cells: list[Any]
    own: list[Any]
    begins: set[int] = field(default_factory=set)
    spans: dict[int, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not any(text_of(cell) for cell in self.own)


@dataclass
class LedgerSheet:
    """The sheet that is the ledger, its header, the words above it, and the other sheets that look like one."""

    name: str
    source: CalamineSheet
    header: Header
    above: list[str]
    others: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[SheetRow]:
        """Walk the rows below the header."""
        return islice(_lines(self.source), self.header.last + 1, None)

    @property
    def height(self) -> int:
        return (self.source.end[0] if self.source.end else 0) - self.header.last


def open_sheet(data: bytes, spellings: Mapping[str, str]) -> LedgerSheet:
    """Return the ledger of a workbook that `container.check` let pass. Raises `UnreadableWorkbook`."""
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = [meta.name for meta in book.sheets_metadata if _is_visible(meta)]
        sheet = _first(book, [name for name in names if name not in LISTS], spellings)
        sheet = sheet or _first(book, [name for name in names if name in LISTS], spellings)
    except CalamineError as error:  # damaged in one of many ways
        raise UnreadableWorkbook("not_workbook") from error
    if sheet is None:
        raise UnreadableWorkbook("no_header")
    return sheet


def _first(book: CalamineWorkbook, names: list[str], spellings: Mapping[str, str]) -> LedgerSheet | None:
    """Return the first sheet that is a ledger, with the names of the others; only it stays in memory."""
    first: LedgerSheet | None = None
    for name in names:
        sheet = _sheet(book, name, spellings)
        if sheet is not None and first is not None:
            first.others.append(name)
        first = first or sheet
    return first


def _is_visible(meta: Any) -> bool:
    return bool(meta.typ == SheetTypeEnum.WorkSheet and meta.visible == SheetVisibleEnum.Visible)


def _sheet(book: CalamineWorkbook, name: str, spellings: Mapping[str, str]) -> LedgerSheet | None:
    source = book.get_sheet_by_name(name)
    head = [_sideways(line) for line in islice(_lines(source), HEADER_ROWS)]
    header = find_header(head, spellings)
    if header is None:
        return None
    above = [" ".join(dict.fromkeys(filter(None, map(text_of, row)))) for row in head[: header.first]]
    return LedgerSheet(name, source, header, [words for words in above if words])


def _sideways(line: SheetRow) -> list[Any]:
    """A header over several columns is in the first of them."""
    cells = list(line.cells)
    for index, count in line.spans.items():
        cells[index : index + count] = [cells[index]] * len(cells[index : index + count])
    return cells


def _lines(source: CalamineSheet) -> Iterator[SheetRow]:
    """Walk all rows from the first of the sheet; columns count from the first of the sheet too."""
    if source.start is None:
        return
    left = source.start[1]
    merges: dict[int, list[tuple[int, int, int]]] = {}
    for (top, first), (bottom, last) in source.merged_cell_ranges or []:
        merges.setdefault(top, []).append((first, last, bottom))
    below: dict[int, tuple[int, Any]] = {}  # column → last row and content of the cell merged down to it
    for number, row in enumerate(source.iter_rows()):
        own = [""] * left + list(row)
        line = SheetRow(number + 1, own, own)
        if below:
            line.cells = list(own)
            _fill(line, number, below)
        for first, last, bottom in merges.get(number, ()):
            if last > first:
                line.spans[first] = last - first + 1
            if bottom > number:
                line.begins.add(first)
                below[first] = (bottom, own[first] if first < len(own) else "")
        yield line


def _fill(line: SheetRow, number: int, below: dict[int, tuple[int, Any]]) -> None:
    """Put into empty cells what is merged down to them; a cell that holds something of its own keeps it."""
    for index, (bottom, content) in list(below.items()):
        if number > bottom:
            del below[index]
        elif index < len(line.cells) and not text_of(line.cells[index]):
            line.cells[index] = content
