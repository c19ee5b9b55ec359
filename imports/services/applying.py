"""Writing an import into the ledger: one transaction, bulk inserts, one event."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Actor, Unit
from audit.services import Trail
from files.models import StoredFile
from imports.services.name_resolution import Names
from imports.services.planning import ImportPlan, ImportStep, plain_values, plan_values
from issues.fields import PLAIN_FIELDS
from issues.models import Area, Category, Inspection, Issue, Problem, TaskForce, code_of, sort_key_of
from issues.services import open_issue_spans
from measures.models import Measure, Milestone
from measures.services import edit_measure
from measures.services.history import open_spans
from papers.models import Notice
from signoffs.services import Claimed, ClaimSource, keep_claims

BATCH = 500


@dataclass
class PlanWriter:
    """Writes one plan. Rows that exist stay as they are but for changed plans; new ones get the next position."""

    plan: ImportPlan
    inspection: Inspection
    trail: Trail
    by: Actor
    file: StoredFile | None

    def write(self) -> None:
        self._level(Area, self.plan.areas, lambda step: {"title": step.node.title})
        self._level(Category, self.plan.categories, lambda step: {"title": step.node.title, "area": up(step)})
        self._level(Problem, self.plan.problems, lambda step: {"title": step.node.title, "category": up(step)})
        new_issues = [step for step in self.plan.issues if step.row is None]
        self._forces = self._task_forces()
        self._level(Issue, self.plan.issues, self._issue)
        open_issue_spans([step.row for step in new_issues if isinstance(step.row, Issue)], at=self.trail.at)
        self._measures()
        self._notice(new_issues)
        for step in self.plan.changed:
            self._change(step)

    def _level(self, model: type[Any], steps: list[ImportStep], fields: Callable[[ImportStep], dict[str, Any]]) -> None:
        """Create the new rows of one level, each behind the last one of its parent."""
        positions: dict[int | None, int] = {}
        for step in steps:
            if step.row is not None:
                place = _parent_key(step)
                positions[place] = max(positions.get(place, 0), step.row.position)
        self._count_absent(model, positions)
        created = []
        for step in steps:
            if step.row is None:
                place = _parent_key(step)
                positions[place] = positions.get(place, 0) + 1
                values = {"position": positions[place], "number": step.node.number, **fields(step)}
                step.row = model(inspection=self.inspection, **values)
                give_code(step)
                created.append(step.row)
        model.objects.bulk_create(created, batch_size=BATCH)

    def _count_absent(self, model: type[Any], positions: dict[int | None, int]) -> None:
        """Rows that the source does not name keep their positions too: a new one never takes one of theirs."""
        parent = {Area: "inspection_id", Category: "area_id", Problem: "category_id", Issue: "problem_id"}[model]
        for place, position in model.objects.filter(inspection=self.inspection).values_list(parent, "position"):
            key = None if model is Area else place
            positions[key] = max(positions.get(key, 0), position)

    def _issue(self, step: ImportStep) -> dict[str, Any]:
        node, names = step.node, self.plan.names
        return {
            "problem": up(step),
            "text": node.text,
            **plain_values(node, PLAIN_FIELDS),
            "leader": names.leaders.get(node.leader),
            "lead_unit": names.units.get(node.lead_unit),
            "task_force": self._forces.get(node.task_force),
            "is_sustained": node.is_sustained,
            "outcome_before": node.outcome_before,
            "outcome_after": node.outcome_after,
        }

    def _task_forces(self) -> dict[str, TaskForce]:
        known = {force.name: force for force in self.inspection.task_forces.all()}
        for name in dict.fromkeys(step.node.task_force for step in self.plan.issues if step.node.task_force):
            if name not in known:
                position = len(known) + 1
                known[name] = TaskForce.objects.create(inspection=self.inspection, name=name, position=position)
        return known

    def _measures(self) -> None:
        new = [step for step in self.plan.measures if step.row is None]
        stored = Measure.objects.filter(inspection=self.inspection).values_list("issue_id", "position")
        positions: dict[int, int] = {}
        for issue_id, position in stored:
            positions[issue_id] = max(positions.get(issue_id, 0), position)
        for step in new:
            issue = up(step)
            positions[issue.pk] = position = positions.get(issue.pk, 0) + 1
            step.row = Measure(
                inspection=self.inspection,
                issue=issue,
                position=position,
                code=f"{issue.code}-{position:02}",
                sort_key=issue.sort_key + sort_key_of(position),
                text=step.node.text,
                **plan_values(self.plan.names, step.node),
            )
        measures = Measure.objects.bulk_create([step.row for step in new if step.row], batch_size=BATCH)
        self._parts(new)
        open_spans(measures, at=self.trail.at)

    def _parts(self, new: list[ImportStep]) -> None:
        """Supporting units and milestones of the new measures."""
        names, link = self.plan.names, Measure.supporting_units.through
        link.objects.bulk_create(
            [
                link(measure_id=step.key, unit_id=names.units[name].pk)
                for step in new
                for name in dict.fromkeys(step.node.supporting_units)
            ],
            batch_size=BATCH,
        )
        Milestone.objects.bulk_create(
            [
                Milestone(measure=step.row, position=position, title=stage.title, due_on=stage.due_on)
                for step in new
                for position, stage in enumerate(step.node.milestones, 1)
            ],
            batch_size=BATCH,
        )

    def _notice(self, new_issues: list[ImportStep]) -> None:
        """Store preamble and closing, and what the source claims of issues that came in now."""
        reading = self.plan.reading
        if not reading.layout:
            return
        Notice.objects.create(
            inspection=self.inspection,
            file=self.file,
            title=reading.title,
            layout=reading.layout,
            preamble=reading.preamble,
            closing=reading.closing,
            claimed=reading.claimed,
            at=self.trail.at,
        )
        claims = [
            Claimed(
                issue=step.row,
                words=step.node.status_line,
                line=step.node.line,
                completion=step.node.completion,
                is_sustained=step.node.is_sustained,
            )
            for step in new_issues
            if step.node.completion and isinstance(step.row, Issue)
        ]
        source = ClaimSource(title=reading.title, sha256=self.file.sha256 if self.file else "")
        keep_claims(claims=claims, source=source, at=self.trail.at)

    def _change(self, step: ImportStep) -> None:
        names, node = self.plan.names, step.node
        assert step.row is not None
        edit_measure(
            measure=step.row,
            values=plan_values(names, node),
            supporting_units=[names.units[name] for name in node.supporting_units],
            stages=[(stage.title, stage.due_on) for stage in node.milestones],
            by=self.by,
            at=self.trail.at,
        )


def up(step: ImportStep) -> Any:
    """Return the row above; for a plan of which the level above is written."""
    assert step.above is not None
    return step.above.row


def _parent_key(step: ImportStep) -> int | None:
    return step.above.key if step.above else None


def give_code(step: ImportStep) -> None:
    """Give an issue its code by positions: area, category, problem, issue."""
    if not isinstance(step.row, Issue):
        return
    positions: list[int] = []
    place: ImportStep | None = step
    while place is not None:
        assert place.row is not None
        positions.insert(0, place.row.position)
        place = place.above
    step.row.code, step.row.sort_key = code_of(*positions), sort_key_of(*positions)


def new_inspection_title(names: Names, title: str) -> str:
    """Return the title of an inspection that an import opens."""
    return title or _("Inspection of %(organisation)s") % {"organisation": names.organisation}


def organisation_named(name: str) -> Unit | None:
    """Return the root unit of this name, with or without the words for its party group."""
    bare = name.removeprefix("中共")
    for ending in ("党组", "党委", "党总支", "党支部"):
        bare = bare.removesuffix(ending)
    return Unit.objects.filter(parent=None, name__in={name, bare}).first()
