"""The engine: walks the lines of a tree by a grammar and accounts for every one of them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from readers.notice.conclusions import completion_of, end_of_status, is_sustained
from readers.notice.fullwidth import half_width
from readers.notice.layouts import TWOFOLD, Grammar, LayoutLevel
from readers.notice.numbers import NumberSequence
from readers.notice.reports import ReportMarker, Reports, split_reports
from readers.notice.sentences import is_ended, is_paragraph, is_sentence, may_go_on, opens_report
from readers.notice.source import NoticeLine
from readers.tree import (
    AreaNode,
    CategoryNode,
    Doubt,
    IssueNode,
    MeasureNode,
    ProblemNode,
    Reading,
    ReadLine,
    UnreadLine,
)

SHORTEST_ISSUE = 6  # characters; a shorter line is never taken for an issue whose number is missing
HEADING_WORDS = re.compile("^关于.{2,80}(?:问题|方面)(?:的整改)?。?$")
COMPLETE = re.compile("(?:问题|方面|整改|差距|情况)$")
"""How the title of an issue ends that has no full stop and does not go on in the line below."""


Node = TypeVar("Node", AreaNode, CategoryNode, ProblemNode)


def _untitled(nodes: list[Node]) -> Node | None:
    """Return the last one if it is there for a level that the paper does not have."""
    return nodes[-1] if nodes and not nodes[-1].title else None


def _without(nodes: list[Node]) -> Node | None:
    """Take the last one out; return the one before where it has no title."""
    nodes.pop()
    return _untitled(nodes)


def find_level(grammar: Grammar, plain: str) -> tuple[LayoutLevel, re.Match[str]] | None:
    for level in grammar.levels:
        if match := level.begins.match(plain):
            return level, match
    return None


def find_heading(grammar: Grammar, plain: str) -> LayoutLevel | None:
    """Return the level of a heading; a number with nothing behind it is none, a label with nothing behind it is one."""
    heading = find_level(grammar, plain)
    return heading[0] if heading and (heading[0].is_label or plain[heading[1].end() :].strip()) else None


@dataclass
class Parser:
    """One pass over the lines of the tree. `forced` says of lines (by key) which level a person made them."""

    grammar: Grammar
    forced: Mapping[str, str] = field(default_factory=dict)
    reading: Reading = field(default_factory=Reading)
    noted: dict[tuple[int, int], ReadLine] = field(default_factory=dict)
    area: AreaNode | None = None
    category: CategoryNode | None = None
    problem: ProblemNode | None = None
    issue: IssueNode | None = None
    slot: str = ""  # where prose goes: text, goal, reports or outcome
    paragraphs: list[str] = field(default_factory=list)  # of the report under the issue
    outcome: list[str] = field(default_factory=list)  # prose on the result
    before_prose: set[str] = field(default_factory=set)  # keys of lines
    before_status: set[str] = field(default_factory=set)
    last: str = ""  # the paragraph above where a broken one may go on
    bare: tuple[str, str, str, NoticeLine] | None = (
        None  # a heading with nothing below it yet: level, number, title, line
    )
    above: tuple[NoticeLine, str] | None = None  # the line above, if it was prose: its line and where it went
    counted: NumberSequence = field(default_factory=NumberSequence)

    def tree(self, lines: list[NoticeLine]) -> None:
        """Read these lines; the issue that they end with is finished."""
        self._look_ahead(lines)
        for line in lines:
            self._line(line)
        self._finish_issue()

    def note(self, line: NoticeLine, kind: str) -> None:
        self.noted[line.number, line.part] = ReadLine(line.number, line.part, line.text, kind)

    def _look_ahead(self, lines: list[NoticeLine]) -> None:
        """Note the lines below which, scraps aside, a sentence without a marker follows: it may be their other half.

        Note too below which lines a status comes before the next heading: there no report comes at once.
        """
        goes_on = has_status = False
        for line in reversed(lines):
            if goes_on:
                self.before_prose.add(line.key)
            if has_status:
                self.before_status.add(line.key)
            plain = line.plain
            is_status = bool(self.grammar.status.match(plain))
            is_heading = line.key in self.forced or find_heading(self.grammar, plain)
            if is_status or is_heading or self.grammar.report.match(plain) or self._is_block(plain):
                goes_on = False
                has_status = is_status or (has_status and not is_heading)
            elif is_sentence(plain):
                goes_on = True

    def _is_block(self, plain: str) -> bool:
        return any(block.begins.match(plain) for block in self.grammar.blocks)

    def _line(self, line: NoticeLine) -> None:
        plain = line.plain
        above, self.above = self.above, None
        if level := self.forced.get(line.key):
            self._forced_heading(line, level)
        elif match := self.grammar.status.match(plain):
            self._status(line, plain, match, above)
        elif block := next((b for b in self.grammar.blocks if b.begins.match(plain)), None):
            self._block(line, block.name, block.begins.match(plain), above)
        elif heading := find_level(self.grammar, plain):
            self._heading(line, *heading)
        else:
            self._prose(line, plain)

    def _status(self, line: NoticeLine, plain: str, match: re.Match[str], above: tuple[NoticeLine, str] | None) -> None:
        if self.issue is None or self.issue.status_line:
            self._assume_issue(above)
        issue = self.issue
        if issue is None or issue.status_line:
            self._unread(line)
            return
        self.note(line, "status")
        end = end_of_status(self.grammar, plain, match.end())
        words = plain[match.end() : end]
        issue.status_line = line.text[:end].strip()
        issue.completion = completion_of(words)
        issue.is_sustained = is_sustained(words)
        if not issue.completion and (self.grammar.concludes or words.strip()):
            self._doubt(line, "no_conclusion", issue.status_line)
        self.slot, self.last = self.grammar.status_opens, ""
        if report := line.text[end:].strip():
            self._into_slot(line, report)

    def _block(
        self, line: NoticeLine, name: str, match: re.Match[str] | None, above: tuple[NoticeLine, str] | None
    ) -> None:
        if self.issue is None:
            self._assume_issue(above)
        if self.issue is None or match is None:
            self._unread(line)
            return
        self.note(line, "report" if name == "reports" else name)
        self.slot, self.last = name, ""
        if text := line.text[match.end() :].strip():
            self._into_slot(line, text)

    def _assume_issue(self, above: tuple[NoticeLine, str] | None) -> None:
        """A status or a block without an issue: a heading without anything below it was one, or the line above."""
        if self.grammar.is_strict:
            return
        if self.bare is not None:
            self._promote(*self.bare)
        elif above is not None:
            line, place = above
            if len(line.plain) < SHORTEST_ISSUE or find_level(self.grammar, line.plain):
                return
            if place == "unread":
                self.reading.unread.pop()
            elif place in {"reports", "outcome"}:
                (self.paragraphs if place == "reports" else self.outcome).pop()
            else:
                return
            self._finish_issue()
            self._open("issue", "", line.text, line)
            self.note(line, "issue")
            self._doubt(line, "assumed_issue")

    def _promote(self, level: str, number: str, title: str, line: NoticeLine) -> None:
        """Make an issue of a heading that was just opened."""
        if level == "area":
            self.area = _without(self.reading.areas)
        if level in {"area", "category"}:
            categories = self.area.categories if self.area else []
            self.category = _without(categories) if level == "category" else _untitled(categories)
        problems = self.category.problems if self.category else []
        self.problem = _without(problems) if level == "problem" else _untitled(problems)
        self._open("issue", number, title, line)
        self.note(line, "issue")
        self._doubt(line, "promoted")

    def _heading(self, line: NoticeLine, level: LayoutLevel, match: re.Match[str]) -> None:
        title = line.text[match.end() :].strip()
        if level.tail and (tail := level.tail.search(half_width(title))):
            title = title[: tail.start()].strip()
        if not title and not level.is_label:  # a stray number; what is around it goes on
            self._unread(line)
            return
        self._finish_issue()
        self._check_number(line, level.name, line.plain[: match.end()])
        number = line.text[: match.end()].strip()
        self._open(level.name, number, title, line)
        if self.bare is not None:  # should it turn out to be an issue, nothing of it is left out
            self.bare = (level.name, number, line.text[match.end() :].strip(), line)

    def _forced_heading(self, line: NoticeLine, level: str) -> None:
        """A person says what it is; its number is whatever looks like one."""
        heading = find_level(self.grammar, line.plain)
        end = heading[1].end() if heading and line.plain[heading[1].end() :].strip() else 0
        self._finish_issue()
        self._open(level, line.text[:end].strip(), line.text[end:].strip(), line)
        self.bare = None  # said to be a heading, it is not taken for an issue

    def _check_number(self, line: NoticeLine, level: str, number: str) -> None:
        if not self.grammar.is_strict and not self.counted.follows(level, number):
            self._doubt(line, "number", number.strip())

    def _open(self, level: str, number: str, title: str, line: NoticeLine) -> None:
        self.note(line, level)
        getattr(self, f"_open_{level}")(number, title, line.number)
        self.last = title if self.issue else ""
        self.slot = "text" if self.issue else ""
        self.bare = None if self.issue else (level, number, title, line)

    def _open_area(self, number: str, title: str, line: int) -> None:
        self.area = AreaNode(title=title, number=number, line=line)
        self.category = self.problem = None
        self.reading.areas.append(self.area)

    def _open_category(self, number: str, title: str, line: int) -> None:
        if self.area is None:
            self._open_area("", "", 0)
        assert self.area is not None
        self.category = CategoryNode(title=title, number=number, line=line)
        self.problem = None
        self.area.categories.append(self.category)

    def _open_problem(self, number: str, title: str, line: int) -> None:
        if self.category is None:
            self._open_category("", "", 0)
        assert self.category is not None
        self.problem = ProblemNode(title=title, number=number, line=line)
        self.category.problems.append(self.problem)

    def _open_issue(self, number: str, text: str, line: int) -> None:
        if self.problem is None:
            self._open_problem("", "", 0)
        assert self.problem is not None
        self.issue = IssueNode(text=text, number=number, line=line)
        self.problem.issues.append(self.issue)

    def _prose(self, line: NoticeLine, plain: str) -> None:
        """Prose belongs to the issue above: its text broken over two lines, or its report after the status.

        A scrap that neither ends a sentence nor looks like one that was broken off belongs nowhere.
        """
        grammar = self.grammar
        may_report = grammar.reports_at_once and line.key not in self.before_status
        if self.issue is None and self.bare and may_report and is_paragraph(plain, grammar.report):
            self._promote(*self.bare)
        if self.issue is None:
            self._unread(line)
        elif self._goes_on(plain, may_report=may_report) and is_sentence(plain):
            self._go_on(line, self.issue)
        elif self.slot == "text" and may_report and opens_report(plain, grammar.report):
            self.slot = "reports"
            self._into_slot(line, line.text)
        elif self.slot == "text" and not grammar.levels[-1].is_label or self._is_bare_mark(plain):
            self._unread(line)
        elif is_paragraph(plain, grammar.report) or self._is_expected(line, plain):
            self._into_slot(line, line.text)
        else:
            self._unread(line)

    def _is_bare_mark(self, plain: str) -> bool:
        """Return whether a line is a number and nothing else; in a strict layout it counts as broken off."""
        match = None if self.grammar.is_strict else self.grammar.report.match(plain + "甲")
        return match is not None and match.end() >= len(plain)

    def _goes_on(self, plain: str, *, may_report: bool) -> bool:
        """Return whether the line above was broken off, and this line is no report of its own."""
        if not self.last or is_ended(half_width(self.last)) or self.grammar.report.match(plain):
            return False
        return not (self.slot == "text" and may_report and COMPLETE.search(half_width(self.last)))

    def _is_expected(self, line: NoticeLine, plain: str) -> bool:
        """Return whether a line that says less of itself is prose by its place: first, or before its other half."""
        if not self._is_slot_filled():
            return opens_report(plain, self.grammar.report) or self.slot in {"text", "goal"}
        return may_go_on(plain) and line.key in self.before_prose

    def _is_slot_filled(self) -> bool:
        """Return whether there is anything already where prose goes."""
        assert self.issue is not None
        filled = {"text": self.issue.text, "goal": self.issue.goal, "outcome": self.outcome}
        return bool(filled.get(self.slot, self.paragraphs))

    def _into_slot(self, line: NoticeLine, text: str) -> None:
        """Add a paragraph where prose goes."""
        issue = self.issue
        assert issue is not None
        if self.slot in {"text", "goal"}:
            if not is_ended(half_width(text)):
                self._doubt(line, "open_text")
            setattr(issue, self.slot, "\n".join(filter(None, [getattr(issue, self.slot), text])))
            self.noted.setdefault((line.number, line.part), self._as("issue" if self.slot == "text" else "goal", line))
        else:
            if not is_ended(half_width(text)):
                self._doubt(line, "unended")
            if not self.grammar.is_strict and HEADING_WORDS.match(half_width(text)):
                self._doubt(line, "like_heading")
            (self.outcome if self.slot == "outcome" else self.paragraphs).append(text)
            kind = "outcome" if self.slot == "outcome" else "report"
            self.noted.setdefault((line.number, line.part), self._as(kind, line))
        self.last = text
        self.above = (line, self.slot) if text == line.text else None

    def _as(self, kind: str, line: NoticeLine) -> ReadLine:
        return ReadLine(line.number, line.part, line.text, kind)

    def _go_on(self, line: NoticeLine, issue: IssueNode) -> None:
        if self.reading.warnings and self.reading.warnings[-1].code == "open_text":
            self.reading.warnings.pop()
        self._doubt(line, "joined")
        self.note(line, "joined")
        prose = self.outcome if self.slot == "outcome" else self.paragraphs
        if self.slot == "goal":
            issue.goal += line.text
        elif prose and self.slot != "text":
            prose[-1] += line.text
        else:
            issue.text += line.text
        self.last += line.text

    def _doubt(self, line: NoticeLine, code: str, words: str = "") -> None:
        self.reading.warnings.append(Doubt(line.number, code, words))

    def _unread(self, line: NoticeLine) -> None:
        self.reading.unread.append(UnreadLine(line.number, line.text))
        self.note(line, "unread")
        self.above = (line, "unread")

    def _finish_issue(self) -> None:
        """Split what is under an issue: up to the last paragraph with a marker it is reports, then prose."""
        issue, self.issue = self.issue, None
        if issue is None:
            return
        mark, end = self._reports_end()
        report = "\n".join(self.paragraphs[:end])
        reports = split_reports(report, half_width(report), mark)
        issue.outcome_before = reports.before
        issue.outcome_after = "\n".join([*self.paragraphs[end:], *self.outcome])
        issue.measures = _measures(reports, issue)
        if not issue.text:  # its label is all there is
            issue.text, issue.number = issue.number, ""
            self.reading.warnings.append(Doubt(issue.line, "no_text"))
        if not issue.status_line and not (self.grammar.reports_at_once and issue.measures):
            self.reading.warnings.append(Doubt(issue.line, "no_status"))
        elif not issue.measures:
            self.reading.warnings.append(Doubt(issue.line, "no_report"))
        self.paragraphs, self.outcome, self.last, self.slot = [], [], "", ""

    def _reports_end(self) -> tuple[ReportMarker, int]:
        """Return how the reports are counted, and the number of paragraphs that they take."""
        for mark in self.grammar.marks:
            if marked := self._places(mark.begins):
                return mark, marked[-1] + 1
        marked = self._places(TWOFOLD)
        end = max(marked, default=0) if 0 in marked else 0
        first = self.paragraphs[0] if self.paragraphs else ""
        within = (mark for mark in self.grammar.marks if len(split_reports(first, half_width(first), mark).texts) > 1)
        return next(within, self.grammar.marks[0]), end + 1

    def _places(self, marker: re.Pattern[str]) -> list[int]:
        return [place for place, paragraph in enumerate(self.paragraphs) if marker.match(half_width(paragraph))]


def _measures(reports: Reports, issue: IssueNode) -> list[MeasureNode]:
    numbers = reports.numbers or [""] * len(reports.texts)
    pairs = zip(reports.texts, numbers, strict=True)
    return [MeasureNode(text=text, number=number, line=issue.line) for text, number in pairs]
