"""The ledger as offices print it: one row a measure, areas to issues merged, three lists on sheets of their own."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.fields import CUT_MARK, Field
from documents.ledger_layout import LedgerLayout
from documents.ledger_style import FIRST_ROW, LedgerFormats, close_page, set_up
from documents.workbook import LONGEST_CELL, merge_down, open_workbook

SHEET = "整改台账"


@dataclass
class LedgerLine:
    """One measure with all that is above it. `keys` tell which rows share area, category, problem and issue."""

    keys: dict[str, Any]
    values: dict[str, str | int | date | None]


@dataclass
class _Sheet:
    """One sheet on its way: the row to be written next, and where the merged cells began."""

    sheet: Any
    columns: tuple[Field, ...]
    row: int = FIRST_ROW
    begun: dict[str, tuple[Any, int]] = field(default_factory=dict)


class LedgerWriter:
    """Writes lines in the order of the plan, each once, and keeps none of them; `close` ends the file."""

    def __init__(self, path: Any, layout: LedgerLayout, *, title: str, line: str) -> None:
        self.book = open_workbook(path)
        self.look = LedgerFormats(self.book)
        self.printed = len(layout.columns)
        self.ledger = self._sheet(SHEET, (*layout.columns, *layout.hidden), title, line)
        for index in range(self.printed, self.printed + len(layout.hidden)):
            self.ledger.sheet.set_column(index, index, None, None, {"hidden": True})
        bare_title = title.replace("整改台账", "")
        self.lists = [self._sheet(name, columns, bare_title + name, line) for name, columns in layout.lists]
        self._issue: LedgerLine | None = None
        self._issues = self._measures = self._done = 0

    def _sheet(self, name: str, columns: tuple[Field, ...], title: str, line: str) -> _Sheet:
        sheet = self.book.add_worksheet(name)
        set_up(sheet, self.look, columns, title=title, line=line)
        return _Sheet(sheet, columns)

    def add(self, line: LedgerLine, *, is_done: bool) -> None:
        """Write one measure on the ledger and on the lists; an issue is written when its last measure has come."""
        if self._issue is None or self._issue.keys["issue"] != line.keys["issue"]:
            self._end_issue()
            self._issue, self._issues = line, self._issues + 1
        self._measures, self._done = self._measures + 1, self._done + is_done
        self._write(self.ledger, {**line.values, "seq": self._issues}, line.keys)
        for sheet in self.lists[1:]:
            self._write(sheet, {**line.values, "seq": sheet.row - FIRST_ROW + 1}, {})

    def _end_issue(self) -> None:
        if self._issue is not None:
            counts = {"seq": self._issues, "measures": self._measures, "done": self._done}
            self._write(self.lists[0], {**self._issue.values, **counts}, {})
        self._measures = self._done = 0

    def _write(self, sheet: _Sheet, values: dict[str, Any], keys: dict[str, Any]) -> None:
        for index, column in enumerate(sheet.columns):
            level = column.merged_with if keys else ""
            if level and self._goes_on(sheet, column.key, index, keys[level]):
                sheet.sheet.write_blank(sheet.row, index, None, self.look.text)
            else:
                self._cell(sheet, index, column, values.get(column.key))
        sheet.row += 1

    def _goes_on(self, sheet: _Sheet, name: str, index: int, key: Any) -> bool:
        """Return whether the cell above goes on here; where it ends it is merged."""
        last, first = sheet.begun.get(name, (None, 0))
        if last == key:
            return True
        if name in sheet.begun:
            merge_down(sheet.sheet, index, first, sheet.row - 1)
        sheet.begun[name] = (key, sheet.row)
        return False

    def _cell(self, sheet: _Sheet, index: int, column: Field, value: Any) -> None:
        look = self.look.centred if column.is_centred else self.look.text
        if value is None or value == "":
            sheet.sheet.write_blank(sheet.row, index, None, look)
        elif isinstance(value, date):
            sheet.sheet.write_datetime(sheet.row, index, value, self.look.day)
        elif isinstance(value, int):
            sheet.sheet.write_number(sheet.row, index, value, self.look.number)
        else:
            # As it is stored, character by character: the file that was exported, imported again, changes nothing.
            text = value if len(value) <= LONGEST_CELL else value[: LONGEST_CELL - len(CUT_MARK)] + CUT_MARK
            sheet.sheet.write_string(sheet.row, index, text, look)

    def close(self) -> int:
        """Write what is left and return how many measures the ledger holds."""
        self._end_issue()
        for index, column in enumerate(self.ledger.columns):
            if column.key in self.ledger.begun:
                merge_down(self.ledger.sheet, index, self.ledger.begun[column.key][1], self.ledger.row - 1)
        close_page(self.ledger.sheet, self.printed, self.ledger.row - 1)
        for sheet in self.lists:
            close_page(sheet.sheet, len(sheet.columns), sheet.row - 1)
        self.book.close()
        return self.ledger.row - FIRST_ROW
