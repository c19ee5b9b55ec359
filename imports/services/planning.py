"""What an import would do, worked out before anything is written: match the source with the ledger, row by row."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from core.fields import Field
from imports.services.name_resolution import Names
from issues.models import Area, Category, Inspection, Issue, Problem
from measures.fields import PLAIN_FIELDS
from measures.models import Measure
from measures.services.plan import check_plan, check_stages
from readers.notice.summary import summary
from readers.tree import AreaNode, CategoryNode, IssueNode, MeasureNode, ProblemNode, Reading

Identity = tuple[int | None, str, int]


class Register:
    """Rows of one level by identity: the exact text under the same parent, and which of several equal ones it is."""

    def __init__(self, rows: Iterable[Model], *, parent: str, text: str) -> None:
        self._taken: Counter[tuple[int | None, str]] = Counter()
        self._rows: dict[Identity, Any] = {}
        counts: Counter[tuple[int | None, str]] = Counter()
        for row in rows:
            place = (getattr(row, parent), getattr(row, text))
            self._rows[(*place, counts[place])] = row
            counts[place] += 1

    def take(self, parent: int | None, text: str) -> Any | None:
        """Return the row for the next occurrence of `text` under `parent`; None where it is new."""
        place = (parent, text)
        row = self._rows.pop((*place, self._taken[place]), None)
        self._taken[place] += 1
        return row

    def left(self) -> list[Any]:
        """Return the rows that were not taken: they are in the ledger and not in the source."""
        return list(self._rows.values())


@dataclass
class ImportStep:
    """One node of the source with its row; `row` is None where the row is to be created."""

    node: Any
    row: Any | None
    above: "ImportStep | None" = None

    @property
    def key(self) -> int | None:
        return self.row.pk if self.row is not None else None


@dataclass
class ImportPlan:
    """Every node with its row, level by level, and what is wrong, missing or absent."""

    reading: Reading
    inspection: Inspection | None
    names: Names
    areas: list[ImportStep] = field(default_factory=list)
    categories: list[ImportStep] = field(default_factory=list)
    problems: list[ImportStep] = field(default_factory=list)
    issues: list[ImportStep] = field(default_factory=list)
    measures: list[ImportStep] = field(default_factory=list)
    changed: list[ImportStep] = field(default_factory=list)
    absent: list[Measure | Issue] = field(default_factory=list)
    errors: list[dict[str, Any]] = field(default_factory=list)

    def outcome(self) -> dict[str, Any]:
        """Return the object that `import_notice --json` prints (`applied` false) and the preview shows."""
        totals = summary(self.reading, _)
        created = sum(1 for step in self.measures if step.row is None)
        return {
            "created": created,
            "changed": len(self.changed),
            "unchanged": len(self.measures) - created - len(self.changed),
            **{name: totals[name] for name in ("areas", "categories", "problems", "issues", "measures")},
            "new_issues": sum(1 for step in self.issues if step.row is None),
            "missing": {"units": self.names.missing_units, "leaders": self.names.missing_leaders},
            "absent": [{"code": row.code, "text": row.text} for row in self.absent],
            "errors": self.errors,
            "completion": totals["completion"],
            "sustained": totals["sustained"],
            "claimed": totals["claimed"],
            "unread": totals["unread"],
            "warnings": totals["warnings"],
            "applied": False,
        }


def plan_import(reading: Reading, *, inspection: Inspection | None, names: Names) -> ImportPlan:
    """Match a reading with the ledger of `inspection` (None where it is new). Reads only."""
    plan = ImportPlan(reading=reading, inspection=inspection, names=names)
    ledger = _Ledger(inspection)
    for area in reading.areas:
        _match_area(plan, ledger, area)
    plan.absent = ledger.absent()
    for step in plan.measures:
        _check_measure(plan, step)
    return plan


class _Ledger:
    """The rows of an inspection, each level in a register."""

    def __init__(self, inspection: Inspection | None) -> None:
        def rows(model: Any) -> Any:
            return model.objects.filter(inspection=inspection) if inspection else model.objects.none()

        self.areas = Register(rows(Area).order_by("position"), parent="inspection_id", text="title")
        self.categories = Register(rows(Category).order_by("position"), parent="area_id", text="title")
        self.problems = Register(rows(Problem).order_by("position"), parent="category_id", text="title")
        self.issues = Register(rows(Issue).order_by("position"), parent="problem_id", text="text")
        measures = rows(Measure).prefetch_related("supporting_units", "milestones").order_by("position")
        self.measures = Register(measures, parent="issue_id", text="text")
        self.root = inspection.pk if inspection else None

    def absent(self) -> list[Any]:
        live = [row for row in self.measures.left() if row.status != Measure.Status.CANCELLED]
        return [*self.issues.left(), *live]


def _match(register: Register, node: Any, text: str, above: ImportStep | None, parent: int | None) -> ImportStep:
    row = register.take(parent, text) if parent is not None else None
    return ImportStep(node=node, row=row, above=above)


def _match_area(plan: ImportPlan, ledger: _Ledger, area: AreaNode) -> None:
    step = _match(ledger.areas, area, area.title, None, ledger.root)
    plan.areas.append(step)
    for category in area.categories:
        _match_category(plan, ledger, category, step)


def _match_category(plan: ImportPlan, ledger: _Ledger, category: CategoryNode, above: ImportStep) -> None:
    step = _match(ledger.categories, category, category.title, above, above.key)
    plan.categories.append(step)
    for problem in category.problems:
        _match_problem(plan, ledger, problem, step)


def _match_problem(plan: ImportPlan, ledger: _Ledger, problem: ProblemNode, above: ImportStep) -> None:
    step = _match(ledger.problems, problem, problem.title, above, above.key)
    plan.problems.append(step)
    for issue in problem.issues:
        _match_issue(plan, ledger, issue, step)


def _match_issue(plan: ImportPlan, ledger: _Ledger, issue: IssueNode, above: ImportStep) -> None:
    step = _match(ledger.issues, issue, issue.text, above, above.key)
    plan.issues.append(step)
    for measure in issue.measures:
        below = _match(ledger.measures, measure, measure.text, step, step.key)
        plan.measures.append(below)
        if below.row is not None and is_planned(measure) and changes_of_plan(plan.names, measure, below.row):
            plan.changed.append(below)


def is_planned(node: MeasureNode) -> bool:
    """Return whether the source plans this measure, and does not only report what was done."""
    return bool(node.leader or node.lead_unit or node.deadline)


def value_of(node: MeasureNode | IssueNode, field: Field) -> Any:
    """Return what the source says of a plain field, as it is stored."""
    return field.normalized(node.values.get(field.name, field.empty))


def plain_values(node: MeasureNode | IssueNode, fields: Iterable[Field]) -> dict[str, Any]:
    """Return what the source says of plain fields, by their names."""
    return {field.name: value_of(node, field) for field in fields}


def plan_values(names: Names, node: MeasureNode) -> dict[str, Any]:
    """Return the fields of a measure as the source plans them."""
    return {
        "mode": node.mode,
        "leader": names.leaders.get(node.leader),
        "lead_unit": names.units.get(node.lead_unit),
        "deadline": node.deadline,
        **plain_values(node, PLAIN_FIELDS),
    }


def changes_of_plan(names: Names, node: MeasureNode, row: Measure) -> bool:
    """Return whether the source plans the measure differently from the ledger."""
    if any(getattr(row, name) != value for name, value in plan_values(names, node).items()):
        return True
    units = {names.units[name].pk for name in node.supporting_units if name in names.units}
    stages = sorted((stage.title, stage.due_on) for stage in node.milestones)
    return units != {unit.pk for unit in row.supporting_units.all()} or stages != sorted(
        (stage.title, stage.due_on) for stage in row.milestones.all()
    )


def _check_measure(plan: ImportPlan, step: ImportStep) -> None:
    """Note what the rules of planning say against a measure; a notice's reports are incomplete and no error."""
    node = step.node
    if not is_planned(node):
        return
    known = {
        "leader": plan.names.leaders.get(node.leader, node.leader or None),
        "lead_unit": plan.names.units.get(node.lead_unit, node.lead_unit or None),
    }
    stages = [(stage.title, stage.due_on) for stage in node.milestones]
    try:
        check_plan({"text": node.text, "deadline": node.deadline, "mode": node.mode, **known})
        if plan.inspection:
            check_stages(inspection=plan.inspection, mode=node.mode, deadline=node.deadline, stages=stages)
        if step.row is not None and step in plan.changed and step.row.status != Measure.Status.PLANNED:
            raise RuleViolation(_("This measure has been started; its plan is changed on its page, not by an import."))
    except RuleViolation as refusal:
        error = {"line": node.line, "column": refusal.field or "", "message": str(refusal.message)}
        plan.errors.append(error)
