"""From a notice to its best reading: the layout is the one that explains the lines best."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from readers.notice.front_matter import AROUND, read_claims, read_front_matter
from readers.notice.fullwidth import filled
from readers.notice.layouts import AREA, GRAMMARS, LABELS, Grammar
from readers.notice.line_splitting import cut, joined
from readers.notice.parser import Parser, find_heading
from readers.notice.source import NoticeLine, NoticeSource, UnreadableNotice, source_of, split
from readers.tree import Doubt, Reading

HEADINGS = ("area", "category", "problem", "issue")
ABOVE = "above"
KINDS = (*HEADINGS, ABOVE, *AROUND)
"""What a person can say that a line is."""
LOST = 4  # how much more a line counts that is not understood than one that is doubted
FEW = 20  # one line in so many may be a scrap in a paper that its layout explains otherwise


@dataclass(frozen=True)
class Corrections:
    """What a person says of the reading: the layout (empty: whichever fits), and of single lines what they are."""

    layout: str = ""
    lines: Mapping[str, str] = field(default_factory=dict)


NOTHING = Corrections()


def read(data: bytes, *, name: str, corrections: Corrections = NOTHING) -> Reading:
    """Read a notice from the bytes of a file. Raises `UnreadableNotice`."""
    return _read(source_of(data, name=name), corrections)


def read_text(text: str, corrections: Corrections = NOTHING) -> Reading:
    """Read a notice from a text. Raises `UnreadableNotice`."""
    return _read(NoticeSource(split(text)), corrections)


@dataclass
class _Attempt:
    """One reading, and what it leaves unexplained: the less, the better."""

    reading: Reading
    cost: int
    is_sure: bool


def _read(source: NoticeSource, corrections: Corrections) -> Reading:
    """Try one layout after the other up to the first that is sure; else take the best, or the best mix of them."""
    papers, attempts = [], []
    is_mix = "+" in corrections.layout
    for grammar in _grammars_of(corrections.layout):
        paper = _Paper(grammar, source, corrections.lines)
        if paper.start is None:
            continue
        papers.append(paper)
        attempt = _attempt(paper, [(paper.grammar, paper.tree)])
        if attempt.is_sure and not is_mix:
            return attempt.reading
        attempts.append(attempt)
    if parts := _in_parts(papers):
        mixed = _attempt(papers[0].spanning(papers), parts)
        if is_mix:
            return mixed.reading
        attempts.append(mixed)
    if not attempts:
        raise UnreadableNotice("no_tree")
    return min(attempts, key=lambda attempt: attempt.cost).reading


def _grammars_of(layout: str) -> tuple[Grammar, ...]:
    names = layout.split("+")
    return tuple(grammar for grammar in GRAMMARS if grammar.name in names) or GRAMMARS


class _Paper:
    """The lines of a source as one grammar sees them, and where the tree is among them."""

    def __init__(self, grammar: Grammar, source: NoticeSource, corrected: Mapping[str, str]) -> None:
        self.grammar, self.is_page = grammar, source.is_page
        self.headings = {key: kind for key, kind in corrected.items() if kind in HEADINGS}
        self.aside = {key: kind for key, kind in corrected.items() if kind in AROUND}
        self.above = {key for key, kind in corrected.items() if kind == ABOVE}
        self.lines, self.gone = joined(cut(filled(source.lines), grammar), self.above)
        self.start = self._start()
        self.end = self._end() if self.start is not None else 0

    @property
    def tree(self) -> list[NoticeLine]:
        """The lines of the tree, without those that a person took out of it."""
        return [line for line in self.lines[self.start : self.end] if line.key not in self.aside]

    def spanning(self, papers: list["_Paper"]) -> "_Paper":
        """Return this paper with the tree reaching as far as any of the papers sees it."""
        first = min(paper.lines[paper.start or 0].number for paper in papers)
        ends = [paper.lines[paper.end].number for paper in papers if paper.end < len(paper.lines)]
        last = max(ends) if len(ends) == len(papers) else self.lines[-1].number + 1
        self.start = next(i for i, line in enumerate(self.lines) if line.number >= first)
        self.end = next((i for i, line in enumerate(self.lines) if line.number >= last), len(self.lines))
        return self

    def _start(self) -> int | None:
        """Find where the tree starts: from the first status line upward, the nearest heading of each level in turn.

        The preamble uses the same markers, so the first heading of the file says nothing; a heading of the paper
        itself parts the two where the tree does not have every level.
        """
        grammar, lines = self.grammar, self.lines
        forced = [i for i, line in enumerate(lines) if line.key in self.headings]
        first = next((i for i, line in enumerate(lines) if self._is_tree(line)), None)
        if first is None:
            return min(forced) if any(self.headings[lines[i].key] == "issue" for i in forced) else None
        start = None
        wanted = list(reversed(grammar.levels))
        for index in range(first, -1, -1):
            line = lines[index]
            if grammar.section.match(line.plain) or self.aside.get(line.key) == "preamble":
                break
            level = find_heading(grammar, line.plain)
            if level in wanted:
                start = index
                wanted = wanted[wanted.index(level) + 1 :]
            if not wanted:
                break
        if grammar.is_strict and grammar.levels[-1] in wanted:
            start = None
        elif start is None and not grammar.is_strict:
            start = self._start_without_heading(first)
        return min([*forced, *([start] if start is not None else [])], default=None)

    def _start_without_heading(self, first: int) -> int | None:
        """The first heading may have lost its number: the line above the first status counts, if headings follow."""
        lines, grammar = self.lines, self.grammar
        if not any(find_heading(grammar, line.plain) == grammar.levels[-1] for line in lines[first:]):
            return None
        return first - 1 if first and not grammar.section.match(lines[first - 1].plain) else first

    def _is_tree(self, line: NoticeLine) -> bool:
        return line.key not in self.aside and self.grammar.is_tree(line.plain)

    def _end(self) -> int:
        """The closing starts at the first of its marks after the last line that is surely of the tree."""
        assert self.start is not None
        lines, grammar = self.lines, self.grammar
        sure = [i for i in range(self.start, len(lines)) if self._is_tree(lines[i]) or lines[i].key in self.headings]
        after = range(max(sure) + 1, len(lines))
        ends = [i for i in after if grammar.closing.match(lines[i].plain)]
        if not any(grammar.section.match(lines[i].plain) for i in ends):
            ends += [i for i in after[1:] if grammar.outlook.match(lines[i].plain)]
        return min(ends, default=len(lines))


def _attempt(paper: _Paper, parts: list[tuple[Grammar, list[NoticeLine]]]) -> _Attempt:
    """Read the tree, each part by its grammar, and what is around it."""
    parser = Parser(parts[0][0], paper.headings)
    read_front_matter(parser, paper.lines, (paper.start or 0, paper.end), aside=paper.aside, is_page=paper.is_page)
    for grammar, lines in parts:
        if grammar is not parser.grammar:
            parser.reading.warnings.append(Doubt(lines[0].number, "layout", grammar.name))
        parser.grammar = grammar
        parser.tree(lines)
    reading = parser.reading
    reading.layout = "+".join(dict.fromkeys(grammar.name for grammar, _lines in parts))
    for line in paper.gone:
        parser.note(line, "joined")
    reading.lines = [parser.noted[key] for key in sorted(parser.noted)]
    _give_codes(reading)
    read_claims(reading, paper.lines)
    return _judged(reading, paper.grammar)


def _judged(reading: Reading, grammar: Grammar) -> _Attempt:
    """A layout is sure where nothing is left over, and no label or heading of a tree is outside of it."""
    outside = sum(
        1 for line in reading.lines if line.kind in {"preamble", "closing", "title"} and _is_of_a_tree(line.text)
    )
    lost = outside + len(reading.unread)
    few = len(reading.lines) // FEW + 1 if grammar.is_strict else 0
    doubts = 0 if grammar.is_strict else len(reading.warnings)
    has_issues = any(line.kind == "issue" for line in reading.lines)
    is_sure = has_issues and not outside and len(reading.unread) <= few and not doubts
    return _Attempt(reading, LOST * lost + len(reading.warnings) + (0 if has_issues else 1000), is_sure)


def _is_of_a_tree(text: str) -> bool:
    (line,) = filled(split(text)[:1]) or [NoticeLine(0, "")]
    return any(bool(grammar.signs and grammar.signs.match(line.plain)) for grammar in GRAMMARS) or bool(
        LABELS.match(line.plain)
    )


def _in_parts(papers: list[_Paper]) -> list[tuple[Grammar, list[NoticeLine]]]:
    """Cut the tree at its areas, and give each part the grammar that explains it best; none where one suits all."""
    if len(papers) < 2:
        return []
    whole = papers[0].spanning(papers)
    bounds = [line.number for line in whole.tree if AREA.begins.match(line.plain) and line.part == 0]
    if not whole.tree or len(bounds) < 2:
        return []
    first, last = min(bounds[0], whole.tree[0].number), whole.tree[-1].number + 1
    starts = [first, *bounds[1:]]
    parts = [_best_part(papers, start, end) for start, end in zip(starts, [*starts[1:], last], strict=True)]
    return parts if len({grammar.name for grammar, _lines in parts}) > 1 else []


def _best_part(papers: list[_Paper], start: int, end: int) -> tuple[Grammar, list[NoticeLine]]:
    tried = []
    for paper in papers:
        lines = [line for line in paper.lines if start <= line.number < end and line.key not in paper.aside]
        parser = Parser(paper.grammar, paper.headings)
        parser.tree(lines)
        issues = sum(1 for line in parser.noted.values() if line.kind == "issue")
        lost = LOST * len(parser.reading.unread) + len(parser.reading.warnings) + (0 if issues else 1000)
        tried.append((lost, (paper.grammar, lines)))
    return min(tried, key=lambda attempt: attempt[0])[1]


def _give_codes(reading: Reading) -> None:
    for a, area in enumerate(reading.areas, 1):
        for c, category in enumerate(area.categories, 1):
            for p, problem in enumerate(category.problems, 1):
                for i, issue in enumerate(problem.issues, 1):
                    issue.code = f"{a}-{c}-{p}-{i:02}"
