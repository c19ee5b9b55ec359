"""The sample plan: a text that a person can read and change, read into the tree that the importer takes.

`# ` area, `## ` category, `### ` problem heading, `(1) ` issue (`[长期]` before the text: to be kept up), `- `
measure, `* ` milestone, `// ` a remark for who edits the file. Below an issue are its goal and a line `责任：`
with leader, unit and task force; below a measure one line of fields divided by `|`: deadline, mode, kinds, and what
has a name of its own (`配合`, `责任人`, `领导`, `单位`). A measure without leader or unit has those of its issue.
Days are `D+n`, counted from the Monday on which the concentrated period starts.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from issues.models import code_of
from readers.tree import AreaNode, CategoryNode, IssueNode, MeasureNode, MilestoneNode, ProblemNode, Reading

MODES = {"立行立改": "immediate", "限期": "time_limited", "分阶段": "staged", "长期": "long_term"}
KINDS = {
    "建章立制": "rule_making",
    "专项整治": "campaign",
    "举一反三": "extension",
    "追责问责": "accountability",
    "挽回损失": "loss_recovery",
    "重大措施": "major",
}
Node = TypeVar("Node")
NUMERALS = "一二三四五六七八九十"
FRIDAY = 4


@dataclass
class _Reader:
    """The nodes that the lines below belong to; None where a deeper line would have no parent."""

    start: date
    reading: Reading = field(default_factory=Reading)
    area: AreaNode | None = None
    category: CategoryNode | None = None
    problem: ProblemNode | None = None
    issue: IssueNode | None = None
    measure: MeasureNode | None = None

    def take(self, number: int, line: str) -> None:
        """Take one line. Raises `ValueError` saying what is wrong with it."""
        for pattern, read in LINES:
            if match := pattern.fullmatch(line.strip()):
                read(self, number, *match.groups())
                return
        raise ValueError(f"not a line of a plan: {line.strip()!r}")

    def day(self, text: str) -> date:
        """Return the date of `D+n`; offices set no date on a weekend."""
        day = self.start + timedelta(days=int(text.removeprefix("D+")))
        if day.weekday() > FRIDAY:
            raise ValueError(f"{text} falls on a weekend")
        return day


def read_plan(text: str, *, start: date) -> Reading:
    """Return the tree of a plan whose D+0 is `start`. Raises `ValueError` naming the line that is wrong."""
    reader = _Reader(start=start)
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("//"):
            try:
                reader.take(number, line)
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from error
    for area in reader.reading.areas:
        for issue in (i for c in area.categories for p in c.problems for i in p.issues):
            _check_issue(issue)
    return reader.reading


def _check_issue(issue: IssueNode) -> None:
    if not issue.goal or not issue.leader or not issue.measures:
        raise ValueError(f"line {issue.line}: the issue lacks its goal, who is responsible, or a measure")
    for measure in issue.measures:
        if not measure.mode or (measure.deadline is None and measure.mode != "long_term"):
            raise ValueError(f"line {measure.line}: the measure lacks its mode or its deadline")
        if measure.mode == "staged" and not measure.milestones:
            raise ValueError(f"line {measure.line}: the measure is staged and has no milestone")


def _above(node: Node | None, what: str) -> Node:
    if node is None:
        raise ValueError(f"no {what} above this line")
    return node


def _area(reader: _Reader, line: int, title: str) -> None:
    reader.area = AreaNode(title=title, number=f"（{NUMERALS[len(reader.reading.areas)]}）", line=line)
    reader.category = reader.problem = reader.issue = reader.measure = None
    reader.reading.areas.append(reader.area)


def _category(reader: _Reader, line: int, title: str) -> None:
    above = _above(reader.area, "area").categories
    reader.category = CategoryNode(title=title, number=f"{len(above) + 1}.", line=line)
    reader.problem = reader.issue = reader.measure = None
    above.append(reader.category)


def _problem(reader: _Reader, line: int, title: str) -> None:
    above = _above(reader.category, "category").problems
    reader.problem = ProblemNode(title=title, number=f"问题{len(above) + 1}", line=line)
    reader.issue = reader.measure = None
    above.append(reader.problem)


def _issue(reader: _Reader, line: int, number: str, sustained: str | None, text: str) -> None:
    above = _above(reader.problem, "problem heading").issues
    if int(number) != len(above) + 1:
        raise ValueError(f"issue ({len(above) + 1}) was expected here, not ({number})")
    areas = reader.reading.areas
    places = (len(areas), len(areas[-1].categories), len(areas[-1].categories[-1].problems), len(above) + 1)
    reader.issue = IssueNode(
        text=text, number=f"({number})", code=code_of(*places), is_sustained=bool(sustained), line=line
    )
    reader.measure = None
    above.append(reader.issue)


def _goal(reader: _Reader, _line: int, goal: str) -> None:
    _above(reader.issue, "issue").goal = goal


def _responsible(reader: _Reader, _line: int, words: str) -> None:
    issue = _above(reader.issue, "issue")
    parts = [part.strip() for part in words.split("|")]
    if len(parts) != 3 or not all(parts):
        raise ValueError("expected leader | unit | task force")
    issue.leader, issue.lead_unit, issue.task_force = parts


def _measure(reader: _Reader, line: int, text: str) -> None:
    issue = _above(reader.issue, "issue")
    number = str(len(issue.measures) + 1)
    reader.measure = MeasureNode(
        text=text, number=number, leader=issue.leader, lead_unit=issue.lead_unit, mode="", line=line
    )
    issue.measures.append(reader.measure)


def _milestone(reader: _Reader, _line: int, day: str, title: str) -> None:
    _above(reader.measure, "measure").milestones.append(MilestoneNode(title=title, due_on=reader.day(day)))


def _fields(reader: _Reader, _line: int, words: str) -> None:
    measure = _above(reader.measure, "measure")
    for part in (part.strip() for part in words.split("|")):
        name, _blank, value = part.partition(" ")
        if part in MODES:
            measure.mode = MODES[part]
        elif re.fullmatch(r"D\+\d+", part):
            measure.deadline = reader.day(part)
        elif value and name in NAMED:
            NAMED[name](measure, value.strip())
        elif unknown := set(part.split("、")) - set(KINDS):
            raise ValueError(f"unknown word: {'、'.join(sorted(unknown))!r}")
        else:
            measure.values["kinds"] = [KINDS[kind] for kind in part.split("、")]


NAMED: dict[str, Callable[[MeasureNode, str], None]] = {
    "配合": lambda measure, value: measure.supporting_units.extend(value.split("、")),
    "责任人": lambda measure, value: measure.values.update(handler=value),
    "领导": lambda measure, value: setattr(measure, "leader", value),
    "单位": lambda measure, value: setattr(measure, "lead_unit", value),
}
LINES: list[tuple[re.Pattern[str], Callable[..., None]]] = [
    (re.compile(r"# (.+)"), _area),
    (re.compile(r"## (.+)"), _category),
    (re.compile(r"### (.+)"), _problem),
    (re.compile(r"\((\d+)\) (\[长期\] )?(.+)"), _issue),
    (re.compile(r"目标：(.+)"), _goal),
    (re.compile(r"责任：(.+)"), _responsible),
    (re.compile(r"- (.+)"), _measure),
    (re.compile(r"\* (D\+\d+) (.+)"), _milestone),
    (re.compile(r"((?:D\+\d+|长期)(?: *\|.+)?)"), _fields),
]
