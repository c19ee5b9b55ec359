"""Reading the cells of one row, field by field; what cannot be read is noted with its address."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from documents.ledger_columns import TITLES
from readers.tree import MilestoneNode
from readers.workbook.cells import (
    SAME_AS_ABOVE,
    Known,
    completion_of,
    count_of,
    kinds_in,
    leaders_in,
    mode_of,
    text_of,
    units_in,
    yes_or_no,
)
from readers.workbook.container import letters_of
from readers.workbook.dates import NotRead, Period, day_of, stages_of, time_limit
from readers.workbook.headers import Header
from readers.workbook.rows import CellError, LedgerRow
from readers.workbook.sheet import Line

LONGEST = {"leader": 120, "lead_unit": 120, "supporting": 120, "handler": 120, "task_force": 80}
LONGEST_STAGE = 200
OTHER_LEADERS = "其他责任领导："
"""How the remarks begin that keep the second and further leaders of a cell: a measure has one."""


@dataclass(frozen=True)
class Setting:
    """What the reader has to be told: the days that dates without a year count from, and the names that exist."""

    period: Period
    leaders: Known = field(default_factory=Known)
    units: Known = field(default_factory=Known)


@dataclass
class Notes:
    """What was met on the way: bad cells, rows that are no measure, cells that were read in a way worth telling."""

    errors: list[CellError] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)
    foot: list[tuple[int, str]] = field(default_factory=list)
    several_leaders: int = 0
    several_units: int = 0
    without_day: int = 0
    unclear_completion: int = 0


class Cells:
    """The cells of the rows of one sheet, by the fields that its header names."""

    def __init__(self, header: Header, setting: Setting) -> None:
        self.header, self.setting = header, setting
        self.notes = Notes()
        self.places: dict[str, list[int]] = {}
        for index, name in header.columns.items():
            self.places.setdefault(name, []).append(index)
        self._last: dict[str, str] = {}

    def address(self, name: str, line: int) -> tuple[str, str]:
        """Return where a field of a row stands, and the words above it; without a column the official ones."""
        if name not in self.places:
            return "", TITLES.get(name, name)
        index = self.places[name][0]
        return f"{letters_of(index)}{line}", self.header.words.get(index, TITLES.get(name, name))

    def note(self, line: int, name: str, code: str, text: str = "") -> None:
        cell, words = self.address(name, line)
        self.notes.errors.append(CellError(line, name, cell, words, code, text))

    def raw(self, line: Line, name: str) -> Any:
        index = self.places[name][0] if name in self.places else len(line.cells)
        return line.cells[index] if index < len(line.cells) else ""

    def text(self, line: Line, name: str) -> str:
        """Return the words of a field, merged cells included; where several columns give it, all of them."""
        return self._joined(line.cells, name)

    def own(self, line: Line, name: str) -> str:
        """Return the words that stand in the very cells of this row."""
        return self._joined(line.own, name)

    def _joined(self, cells: list[Any], name: str) -> str:
        places = [index for index in self.places.get(name, ()) if index < len(cells)]
        if len(places) == 1:
            return text_of(cells[places[0]])
        return "、".join(filter(None, (text_of(cells[index]) for index in places)))

    def _told(self, line: Line, name: str) -> str:
        """Return the words of a field; 同上 means those of the row above."""
        text = self.text(line, name)
        if text in SAME_AS_ABOVE:
            return self._last.get(name, "")
        self._last[name] = text
        return text

    def read(self, line: Line, row: LedgerRow) -> None:
        """Fill the row from the cells of its line."""
        for name, reader in READERS.items():
            if name in self.places:
                reader(self, line, row)

    def _fits(self, row: LedgerRow, name: str, *words: str) -> bool:
        if any(len(word) > LONGEST[name] for word in words):
            self.note(row.line, name, "too_long", max(words, key=len)[:40])
            return False
        return True

    def leader(self, line: Line, row: LedgerRow) -> None:
        several = leaders_in(self._told(line, "leader"), self.setting.leaders)
        if self._fits(row, "leader", *several.all):
            row.leader = several.first
        if several.others:
            self.notes.several_leaders += 1
            row.remarks = OTHER_LEADERS + "、".join(several.others)

    def units(self, line: Line, row: LedgerRow) -> None:
        several = units_in(self._told(line, "lead_unit"), self.setting.units)
        if self._fits(row, "lead_unit", *several.all):
            row.lead_unit = several.first
            row.supporting_units += [name for name in several.others if name not in row.supporting_units]
        self.notes.several_units += bool(several.others)

    def supporting(self, line: Line, row: LedgerRow) -> None:
        names = units_in(self._told(line, "supporting"), self.setting.units).all
        if self._fits(row, "supporting", *names):
            row.supporting_units += [
                name for name in names if name not in row.supporting_units and name != row.lead_unit
            ]

    def handler(self, line: Line, row: LedgerRow) -> None:
        words = " ".join(self._told(line, "handler").split("\n"))
        if self._fits(row, "handler", words):
            row.handler = words

    def task_force(self, line: Line, row: LedgerRow) -> None:
        words = self._told(line, "task_force")
        if self._fits(row, "task_force", words):
            row.task_force = words

    def kinds(self, line: Line, row: LedgerRow) -> None:
        words = self._told(line, "kinds")
        kinds = kinds_in(words)
        if kinds is None:
            self.note(row.line, "kinds", "unknown", words)
        row.kinds = kinds or []

    def time(self, line: Line, row: LedgerRow) -> None:
        """Read the time limit and what it says of the way a measure is carried out."""
        words = self._told(line, "deadline")
        raw = self.raw(line, "deadline")
        try:
            limit = time_limit(words if isinstance(raw, str) else raw, self.setting.period)
        except NotRead:
            self.note(row.line, "deadline", "unknown", words)
            return
        row.deadline = limit.day
        row.is_at_once = limit.is_immediate and limit.day is None
        if row.is_at_once:
            row.deadline = self.setting.period.ends
            self.notes.without_day += row.deadline is None
        if limit.stages:
            self._stages(row, limit.stages)
        row.mode = (
            ("staged" if limit.stages else "")
            or ("immediate" if limit.is_immediate else "")
            or ("long_term" if limit.is_long_term else "")
        )
        if limit.is_long_term and "sustained" not in self.places:
            row.is_sustained = True

    def mode(self, line: Line, row: LedgerRow) -> None:
        words = self._told(line, "mode")
        mode = mode_of(words)
        if words and mode is None:
            self.note(row.line, "mode", "unknown", words)
        row.mode = mode or row.mode

    def milestones(self, line: Line, row: LedgerRow) -> None:
        words = self.text(line, "milestones")
        try:
            stages = stages_of(words, self.setting.period)
        except NotRead:
            self.note(row.line, "milestones", "unknown", words)
            return
        if any(len(title) > LONGEST_STAGE for title, _day in stages):
            self.note(row.line, "milestones", "too_long", words[:40])
        row.has_milestones = True
        if stages:
            self._stages(row, stages)

    def _stages(self, row: LedgerRow, stages: list[tuple[str, date]]) -> None:
        row.has_milestones = True
        row.milestones = [MilestoneNode(title, day) for title, day in stages]

    def sustained(self, line: Line, row: LedgerRow) -> None:
        words = self._told(line, "sustained")
        row.is_sustained = yes_or_no(words)
        if row.is_sustained is None:
            self.note(row.line, "sustained", "unknown", words)

    def completion(self, line: Line, row: LedgerRow) -> None:
        row.completion_words = self._told(line, "completion")
        row.completion = completion_of(row.completion_words)
        self.notes.unclear_completion += bool(row.completion_words and not row.completion)

    def evidence(self, line: Line, row: LedgerRow) -> None:
        """Count the files; an office may also write their names here, which is no number and no mistake."""
        words = self.text(line, "evidence")
        row.evidence = count_of(words) if words not in {"", "无"} else None
        if row.evidence is None and words.lstrip("-").replace(".", "").isdigit():
            self.note(row.line, "evidence", "unknown", words)

    def signed_off(self, line: Line, row: LedgerRow) -> None:
        raw, words = self.raw(line, "signed_off"), self.text(line, "signed_off")
        if words in {"", "无", "/", "-", "—", "未销号", "否"}:
            return
        if words in {"已销号", "销号", "是", "√"}:
            row.completion_words, row.completion = row.completion_words or words, row.completion or "done"
            return
        try:
            row.signed_off_on = day_of(words if isinstance(raw, str) else raw, self.setting.period)
        except NotRead:
            self.note(row.line, "signed_off", "unknown", words)

    def progress(self, line: Line, row: LedgerRow) -> None:
        row.progress = self._told(line, "progress")

    def remarks(self, line: Line, row: LedgerRow) -> None:
        """The remarks of the cell; further leaders are named once, also where the cell names them already."""
        words = self.text(line, "remarks")
        row.remarks = words if row.remarks in words else "\n".join(filter(None, [words, row.remarks]))


READERS: dict[str, Callable[[Cells, Line, LedgerRow], None]] = {
    "kinds": Cells.kinds,
    "leader": Cells.leader,
    "lead_unit": Cells.units,
    "supporting": Cells.supporting,
    "handler": Cells.handler,
    "task_force": Cells.task_force,
    "deadline": Cells.time,
    "mode": Cells.mode,
    "milestones": Cells.milestones,
    "sustained": Cells.sustained,
    "progress": Cells.progress,
    "completion": Cells.completion,
    "evidence": Cells.evidence,
    "signed_off": Cells.signed_off,
    "remarks": Cells.remarks,
}
"""In this order: how a measure is carried out overrules what the time limit says of it, remarks come last."""
