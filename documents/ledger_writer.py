"""The ledger as offices print it: one row a measure, areas to issues merged, three lists on sheets of their own."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from documents.ledger_columns import COLUMNS, HIDDEN, Column
from documents.ledger_style import FIRST_ROW, Look, close_page, set_up
from documents.workbook import CUT, LONGEST_CELL, merge_down, open_workbook

SHEET = "整改台账"
ISSUE_LIST = (
    Column("seq", "序号", 6),
    Column("area", "方面", 18),
    Column("category", "大类", 18),
    Column("problem", "问题", 24),
    Column("issue", "具体问题", 50),
    Column("goal", "整改目标", 36),
    Column("issue_leader", "责任领导", 14),
    Column("issue_unit", "牵头单位", 18),
    Column("measures", "措施数", 8),
    Column("done", "已销号", 8),
    Column("issue_state", "整改状态", 12),
    Column("sustained", "是否长期坚持", 10),
)
TASK_LIST = (
    Column("seq", "序号", 6),
    Column("issue", "具体问题", 50),
    Column("number", "措施序号", 8),
    Column("text", "整改措施", 60),
    Column("kinds", "措施类型", 16),
    Column("mode", "整改方式", 10),
    Column("milestones", "时间节点", 36),
    Column("deadline", "整改时限", 16),
    Column("completion", "完成情况", 12),
)
DUTY_LIST = (
    Column("seq", "序号", 6),
    Column("leader", "责任领导", 14),
    Column("lead_unit", "牵头单位", 20),
    Column("supporting", "配合单位", 24),
    Column("handler", "责任人", 12),
    Column("issue", "具体问题", 44),
    Column("number", "措施序号", 8),
    Column("text", "整改措施", 60),
    Column("deadline", "整改时限", 16),
)
LISTS = (("问题清单", ISSUE_LIST), ("任务清单", TASK_LIST), ("责任清单", DUTY_LIST))
CENTRED = {"number", "kinds", "leader", "lead_unit", "handler", "deadline", "mode", "completion", "sustained"}
MERGED = {"seq": "issue", "area": "area", "category": "category", "problem": "problem", "issue": "issue"}
MERGED["goal"] = "issue"


@dataclass
class Line:
    """One measure with all that stands above it. `keys` tell which rows share area, category, problem and issue."""

    keys: dict[str, Any]
    values: dict[str, str | int | date | None]


@dataclass
class _Sheet:
    """One sheet on its way: the row to be written next, and where the merged cells began."""

    sheet: Any
    columns: tuple[Column, ...]
    row: int = FIRST_ROW
    begun: dict[str, tuple[Any, int]] = field(default_factory=dict)


class LedgerWriter:
    """Writes lines in the order of the plan, each once, and holds none of them; `close` ends the file."""

    def __init__(self, path: Any, *, title: str, line: str) -> None:
        self.book = open_workbook(path)
        self.look = Look(self.book)
        self.ledger = self._sheet(SHEET, (*COLUMNS, *HIDDEN), title, line)
        for index in range(len(COLUMNS), len(COLUMNS) + len(HIDDEN)):
            self.ledger.sheet.set_column(index, index, None, None, {"hidden": True})
        titles = [title.replace("整改台账", "") + name for name, _columns in LISTS]
        self.lists = [self._sheet(name, c, t, line) for (name, c), t in zip(LISTS, titles, strict=True)]
        self._issue: Line | None = None
        self._issues = self._measures = self._done = 0

    def _sheet(self, name: str, columns: tuple[Column, ...], title: str, line: str) -> _Sheet:
        sheet = self.book.add_worksheet(name)
        set_up(sheet, self.look, columns, title=title, line=line)
        return _Sheet(sheet, columns)

    def add(self, line: Line, *, is_done: bool) -> None:
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
            level = MERGED.get(column.field, "") if keys else ""
            if level and self._goes_on(sheet, column.field, index, keys[level]):
                sheet.sheet.write_blank(sheet.row, index, None, self.look.text)
            else:
                self._cell(sheet, index, column.field, values.get(column.field))
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

    def _cell(self, sheet: _Sheet, index: int, name: str, value: Any) -> None:
        look = self.look.centred if name in CENTRED else self.look.text
        if value is None or value == "":
            sheet.sheet.write_blank(sheet.row, index, None, look)
        elif isinstance(value, date):
            sheet.sheet.write_datetime(sheet.row, index, value, self.look.day)
        elif isinstance(value, int):
            sheet.sheet.write_number(sheet.row, index, value, self.look.number)
        else:
            # As it is held, character by character: the file that was exported, imported again, changes nothing.
            text = value if len(value) <= LONGEST_CELL else value[: LONGEST_CELL - len(CUT)] + CUT
            sheet.sheet.write_string(sheet.row, index, text, look)

    def close(self) -> int:
        """Write what is left and return how many measures the ledger holds."""
        self._end_issue()
        for index, column in enumerate(self.ledger.columns):
            if column.field in self.ledger.begun:
                merge_down(self.ledger.sheet, index, self.ledger.begun[column.field][1], self.ledger.row - 1)
        close_page(self.ledger.sheet, len(COLUMNS), self.ledger.row - 1)
        for sheet in self.lists:
            close_page(sheet.sheet, len(sheet.columns), sheet.row - 1)
        self.book.close()
        return self.ledger.row - FIRST_ROW
