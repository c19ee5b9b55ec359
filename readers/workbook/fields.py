"""Reading the cells of one row, field by field; what cannot be read is noted with its address."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from core.fields import Field, FieldType
from readers.tree import MilestoneNode
from readers.workbook.cells import (
    SAME_AS_ABOVE,
    Known,
    choice_in,
    choices_in,
    completion_of,
    count_of,
    leaders_in,
    mode_of,
    text_of,
    units_in,
    whole_number_in,
    yes_or_no,
)
from readers.workbook.container import letters_of
from readers.workbook.dates import NotRead, Period, day_of, stages_of, time_limit
from readers.workbook.headers import Header
from readers.workbook.rows import CellError, LedgerRow
from readers.workbook.sheet import SheetRow

REMARKS = "remarks"
NOTHING_SAID = frozenset({"", "无", "/", "-", "—"})
OTHER_LEADERS = "其他责任领导："
"""How the remarks begin that name the second and further leaders of a cell: a measure has one."""


@dataclass(frozen=True)
class Setting:
    """What the reader needs to know: the fields that there are, the days that dates without a year count from, and the
    names that exist.
    """

    fields: tuple[Field, ...]
    period: Period
    leaders: Known = field(default_factory=Known)
    units: Known = field(default_factory=Known)

    @cached_property
    def by_key(self) -> dict[str, Field]:
        return {each.key: each for each in self.fields}

    def plain(self, level: str) -> list[Field]:
        """Return the fields of a level that need no code of their own."""
        return [each for each in self.fields if each.is_plain and each.level == level]


@dataclass
class Notes:
    """What was met on the way: bad cells, rows that are no measure, cells that were read in a way worth a word."""

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
        self._other_leaders: list[str] = []  # of the row that is being read
        self.plain_fields = setting.plain("measure")

    def address(self, name: str, line: int) -> tuple[str, str]:
        """Return where a field of a row is, and the words above it; without a column the official ones."""
        title = self.setting.by_key[name].title if name in self.setting.by_key else name
        if name not in self.places:
            return "", title
        index = self.places[name][0]
        return f"{letters_of(index)}{line}", self.header.words.get(index, title)

    def note(self, line: int, name: str, code: str, text: str = "") -> None:
        cell, words = self.address(name, line)
        self.notes.errors.append(CellError(line, name, cell, words, code, text))

    def raw(self, line: SheetRow, name: str) -> Any:
        index = self.places[name][0] if name in self.places else len(line.cells)
        return line.cells[index] if index < len(line.cells) else ""

    def text(self, line: SheetRow, name: str) -> str:
        """Return the words of a field, merged cells included; where several columns give it, all of them."""
        return self._joined(line.cells, name)

    def own(self, line: SheetRow, name: str) -> str:
        """Return the words in the very cells of this row."""
        return self._joined(line.own, name)

    def _joined(self, cells: list[Any], name: str) -> str:
        places = [index for index in self.places.get(name, ()) if index < len(cells)]
        if len(places) == 1:
            return text_of(cells[places[0]])
        return "、".join(filter(None, (text_of(cells[index]) for index in places)))

    def _words(self, line: SheetRow, name: str) -> str:
        """Return the words of a field; 同上 means those of the row above."""
        text = self.text(line, name)
        if text in SAME_AS_ABOVE:
            return self._last.get(name, "")
        self._last[name] = text
        return text

    def read(self, line: SheetRow, row: LedgerRow) -> None:
        """Fill the row from the cells of its line."""
        self._other_leaders = []
        for name, reader in READERS.items():
            if name in self.places:
                reader(self, line, row)
        for each in self.plain_fields:
            if each.key in self.places and (value := self.value(line, each)) != each.empty:
                row.values[each.name] = value
        if self._other_leaders:
            words, leaders = row.values.get(REMARKS, ""), OTHER_LEADERS + "、".join(self._other_leaders)
            # The cell may name them already: that of a ledger that was exported does.
            row.values[REMARKS] = words if leaders in words else "\n".join(filter(None, [words, leaders]))

    def value(self, line: SheetRow, each: Field, *, is_own: bool = False) -> Any:
        """Return what a row says of a plain field; one that cannot be read is noted, and counts as empty.

        `is_own` takes the very cells of the row, without those that are merged down to it.
        """
        if is_own or each.type == FieldType.TEXT:
            words = self.own(line, each.key) if is_own else self.text(line, each.key)
        else:
            words = self._words(line, each.key)
        try:
            value = self._parsed(each, words, self.raw(line, each.key))
        except NotRead:
            value = None
        if value is None and not (each.empty is None and words in NOTHING_SAID):
            self.note(line.number, each.key, "unknown", words)
        if isinstance(value, str) and not self._fits(line.number, each.key, value):
            value = None
        return each.empty if value is None else value

    def _parsed(self, each: Field, words: str, raw: Any) -> Any:
        """Return the value by the type of a field; None where the words are none."""
        match each.type:
            case FieldType.CHOICES:
                return choices_in(words, each.codes)
            case FieldType.CHOICE:
                return choice_in(words, each.codes)
            case FieldType.YES_NO:
                return yes_or_no(words)
            case FieldType.NUMBER:
                return whole_number_in(words)
            case FieldType.DATE:
                cell = words if isinstance(raw, str) else raw
                return None if words in NOTHING_SAID else day_of(cell, self.setting.period)
            case FieldType.LINE:
                return " ".join(words.split("\n"))
        return words

    def _fits(self, line: int, key: str, *words: str) -> bool:
        longest = self.setting.by_key[key].max_length
        if longest and any(len(word) > longest for word in words):
            self.note(line, key, "too_long", max(words, key=len)[:40])
            return False
        return True

    def leader(self, line: SheetRow, row: LedgerRow) -> None:
        several = leaders_in(self._words(line, "leader"), self.setting.leaders)
        if self._fits(row.line, "leader", *several.all):
            row.leader = several.first
        if several.others:
            self.notes.several_leaders += 1
            self._other_leaders = several.others

    def units(self, line: SheetRow, row: LedgerRow) -> None:
        several = units_in(self._words(line, "lead_unit"), self.setting.units)
        if self._fits(row.line, "lead_unit", *several.all):
            row.lead_unit = several.first
            row.supporting_units += [name for name in several.others if name not in row.supporting_units]
        self.notes.several_units += bool(several.others)

    def supporting(self, line: SheetRow, row: LedgerRow) -> None:
        names = units_in(self._words(line, "supporting"), self.setting.units).all
        if self._fits(row.line, "supporting", *names):
            row.supporting_units += [
                name for name in names if name not in row.supporting_units and name != row.lead_unit
            ]

    def task_force(self, line: SheetRow, row: LedgerRow) -> None:
        words = self._words(line, "task_force")
        if self._fits(row.line, "task_force", words):
            row.task_force = words

    def time(self, line: SheetRow, row: LedgerRow) -> None:
        """Read the time limit and what it says of the way a measure is carried out."""
        words = self._words(line, "deadline")
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

    def mode(self, line: SheetRow, row: LedgerRow) -> None:
        words = self._words(line, "mode")
        mode = mode_of(words)
        if words and mode is None:
            self.note(row.line, "mode", "unknown", words)
        row.mode = mode or row.mode

    def milestones(self, line: SheetRow, row: LedgerRow) -> None:
        words = self.text(line, "milestones")
        try:
            stages = stages_of(words, self.setting.period)
        except NotRead:
            self.note(row.line, "milestones", "unknown", words)
            return
        longest = self.setting.by_key["milestones"].max_length
        if any(len(title) > longest for title, _day in stages):
            self.note(row.line, "milestones", "too_long", words[:40])
        row.has_milestones = True
        if stages:
            self._stages(row, stages)

    def _stages(self, row: LedgerRow, stages: list[tuple[str, date]]) -> None:
        row.has_milestones = True
        row.milestones = [MilestoneNode(title, day) for title, day in stages]

    def sustained(self, line: SheetRow, row: LedgerRow) -> None:
        words = self._words(line, "sustained")
        row.is_sustained = yes_or_no(words)
        if row.is_sustained is None:
            self.note(row.line, "sustained", "unknown", words)

    def completion(self, line: SheetRow, row: LedgerRow) -> None:
        row.completion_words = self._words(line, "completion")
        row.completion = completion_of(row.completion_words)
        self.notes.unclear_completion += bool(row.completion_words and not row.completion)

    def evidence(self, line: SheetRow, row: LedgerRow) -> None:
        """Count the files; an office may also write their names here, which is no number and no mistake."""
        words = self.text(line, "evidence")
        row.evidence = count_of(words) if words not in {"", "无"} else None
        if row.evidence is None and words.lstrip("-").replace(".", "").isdigit():
            self.note(row.line, "evidence", "unknown", words)

    def signed_off(self, line: SheetRow, row: LedgerRow) -> None:
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

    def progress(self, line: SheetRow, row: LedgerRow) -> None:
        row.progress = self._words(line, "progress")


READERS: dict[str, Callable[[Cells, SheetRow, LedgerRow], None]] = {
    "leader": Cells.leader,
    "lead_unit": Cells.units,
    "supporting": Cells.supporting,
    "task_force": Cells.task_force,
    "deadline": Cells.time,
    "mode": Cells.mode,
    "milestones": Cells.milestones,
    "sustained": Cells.sustained,
    "progress": Cells.progress,
    "completion": Cells.completion,
    "evidence": Cells.evidence,
    "signed_off": Cells.signed_off,
}
"""Fields with code of their own, in this order: how a measure is carried out overrules what the time limit says."""
