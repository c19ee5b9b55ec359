"""What the rows of a workbook would change in the ledger, and what the rules of planning say against them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.exceptions import RuleViolation
from core.fields import Field
from core.rules import allowed_states, is_possible
from imports.services.error_messages import as_error, error_of
from imports.services.matching import LedgerMeasure, Matcher
from imports.services.name_resolution import Names
from imports.services.planning import ImportPlan, ImportStep, value_of
from issues.fields import PLAIN_FIELDS as ISSUE_FIELDS
from issues.models import Inspection, Issue
from issues.permissions import RULES as ISSUE_RULES
from measures.fields import PLAIN_FIELDS
from measures.models import Measure
from measures.permissions import RULES
from measures.services.plan import FIXED_AT_START, check_plan, check_stages
from readers.workbook.cells import is_same, squeezed
from readers.workbook.rows import LedgerRow, WorkbookReading

NEEDED = {"leader": "leader", "lead_unit": "lead_unit", "deadline": "deadline"}
LISTED_ROWS = 300
"""How many new and changed rows a preview lists; the counts are those of all."""


@dataclass
class LedgerPlan(ImportPlan):
    """What importing a workbook would do. `changes` names the changed fields of each measure, by its key.

    `moved` are the issues that go under another heading, with their measures; by the key of the issue.
    """

    changes: dict[int, set[str]] = field(default_factory=dict)
    changed_issues: list[tuple[ImportStep, dict[str, Any]]] = field(default_factory=list)
    renamed: list[ImportStep] = field(default_factory=list)
    moved: dict[int, ImportStep] = field(default_factory=dict)

    def outcome(self) -> dict[str, Any]:
        """Return the object that `import_ledger --json` prints (`applied` false) and the preview shows."""
        reading = self.reading
        assert isinstance(reading, WorkbookReading)
        created = sum(1 for step in self.measures if step.row is None)
        categories = [category for area in reading.areas for category in area.categories]
        claims = [step.node.completion for step in self.measures if step.row is None and step.node.has_claim]
        return {
            "created": created,
            "changed": len(self.changed),
            "unchanged": len(self.measures) - created - len(self.changed),
            "areas": sum(1 for area in reading.areas if area.title),
            "categories": sum(1 for category in categories if category.title),
            "problems": sum(1 for category in categories for problem in category.problems if problem.title),
            "issues": len(self.issues),
            "measures": len(self.measures),
            "new_issues": sum(1 for step in self.issues if step.row is None),
            "changed_issues": len({step.key for step, _changes in self.changed_issues} | {*self.moved})
            + len(self.renamed),
            "moved_issues": [
                {"line": step.node.line, "code": _code(step), "text": step.node.text} for step in self.moved.values()
            ],
            "missing": {"units": self.names.missing_units, "leaders": self.names.missing_leaders},
            "absent": [{"code": row.code, "text": row.text} for row in self.absent],
            "errors": self.errors,
            "completion": {code: claims.count(code) for code in ("done", "basically_done", "not_done")},
            "sustained": sum(step.node.is_sustained for step in self.issues),
            "claimed": {},
            "claims": len(claims),
            "rows": list(self._listed_rows()),
            "unread": [{"line": line.line, "text": line.text} for line in reading.unread],
            "furniture": [{"line": line.line, "text": line.text} for line in reading.furniture],
            "warnings": _warnings(reading),
            "applied": False,
        }

    def _listed_rows(self) -> Iterator[dict[str, Any]]:
        """The first of the rows that are new or changed, with what changes in the words of the workbook."""
        left = LISTED_ROWS
        for step in self.measures:
            changed = self.changes.get(step.key or 0)
            if step.row is not None and not changed:
                continue
            if left == 0:
                return
            left -= 1
            fields = [_word_of(self.reading, name) for name in sorted(changed or ())]
            code = step.row.code if step.row is not None else ""
            yield {"line": step.node.line, "code": code, "text": step.node.text, "changes": fields}


def _code(step: ImportStep) -> str:
    return step.row.code if step.row is not None else ""


def _word_of(reading: Any, name: str) -> str:
    if name == "issue":
        return str(_("moved to another issue"))
    if name == "heading":
        return str(_("moved with its issue under another heading"))
    return str(reading.places.get(name, ("", name))[1])


def _warnings(reading: WorkbookReading) -> list[dict[str, Any]]:
    """Say how cells were read that could be read otherwise, and what of the workbook was left out."""
    messages = []
    sentences = {
        "several_leaders": ngettext(
            "In %(n)d row several leaders are in one cell: the first is responsible, the others go to the remarks.",
            "In %(n)d rows several leaders are in one cell: the first is responsible, the others go to the remarks.",
            reading.notes.get("several_leaders", 0),
        ),
        "several_units": ngettext(
            "In %(n)d row several units are in the cell of the lead unit: the first leads, the others support.",
            "In %(n)d rows several units are in the cell of the lead unit: the first leads, the others support.",
            reading.notes.get("several_units", 0),
        ),
        "without_day": ngettext(
            "%(n)d measure is to be carried out at once, without a date; it has no deadline until you enter one.",
            "%(n)d measures are to be carried out at once, without a date; they have no deadline until you enter one.",
            reading.notes.get("without_day", 0),
        ),
        "unclear_completion": ngettext(
            "In %(n)d row the words on completion say neither done nor not done; they are kept as they are.",
            "In %(n)d rows the words on completion say neither done nor not done; they are kept as they are.",
            reading.notes.get("unclear_completion", 0),
        ),
    }
    for name, sentence in sentences.items():
        if count := reading.notes.get(name):
            messages.append(sentence % {"n": count})
    if reading.unknown:
        messages.append(
            _("Columns that are not known and were left out: %(names)s") % {"names": "、".join(reading.unknown)}
        )
    if reading.others:
        messages.append(
            _("Other sheets that look like a ledger were not read: %(names)s") % {"names": "、".join(reading.others)}
        )
    return [{"line": 0, "message": message} for message in messages]


def plan_workbook(reading: WorkbookReading, *, inspection: Inspection | None, names: Names) -> LedgerPlan:
    """Match a workbook with the ledger of `inspection` (None where it is new). Reads only."""
    plan = LedgerPlan(reading=reading, inspection=inspection, names=names)
    matched = Matcher(reading, inspection).match()
    plan.areas, plan.categories, plan.problems = matched.areas, matched.categories, matched.problems
    plan.issues, plan.measures, plan.absent = matched.issues, matched.measures, matched.absent
    plan.renamed = [step for step in matched.renamed if step.node.title]
    plan.moved = {step.key: step for step in matched.moved if step.key is not None}
    plan.errors = [as_error(error) for error in reading.errors]
    plan.errors += _missing_columns(plan, reading)
    judge = _Judge(plan, reading)
    for step in plan.issues:
        judge.issue(step)
    for step in plan.measures:
        judge.measure(step)
    plan.errors.sort(key=lambda error: error["line"])
    return plan


def _missing_columns(plan: LedgerPlan, reading: WorkbookReading) -> list[dict[str, Any]]:
    """A column that is not there is one error, not one for each of its rows."""
    if all(step.row is not None for step in plan.measures):
        return []
    return [
        {
            "cell": "",
            "line": 0,
            "column": reading.places[name][1],
            "message": _("The workbook has no column %(column)s.") % {"column": reading.places[name][1]},
        }
        for name in NEEDED
        if name not in reading.fields
    ]


class _Judge:
    """Compares row by row. A cell that could not be read is one error, whatever else it breaks."""

    def __init__(self, plan: LedgerPlan, reading: WorkbookReading) -> None:
        self.plan, self.reading = plan, reading
        self._bad = {(error.line, error.field) for error in reading.errors}
        editable = allowed_states(RULES, "edit_measure")
        under_decision = Measure.objects.filter(issue__in=plan.moved).exclude(status__in=editable)
        self._fixed = set(under_decision.values_list("issue", flat=True))

    def _refuse(self, node: Any, name: str, message: Any) -> None:
        if (node.line, name) not in self._bad:
            self._bad.add((node.line, name))
            self.plan.errors.append(error_of(self.reading, node.line, name, str(message)))

    def issue(self, step: ImportStep) -> None:
        """Note what the workbook changes of an issue; whether it is kept up is decided once it is closed."""
        row, node = step.row, step.node
        if row is None or not node.text:
            return
        if row.pk in self.plan.moved:
            self._check_move(node, row)
        changes: dict[str, Any] = {}
        if not is_same(node.text, row.text):
            changes["text"] = node.text
        for each in ISSUE_FIELDS:
            value = value_of(node, each)
            if each.key in self.reading.fields and is_other_value(each, value, getattr(row, each.name)):
                changes[each.name] = value
        is_editable = is_possible(ISSUE_RULES, "edit_issue", row)
        if changes and not is_editable:
            self._refuse(node, "issue", ISSUE_RULES["edit_issue"].refusal)
        if node.sustained is not None and node.sustained != row.is_sustained and is_editable:
            changes["is_sustained"] = node.sustained
        if changes:
            self.plan.changed_issues.append((step, changes))

    def _check_move(self, node: Any, row: Issue) -> None:
        """Codes say where an issue is: what papers and decisions name by its code keeps it."""
        if not is_possible(ISSUE_RULES, "edit_issue", row):
            self._refuse(node, "issue", ISSUE_RULES["edit_issue"].refusal)
        elif row.pk in self._fixed:
            self._refuse(
                node,
                "issue",
                _("Measures of this issue were applied for, signed off or cancelled; it stays under its heading."),
            )

    def measure(self, step: ImportStep) -> None:
        """Note what the workbook changes of a measure and what is wrong with it; what stays is not judged."""
        node, row = step.node, step.row
        if row is None:
            self._check(node, set(NEEDED), None)
            self._check_issue(step)
            return
        changes = set(differences(self.plan.names, node, row, self.reading.fields))
        if step.above is None or step.above.key != row.issue_id:
            changes.add("issue")
            self._check_issue(step)
        elif step.above.key in self.plan.moved:
            changes.add("heading")
        if not changes:
            return
        self.plan.changes[row.pk] = changes
        self.plan.changed.append(step)
        self._check(node, changes & set(NEEDED), row)
        self._check_state(node, row, changes - {"heading"})

    def _check_issue(self, step: ImportStep) -> None:
        issue = step.above.row if step.above else None
        if issue is not None and not is_possible(ISSUE_RULES, "plan_measure", issue):
            self._refuse(step.node, "text", ISSUE_RULES["plan_measure"].refusal)

    def _check(self, node: LedgerRow, fields: set[str], row: LedgerMeasure | None) -> None:
        """Ask the rules of planning field by field, so that all that is wrong with a row is listed at once."""
        mode = node.mode or (row.mode if row else Measure.Mode.TIME_LIMITED)
        fine: dict[str, Any] = {"text": "text", "leader": True, "lead_unit": True, "deadline": True, "mode": mode}
        for name in fields & self.reading.fields:
            if name == "deadline" and mode == Measure.Mode.IMMEDIATE and self._is_at_once(node):
                continue
            try:
                check_plan({**fine, name: getattr(node, name) or None})
            except RuleViolation as refusal:
                self._refuse(node, name, refusal.message)
        self._check_stages(node, mode, row)

    def _is_at_once(self, node: LedgerRow) -> bool:
        """立行立改 without a date: the cell has the words, a date is still to be entered."""
        return node.deadline is None and node.is_at_once

    def _check_stages(self, node: LedgerRow, mode: str, row: LedgerMeasure | None) -> None:
        stages = [(stage.title, stage.due_on) for stage in node.milestones]
        if row is not None and not node.has_milestones:
            stages = list(row.stages)
        inspection = self.plan.inspection or Inspection()
        try:
            check_stages(inspection=inspection, mode=mode, deadline=node.deadline, stages=stages)
        except RuleViolation as refusal:
            name = "milestones" if "milestones" in self.reading.fields or not node.mode else "mode"
            self._refuse(node, name, refusal.message)

    def _check_state(self, node: LedgerRow, row: LedgerMeasure, changes: set[str]) -> None:
        if changes and not is_possible(RULES, "edit_measure", row):
            name = next(iter(sorted(changes)))
            self._refuse(
                node,
                "text" if name == "issue" else name,
                _("This measure has been started; its plan is changed on its page, not by an import."),
            )
        elif row.status == Measure.Status.IN_PROGRESS:
            for name in sorted(changes & set(FIXED_AT_START)):
                self._refuse(node, name, _(FIXED_AT_START[name]))


def differences(names: Names, node: LedgerRow, row: LedgerMeasure, fields: frozenset[str]) -> Iterator[str]:
    """Name the fields in which a row differs from the measure; of what the workbook has no column it says nothing."""
    if not is_same(node.text, row.text):
        yield "text"
    if "leader" in fields and not _is_leader(names, node.leader, row):
        yield "leader"
    if "lead_unit" in fields and not _is_unit(names, node.lead_unit, row):
        yield "lead_unit"
    if "deadline" in fields and node.deadline != row.deadline:
        yield "deadline"
    if _is_other_mode(node, row, fields):
        yield "mode"
    for each in PLAIN_FIELDS:
        if each.key in fields and is_other_value(each, value_of(node, each), row.value_of(each)):
            yield each.key
    if "supporting" in fields and {_key(names, name) for name in node.supporting_units} != set(row.supporting):
        yield "supporting"
    if node.has_milestones and _stages(node) != sorted((squeezed(title), day) for title, day in row.stages):
        yield "milestones"


def _stages(node: LedgerRow) -> list[tuple[str, date]]:
    return sorted((squeezed(stage.title), stage.due_on) for stage in node.milestones)


def is_other_value(field: Field, read: Any, stored: Any) -> bool:
    """Return whether a workbook says something else of a plain field than the ledger does."""
    return not is_same(read, stored) if field.is_text else read != field.normalized(stored)


def _is_other_mode(node: LedgerRow, row: LedgerMeasure, fields: frozenset[str]) -> bool:
    """Without a column of its own the mode is only guessed from the time limit, which knows nothing of stages."""
    return node.mode not in {"", row.mode} and ("mode" in fields or row.mode != Measure.Mode.STAGED)


def _key(names: Names, name: str) -> int:
    return names.units[name].pk if name in names.units else 0


def _is_leader(names: Names, name: str, row: LedgerMeasure) -> bool:
    """Two people of one name are one to a workbook: it means the one who has the measure."""
    if not name or row.leader_id is None:
        return not name and row.leader_id is None
    return name == row.leader_name or getattr(names.leaders.get(name), "pk", None) == row.leader_id


def _is_unit(names: Names, name: str, row: LedgerMeasure) -> bool:
    if not name or row.lead_unit_id is None:
        return not name and row.lead_unit_id is None
    return name in (row.unit_name, row.unit_short_name) or _key(names, name) == row.lead_unit_id
