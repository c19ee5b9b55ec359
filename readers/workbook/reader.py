"""From the rows of a sheet to the rows of a ledger: where each is in the tree, and which rows are no measure."""

import re
from collections.abc import Iterator
from typing import Any

from core.fields import Field
from readers.workbook.cells import SAME_AS_ABOVE, squeezed, text_of
from readers.workbook.container import UnreadableWorkbook, check
from readers.workbook.fields import REMARKS, Cells, Setting
from readers.workbook.headers import LEVELS, plain, spellings_of
from readers.workbook.rows import LedgerRow
from readers.workbook.sheet import SheetRow, open_sheet

FOOT = re.compile("合计|总计|小计|共计|填表|制表|填报|审核|注$|注\\d|说明|联系人|负责人签字|单位负责人")
SUM = re.compile("合计|总计|小计|共计")
HEADING = re.compile(r"(?:[一二三四五六七八九十]+、|[(（][一二三四五六七八九十]+[)）])\s*(.+)", re.DOTALL)
OF_MEASURES = ("leader", "lead_unit", "supporting", "deadline", "mode", "progress", "signed_off")
"""Where one of these is filled, the row is a measure; of plain fields each but the remarks says so too."""
ORGANISATION = re.compile(r"(?:填报)?单位(?:名称|[(（]盖章[)）])?[:：]\s*([^\s:：项]{2,60})(?=\s|$)")
NEAR = 10
"""Rows within which a heading that was left behind empty is looked for above."""
TITLED = re.compile(r"(?:关于)?(?:落实|贯彻|对照|整改|巡察|巡视|反馈|\d{4}年)")


class Ledger:
    """A workbook that is being read: `rows` gives its rows one by one; `notes` is complete when they have ended."""

    def __init__(self, data: bytes, setting: Setting) -> None:
        """Raises `UnreadableWorkbook`."""
        check(data)
        self.sheet = open_sheet(data, spellings_of(setting.fields))
        self.cells = Cells(self.sheet.header, setting)
        self.of_measures = (*OF_MEASURES, *(each.key for each in setting.plain("measure") if each.key != REMARKS))
        self._issue_fields = [each for each in setting.plain("issue") if each.key in self.cells.places]
        self.notes = self.cells.notes
        self.fields = frozenset(self.cells.places)
        self._open: dict[str, str] = dict.fromkeys(LEVELS, "")
        self._issue_values: dict[str, Any] = {}
        self._block = self._line = 0
        self._entered: dict[str, int] = {}  # level → row in which it began
        self._last_id = ""
        self._is_noted = False  # that the issue of this block has no text

    @property
    def title(self) -> str:
        """The first of the words above the header."""
        return next((words for words in self.sheet.above if not ORGANISATION.search(words)), "")

    @property
    def organisation(self) -> str:
        """Whose ledger it is: as the line below the title says, else what the title begins with."""
        for words in self.sheet.above:
            if match := ORGANISATION.search(words):
                return match[1]
        match = TITLED.search(self.title)
        return self.title[: match.start()].strip() if match else ""

    def rows(self) -> Iterator[LedgerRow]:
        """Read row by row. A cell that cannot be read is in `notes.errors`; its row is given all the same.

        Raises `UnreadableWorkbook` where there is none.
        """
        header = {index: plain(words) for index, words in self.sheet.header.words.items()}
        count = 0
        for line in self.sheet.lines():
            if line.is_empty or _is_header_again(line, header) or self._is_heading(line) or self._is_foot(line):
                continue
            self._descend(line)
            row = self._row(line)
            if row is not None:
                count += 1
                yield row
        if not count:
            raise UnreadableWorkbook("no_rows", sheet=self.sheet.name)

    def _is_heading(self, line: SheetRow) -> bool:
        """Take a row that is one cell, `一、党的领导方面`, as the area or category that it names."""
        filled = _words(line)
        match = HEADING.fullmatch(filled[0]) if len(filled) == 1 else None
        if match is None or self.cells.own(line, "text"):
            return False
        free = [name for name in ("area", "category") if name not in self.fields]
        if not free:
            return False
        is_inner = filled[0][0] in "(（" and self._open["area"] != "" and "category" in free
        self._enter("category" if is_inner else free[0], match[1].strip())
        return True

    def _is_foot(self, line: SheetRow) -> bool:
        """Note a row that is no measure: a sum, a signature, a single remark."""
        filled = _words(line)
        if self.cells.own(line, "text") and not (SUM.fullmatch(plain(filled[0])) and len(filled) < 4):
            return False
        if FOOT.match(plain(filled[0])):
            self.notes.foot.append((line.number, " ".join(filled)))
            return True
        if any(self.cells.own(line, name) for name in (*LEVELS, *self.of_measures)):
            return False
        if filled != [self.cells.own(line, "seq")]:
            self.notes.unread.append((line.number, " ".join(filled)))
        return True

    def _descend(self, line: SheetRow) -> None:
        """Go where the row belongs: an empty cell means the same area, category, problem or issue as above."""
        self._line = line.number
        for name in LEVELS:
            index = self.cells.places.get(name, [-1])[0]
            own, begins = self.cells.own(line, name), index in line.begins
            if own and own not in SAME_AS_ABOVE:
                if squeezed(own) != squeezed(self._open[name]) or (name == "issue" and begins):
                    self._enter(name, own)
            elif begins and not own and not self._is_shifted(line, name):
                self._enter(name, "")
        self._last_id = self.cells.own(line, "issue_id")
        for each in self._issue_fields:
            if self.cells.own(line, each.key) not in {"", *SAME_AS_ABOVE}:
                self._add_to_issue(each, self.cells.value(line, each, is_own=True))

    def _add_to_issue(self, each: Field, value: Any) -> None:
        """Rows of one issue may each say a part of a text; of anything else the first row that says it counts."""
        known = self._issue_values.get(each.name)
        if not known:
            self._issue_values[each.name] = value
        elif each.is_text and value not in (known, *known.split("\n")):
            self._issue_values[each.name] = f"{known}\n{value}"

    def _is_shifted(self, line: SheetRow, name: str) -> bool:
        """Tell a merged cell that was emptied from one that programs leave behind when they delete a row above it.

        In an exported ledger the hidden id says that the row belongs to the issue of the row above; of the headings
        only that they began a few rows above.
        """
        own = self.cells.own(line, "issue_id")
        if name == "issue" or own == self._last_id:
            return own != "" and own == self._last_id
        return own != "" and line.number - self._entered.get(name, 0) <= NEAR

    def _enter(self, name: str, text: str) -> None:
        """Begin an area, category, problem or issue; what is open below it ends."""
        for below in LEVELS[LEVELS.index(name) :]:
            self._open[below] = ""
        self._open[name], self._issue_values = text, {}
        self._block, self._is_noted = self._block + 1, False
        self._entered[name] = self._line

    def _row(self, line: SheetRow) -> LedgerRow | None:
        row = LedgerRow(line=line.number, block=self._block, text=self.cells.text(line, "text"))
        row.issue_id, row.measure_id = self.cells.text(line, "issue_id"), self.cells.text(line, "measure_id")
        row.area, row.category, row.problem, row.issue = self._open.values()
        row.issue_values = dict(self._issue_values)
        if not row.issue and not self._is_noted:
            self._is_noted = True
            self.cells.note(line.number, "issue", "empty")
        if not row.text and any(self.cells.own(line, name) for name in self.of_measures):
            self.cells.note(line.number, "text", "empty")
        self.cells.read(line, row)
        return row


def _words(line: SheetRow) -> list[str]:
    return [text for cell in line.own if (text := text_of(cell))]


def _is_header_again(line: SheetRow, header: dict[int, str]) -> bool:
    """Return whether the header is repeated here, as at the top of a printed page."""
    same = sum(1 for index, words in header.items() if index < len(line.own) and plain(line.own[index]) == words)
    return same * 2 > len(header)
