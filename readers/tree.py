"""What a reader understood of a notice or a plan: a plain tree, before anything touches the database.

Every reader (notice, workbook, sample plan) gives a `Reading`; the importer takes nothing else.
Levels that a source does not have are nodes with an empty title; parents are never missing.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass
class MilestoneNode:
    title: str
    due_on: date


@dataclass
class MeasureNode:
    """One measure. A notice knows only `text` (one report of what was done); a plan knows the rest.

    `values` are those of plain fields, by the name of the field.
    """

    text: str
    number: str = ""
    leader: str = ""
    lead_unit: str = ""
    supporting_units: list[str] = field(default_factory=list)
    deadline: date | None = None
    mode: str = "time_limited"
    milestones: list[MilestoneNode] = field(default_factory=list)
    values: dict[str, Any] = field(default_factory=dict)
    line: int = 0


@dataclass
class IssueNode:
    """One issue; `number` is printed text, `code` comes from positions (`1-3-2-03`), `values` are of plain fields."""

    text: str
    number: str = ""
    code: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    leader: str = ""
    lead_unit: str = ""
    task_force: str = ""
    status_line: str = ""
    completion: str = ""  # "", "not_done", "basically_done" or "done": what the source claims
    is_sustained: bool = False
    outcome_before: str = ""  # prose before the first marker of the report
    outcome_after: str = ""  # prose after the last one
    measures: list[MeasureNode] = field(default_factory=list)
    line: int = 0

    @property
    def goal(self) -> str:
        """What is to be reached, which some layouts of notices print too."""
        return str(self.values.get("goal", ""))


@dataclass
class ProblemNode:
    title: str = ""
    number: str = ""
    issues: list[IssueNode] = field(default_factory=list)
    line: int = 0


@dataclass
class CategoryNode:
    title: str = ""
    number: str = ""
    problems: list[ProblemNode] = field(default_factory=list)
    line: int = 0


@dataclass
class AreaNode:
    title: str = ""
    number: str = ""
    categories: list[CategoryNode] = field(default_factory=list)
    line: int = 0


@dataclass
class UnreadLine:
    """A line of the source (counted from 1) that is neither tree nor preamble nor closing."""

    line: int
    text: str


@dataclass(frozen=True)
class Doubt:
    """Where the reader was not sure, and what it assumed: `code` names the sentence, `words` are the source's."""

    line: int
    code: str
    words: str = ""


@dataclass(frozen=True)
class ReadLine:
    """One line of the source, or one part of a line that was cut at its markers, and what it was understood as."""

    line: int
    part: int
    text: str
    kind: str

    @property
    def key(self) -> str:
        """Name of the line for who corrects the reading."""
        return f"{self.line}.{self.part}" if self.part else str(self.line)


@dataclass
class Reading:
    """All that a source holds; every line of it is in the tree, the preamble, the closing or `unread`."""

    title: str = ""
    organisation: str = ""
    layout: str = ""
    preamble: str = ""
    closing: str = ""
    furniture: list[UnreadLine] = field(default_factory=list)  # site furniture around the paper
    areas: list[AreaNode] = field(default_factory=list)
    claimed: dict[str, int] = field(default_factory=dict)  # areas, categories, issues, measures as the text says
    unread: list[UnreadLine] = field(default_factory=list)
    warnings: list[Doubt] = field(default_factory=list)
    lines: list[ReadLine] = field(default_factory=list)  # every line that holds something, in order
