"""The rows of a ledger as they were read, the tree that they make, and what is wrong with their cells."""

import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.fields import Field, FieldType
from readers.tree import AreaNode, CategoryNode, IssueNode, MeasureNode, MilestoneNode, ProblemNode, Reading
from readers.workbook.cells import squeezed

SHARED = ("area", "category", "problem", "issue", "leader", "lead_unit", "mode", "completion")
DAYS = ("deadline", "signed_off_on")


@dataclass(slots=True)
class CellError:
    """A cell that cannot be read: where it is, the words above its column, what it holds, and why (a code)."""

    line: int
    field: str
    cell: str
    column: str
    code: str
    text: str = ""


@dataclass
class LedgerRow(MeasureNode):
    """One measure of the ledger, or an issue without any. `block` numbers the issues in the order of the sheet.

    `mode` is empty, `is_sustained` None and `has_milestones` false where the workbook says nothing of them.
    """

    mode: str = ""
    block: int = 0
    area: str = ""
    category: str = ""
    problem: str = ""
    issue: str = ""
    issue_values: dict[str, Any] = field(default_factory=dict)
    issue_id: str = ""
    measure_id: str = ""
    has_milestones: bool = False
    is_at_once: bool = False  # 立行立改 in the place of a date
    is_sustained: bool | None = None
    task_force: str = ""
    progress: str = ""
    completion: str = ""
    completion_words: str = ""
    evidence: int | None = None
    signed_off_on: date | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the row as JSON stores it: what is empty is left out."""
        data: dict[str, Any] = {
            name: value for name, value in self.__dict__.items() if value or value is False or value == 0
        }
        for name in DAYS:
            if name in data:
                data[name] = data[name].isoformat()
        for name in ("values", "issue_values"):
            if name in data:
                data[name] = {key: _day_as_text(value) for key, value in data[name].items()}
        if self.milestones:
            data["milestones"] = [[stage.title, stage.due_on.isoformat()] for stage in self.milestones]
        return data

    @classmethod
    def from_json(cls, data: dict[str, Any], fields: Iterable[Field]) -> "LedgerRow":
        """Return the row that `to_json` wrote. Words that many rows share are one object in memory."""
        row: dict[str, Any] = {name: sys.intern(value) if name in SHARED else value for name, value in data.items()}
        for name in DAYS:
            if name in row:
                row[name] = date.fromisoformat(row[name])
        stages = row.get("milestones", [])
        row["milestones"] = [MilestoneNode(title, date.fromisoformat(day)) for title, day in stages]
        for each in fields:
            for values in (row.get("values", {}), row.get("issue_values", {})):
                if each.is_plain and values.get(each.name):
                    values[each.name] = _restored(each, values[each.name])
        return cls(**{"text": "", **row})

    @property
    def has_claim(self) -> bool:
        return bool(self.progress or self.completion_words or self.evidence or self.signed_off_on)


@dataclass
class IssueOfRows(IssueNode):
    """An issue of a workbook: what it is in the ledger by its hidden id, whether its row says if it is kept up."""

    row_id: str = ""
    sustained: bool | None = None


@dataclass
class WorkbookReading(Reading):
    """All that a ledger in a workbook holds. `fields` are those that it has columns for, `places` field → column.

    A place is the letters of the column and the words above it.
    """

    fields: frozenset[str] = frozenset()
    places: dict[str, tuple[str, str]] = field(default_factory=dict)
    errors: list[CellError] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    others: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def _day_as_text(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _restored(each: Field, value: Any) -> Any:
    if each.type == FieldType.DATE:
        return date.fromisoformat(value)
    if not isinstance(value, str):
        return value
    # A text of a measure differs from row to row; that of an issue, or a person, is the same in many.
    is_shared = each.level == "issue" or each.type != FieldType.TEXT
    return sys.intern(value) if is_shared else value


def grow(reading: WorkbookReading, rows: Iterable[LedgerRow]) -> None:
    """Put the rows into the tree of a reading: equal words at one place are one area, category, problem or issue.

    Two issues with the same words under one heading stay two where each has a hidden id of its own.
    """
    tree = _Tree(reading)
    for row in rows:
        issue = tree.issue_of(row)
        if row.text:
            issue.measures.append(row)
        for name in ("area", "category", "problem", "issue"):
            setattr(row, name, "")  # the nodes above have them
        row.issue_values = {}


def _take_over(values: dict[str, Any], name: str, value: Any) -> None:
    """Of what rows say of one issue the longest text counts; of anything else what is said first."""
    known = values.get(name)
    if not known or (isinstance(value, str) and len(value) > len(known)):
        values[name] = value


class _Tree:
    def __init__(self, reading: WorkbookReading) -> None:
        self.reading = reading
        self._areas: dict[str, AreaNode] = {}
        self._categories: dict[tuple[int, str], CategoryNode] = {}
        self._problems: dict[tuple[int, str], ProblemNode] = {}
        self._issues: dict[tuple[int, str], list[IssueOfRows]] = {}
        self._block, self._issue = -1, IssueOfRows(text="")

    def issue_of(self, row: LedgerRow) -> IssueOfRows:
        if row.block != self._block:
            self._block, self._issue = row.block, self._find(row)
        issue = self._issue
        issue.row_id = issue.row_id or row.issue_id
        for name, value in row.issue_values.items():
            _take_over(issue.values, name, value)
        issue.leader, issue.lead_unit = issue.leader or row.leader, issue.lead_unit or row.lead_unit
        issue.task_force = issue.task_force or row.task_force
        if row.is_sustained is not None:
            issue.sustained = bool(issue.sustained or row.is_sustained)
            issue.is_sustained = issue.sustained
        return issue

    def _find(self, row: LedgerRow) -> IssueOfRows:
        problem = self._problem(row)
        candidates = self._issues.setdefault((id(problem), squeezed(row.issue)), [])
        for issue in candidates:
            if not (issue.row_id and row.issue_id and issue.row_id != row.issue_id):
                return issue
        issue = IssueOfRows(text=row.issue, line=row.line, row_id=row.issue_id)
        candidates.append(issue)
        problem.issues.append(issue)
        return issue

    def _problem(self, row: LedgerRow) -> ProblemNode:
        area = self._areas.get(squeezed(row.area))
        if area is None:
            area = self._areas[squeezed(row.area)] = AreaNode(title=row.area, line=row.line)
            self.reading.areas.append(area)
        category = self._categories.get((id(area), squeezed(row.category)))
        if category is None:
            category = CategoryNode(title=row.category, line=row.line)
            self._categories[(id(area), squeezed(row.category))] = category
            area.categories.append(category)
        problem = self._problems.get((id(category), squeezed(row.problem)))
        if problem is None:
            problem = ProblemNode(title=row.problem, line=row.line)
            self._problems[(id(category), squeezed(row.problem))] = problem
            category.problems.append(problem)
        return problem
