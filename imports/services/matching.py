"""Which row of a workbook is which row of the ledger: by its hidden id, else by its words at the same place."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.fields import Field
from imports.services.planning import ImportStep
from issues.models import Area, Category, Inspection, Issue, Problem
from ledger.services.row_tokens import ISSUE, MEASURE, key_of
from measures.fields import PLAIN_FIELDS
from measures.models import Measure, Milestone
from readers.tree import AreaNode, CategoryNode, ProblemNode
from readers.workbook.cells import is_same, squeezed
from readers.workbook.rows import IssueOfRows, LedgerRow, WorkbookReading

SPECIAL: tuple[str, ...] = ("pk", "issue_id", "code", "text", "status", "mode", "deadline")
SPECIAL += ("leader_id", "leader__name", "lead_unit_id", "lead_unit__name", "lead_unit__short_name")
PLAIN = tuple(field.name for field in PLAIN_FIELDS)


@dataclass(slots=True)
class LedgerMeasure:
    """A measure of the ledger as far as it is compared; a hundred thousand of them must fit into memory."""

    pk: int
    issue_id: int
    code: str
    text: str
    status: str
    mode: str
    deadline: date | None
    leader_id: int | None
    leader_name: str | None
    lead_unit_id: int | None
    unit_name: str | None
    unit_short_name: str | None
    plain: tuple[Any, ...]  # values of `PLAIN`, in that order
    supporting: frozenset[int] = frozenset()
    stages: tuple[tuple[str, date], ...] = ()

    @classmethod
    def from_row(cls, row: tuple[Any, ...]) -> "LedgerMeasure":
        """Return the measure of which a query gave `SPECIAL` and `PLAIN`."""
        values: tuple[Any, ...] = (*row[: len(SPECIAL)], row[len(SPECIAL) :])
        return cls(*values)

    def value_of(self, field: Field) -> Any:
        return self.plain[PLAIN.index(field.name)]


def ledger_measures(inspection: Inspection) -> dict[int, LedgerMeasure]:
    """Return the measures of an inspection by key, in the order of the plan; four queries."""
    rows = Measure.objects.filter(inspection=inspection).order_by("sort_key", "pk")
    stored = rows.values_list(*SPECIAL, *PLAIN).iterator(chunk_size=2000)
    measures = {row[0]: LedgerMeasure.from_row(row) for row in stored}
    units: defaultdict[int, set[int]] = defaultdict(set)
    links = Measure.supporting_units.through.objects.filter(measure__inspection=inspection)
    for measure, unit in links.values_list("measure_id", "unit_id").iterator(chunk_size=2000):
        units[measure].add(unit)
    for key, supporting in units.items():
        measures[key].supporting = frozenset(supporting)
    stages: defaultdict[int, list[tuple[str, date]]] = defaultdict(list)
    milestones = Milestone.objects.filter(measure__inspection=inspection).order_by("due_on", "position")
    for measure, title, due_on in milestones.values_list("measure_id", "title", "due_on").iterator(chunk_size=2000):
        stages[measure].append((title, due_on))
    for key, of_measure in stages.items():
        measures[key].stages = tuple(of_measure)
    return measures


class RowIndex:
    """Rows of one level that are not taken yet, by key and by their words under a parent."""

    def __init__(self, rows: Iterable[Any], parent: str, words: str) -> None:
        self.free: dict[int, Any] = {row.pk: row for row in rows}
        self._by_words: defaultdict[tuple[int | None, str], list[int]] = defaultdict(list)
        for row in self.free.values():
            self._by_words[(getattr(row, parent), squeezed(getattr(row, words)))].append(row.pk)

    def take(self, key: int) -> Any | None:
        """Take the row of this key; None where it is taken, or not here."""
        return self.free.pop(key, None)

    def take_by_text(self, parent: int | None, words: str, preferred: int | None = None) -> Any | None:
        """Take the row with these words under this parent: the preferred one where it has them, else the first."""
        keys = self._by_words.get((parent, squeezed(words)), [])
        keys[:] = [key for key in keys if key in self.free]
        if not keys:
            return None
        return self.take(preferred if preferred in keys else keys[0])


@dataclass
class Matched:
    """Every node with its row, level by level; which headings were reworded; what is in the ledger alone.

    `moved` are issues that are under another heading in the ledger.
    """

    areas: list[ImportStep] = field(default_factory=list)
    categories: list[ImportStep] = field(default_factory=list)
    problems: list[ImportStep] = field(default_factory=list)
    issues: list[ImportStep] = field(default_factory=list)
    measures: list[ImportStep] = field(default_factory=list)
    renamed: list[ImportStep] = field(default_factory=list)
    moved: list[ImportStep] = field(default_factory=list)
    absent: list[Any] = field(default_factory=list)


class Matcher:
    """Goes down level by level: first what has the same words, then what its ids show to be reworded."""

    def __init__(self, reading: WorkbookReading, inspection: Inspection | None) -> None:
        def rows(model: Any) -> Any:
            return model.objects.filter(inspection=inspection) if inspection else model.objects.none()

        self.reading, self.inspection = reading, inspection
        self.root = inspection.pk if inspection else None
        self.areas = RowIndex(rows(Area).order_by("position"), "inspection_id", "title")
        self.categories = RowIndex(rows(Category).order_by("position"), "area_id", "title")
        self.problems = RowIndex(rows(Problem).order_by("position"), "category_id", "title")
        self.issues = RowIndex(rows(Issue).order_by("position"), "problem_id", "text")
        self.measures = RowIndex(ledger_measures(inspection).values() if inspection else (), "issue_id", "text")
        self._places = _places(rows(Issue))
        self.matched = Matched()

    def match(self) -> Matched:
        matched, reading = self.matched, self.reading
        areas: list[tuple[Any, ImportStep | None]] = [(area, None) for area in reading.areas]
        matched.areas = self._level(self.areas, areas, lambda node: node.title, 0)
        matched.categories = self._level(
            self.categories, _below(matched.areas, lambda node: node.categories), lambda node: node.title, 1
        )
        matched.problems = self._level(
            self.problems, _below(matched.categories, lambda node: node.problems), lambda node: node.title, 2
        )
        matched.issues = self._issues(_below(matched.problems, lambda node: node.issues))
        self._measures(_below(matched.issues, lambda node: node.measures))
        live = [row for row in self.measures.free.values() if row.status != Measure.Status.CANCELLED]
        matched.absent = [*self.issues.free.values(), *live]
        return matched

    def _level(
        self, index: RowIndex, nodes: list[tuple[Any, ImportStep | None]], words: Callable[[Any], str], depth: int
    ) -> list[ImportStep]:
        steps = [ImportStep(node=node, row=self._same(index, node, above, words), above=above) for node, above in nodes]
        for step in steps:
            if step.row is None and (key := self._majority_parent(step.node, depth)):
                step.row = index.take(key)
                if step.row is not None:
                    self.matched.renamed.append(step)
        return steps

    def _same(self, index: RowIndex, node: Any, above: ImportStep | None, words: Callable[[Any], str]) -> Any | None:
        parent = above.key if above else self.root
        return index.take_by_text(parent, words(node)) if parent is not None else None

    def _majority_parent(self, node: Any, depth: int) -> int | None:
        """Return the heading under which most issues of this node are in the ledger, by their ids."""
        keys = [key_of(self.inspection, ISSUE, issue.row_id) for issue in _issues_below(node) if issue.row_id]
        counted = Counter(self._places[key][depth] for key in keys if key in self._places)
        return counted.most_common(1)[0][0] if counted else None

    def _issues(self, nodes: list[tuple[IssueOfRows, ImportStep | None]]) -> list[ImportStep]:
        steps = []
        for node, above in nodes:
            assert above is not None
            key = key_of(self.inspection, ISSUE, node.row_id)
            row = self.issues.take_by_text(above.key, node.text, key) if above.key is not None else None
            steps.append(ImportStep(node=node, row=row, above=above))
        for step in steps:
            self._by_id(step)
        return steps

    def _by_id(self, step: ImportStep) -> None:
        """Give an issue the row of its id: reworded at its place, or with its own words under another heading.

        One with other words at another place is a new one: its rows were perhaps copied from here and there.
        """
        key = key_of(self.inspection, ISSUE, step.node.row_id)
        row = self.issues.free.get(key or 0) if step.row is None and step.node.text else None
        if row is None or step.above is None:
            return
        is_moved = row.problem_id != step.above.key
        if is_moved and not is_same(step.node.text, row.text):
            return
        step.row = self.issues.take(row.pk)
        if is_moved:
            self.matched.moved.append(step)

    def _measures(self, nodes: list[tuple[LedgerRow, ImportStep | None]]) -> None:
        steps = [ImportStep(node=node, row=None, above=above) for node, above in nodes]
        claims: defaultdict[int, list[ImportStep]] = defaultdict(list)
        for step in steps:
            key = key_of(self.inspection, MEASURE, step.node.measure_id)
            if key in self.measures.free:
                claims[key].append(step)
        for key, claimants in claims.items():
            row = self.measures.free[key]
            # A row that was copied bears the id twice: the one that is still like it is the one.
            best = max(claimants, key=lambda step: _likeness(step, row))
            best.row = self.measures.take(key)
        for step in steps:
            if step.row is None and step.above is not None and step.above.key is not None:
                step.row = self.measures.take_by_text(step.above.key, step.node.text)
        self.matched.measures = steps


def _likeness(step: ImportStep, row: LedgerMeasure) -> tuple[bool, bool]:
    at_home = step.above is not None and step.above.key == row.issue_id
    return is_same(step.node.text, row.text), at_home


def _below(steps: list[ImportStep], children: Callable[[Any], Iterable[Any]]) -> list[tuple[Any, ImportStep | None]]:
    return [(node, step) for step in steps for node in children(step.node)]


def _issues_below(node: AreaNode | CategoryNode | ProblemNode) -> list[Any]:
    if isinstance(node, AreaNode):
        return [issue for category in node.categories for issue in _issues_below(category)]
    if isinstance(node, CategoryNode):
        return [issue for problem in node.problems for issue in _issues_below(problem)]
    return list(node.issues)


def _places(issues: Any) -> dict[int, tuple[int, int, int]]:
    """Return under which area, category and problem each issue is."""
    above = issues.values_list("pk", "problem__category__area", "problem__category", "problem")
    return {key: (area, category, problem) for key, area, category, problem in above}
