"""Writing the rows of a workbook into the ledger, in pieces that fit into memory, within one transaction."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import Max

from imports.services.applying import PlanWriter, give_code, up
from imports.services.comparing import LedgerPlan
from imports.services.planning import ImportStep, plain_values
from issues.models import Issue, sort_key_of
from issues.services import begin_rectification, edit_issue
from issues.verbs import IssueVerb
from measures.fields import PLAIN_FIELDS
from measures.models import Measure, Milestone
from measures.services import edit_measure
from measures.services.history import open_spans, record_span
from measures.verbs import MeasureVerb
from readers.workbook.rows import LedgerRow
from signoffs.services import Claimed, ClaimSource, keep_claims

PIECE = 2000


def pieces(steps: Iterable[Any], size: int = PIECE) -> Iterator[list[Any]]:
    """Cut into lists of at most `size`."""
    rest = iter(steps)
    while piece := list(islice(rest, size)):
        yield piece


class RowWriter(PlanWriter):
    """Writes the plan of a workbook: new rows in bulk, changed ones by the verbs that a person would use."""

    plan: LedgerPlan

    def write(self) -> None:
        super().write()
        for step in self.plan.renamed:
            self._rename(step)
        for step, values in self.plan.changed_issues:
            assert step.row is not None
            edit_issue(issue=step.row, values=values, by=self.by, at=self.trail.at)

    def _measures(self) -> None:
        for step in self.plan.moved.values():
            self._move_issue(step)
        positions: dict[int, int] = {}
        stored = Measure.objects.filter(inspection=self.inspection).values_list("issue_id", "position")
        for issue_id, position in stored.iterator(chunk_size=PIECE):
            positions[issue_id] = max(positions.get(issue_id, 0), position)
        for piece in pieces(step for step in self.plan.measures if step.row is None):
            self._piece(piece, positions)

    def _piece(self, steps: list[ImportStep], positions: dict[int, int]) -> None:
        """Create some of the new measures with all that belongs to them; none of them stays in memory after that."""
        created = []
        for step in steps:
            assert step.above is not None
            issue = step.above.row
            assert issue is not None
            positions[issue.pk] = position = positions.get(issue.pk, 0) + 1
            created.append(self._measure(step.node, issue, position))
        Measure.objects.bulk_create(created)
        rows = [(step.node, measure) for step, measure in zip(steps, created, strict=True)]
        self._parts_of(rows)
        open_spans(created, at=self.trail.at)
        claims = [self._claim(row, measure) for row, measure in rows if row.has_claim]
        source = ClaimSource(title=self.file.name if self.file else "", sha256=self.file.sha256 if self.file else "")
        keep_claims(claims=claims, source=source, at=self.trail.at)

    def _measure(self, row: LedgerRow, issue: Issue, position: int) -> Measure:
        names = self.plan.names
        return Measure(
            inspection=self.inspection,
            issue=issue,
            position=position,
            code=f"{issue.code}-{position:02}",
            sort_key=issue.sort_key + sort_key_of(position),
            text=row.text,
            mode=row.mode or Measure.Mode.TIME_LIMITED,
            leader=names.leaders.get(row.leader),
            lead_unit=names.units.get(row.lead_unit),
            deadline=row.deadline,
            **plain_values(row, PLAIN_FIELDS),
        )

    def _parts_of(self, rows: list[tuple[LedgerRow, Measure]]) -> None:
        link, units = Measure.supporting_units.through, self.plan.names.units
        keys = {(measure.pk, units[name].pk) for row, measure in rows for name in row.supporting_units if name in units}
        link.objects.bulk_create([link(measure_id=measure, unit_id=unit) for measure, unit in sorted(keys)])
        Milestone.objects.bulk_create(
            [
                Milestone(measure=measure, position=position, title=stage.title, due_on=stage.due_on)
                for row, measure in rows
                for position, stage in enumerate(row.milestones, 1)
            ]
        )

    def _claim(self, row: LedgerRow, measure: Measure) -> Claimed:
        signed_off_on = row.signed_off_on.isoformat() if row.signed_off_on else None
        return Claimed(
            issue=measure.issue,
            measure=measure,
            words=row.completion_words or row.progress,
            line=row.line,
            completion=row.completion,
            more={"progress": row.progress, "evidence": row.evidence, "signed_off_on": signed_off_on},
        )

    def _notice(self, new_issues: list[ImportStep]) -> None:
        """A ledger has neither preamble nor closing; what it claims is at its measures."""

    def _change(self, step: ImportStep) -> None:
        assert step.row is not None
        changes = self.plan.changes[step.row.pk]
        measure = Measure.objects.select_related("inspection", "issue").get(pk=step.row.pk)
        if "issue" in changes:
            assert step.above is not None
            self._move(measure, step.above.row)
        if changes - {"issue", "heading"}:
            self._edit(measure, step.node, changes)

    def _edit(self, measure: Measure, row: LedgerRow, changes: set[str]) -> None:
        names = self.plan.names
        values: dict[str, Any] = {
            "leader": names.leaders.get(row.leader),
            "lead_unit": names.units.get(row.lead_unit),
            **{name: getattr(row, name) for name in ("text", "mode", "deadline")},
        }
        values = {name: value for name, value in values.items() if name in changes}
        values |= plain_values(row, (field for field in PLAIN_FIELDS if field.key in changes))
        units = [names.units[name] for name in row.supporting_units]
        edit_measure(
            measure=measure,
            values=values,
            supporting_units=units if "supporting" in changes else None,
            stages=[(m.title, m.due_on) for m in row.milestones] if "milestones" in changes else None,
            by=self.by,
            at=self.trail.at,
        )

    def _move(self, measure: Measure, issue: Any) -> None:
        """Put a measure under another issue, behind what is there; its code says where it is now."""
        old = measure.code
        last = issue.measures.aggregate(last=Max("position"))["last"] or 0
        measure.issue, measure.position = issue, last + 1
        measure.code = f"{issue.code}-{measure.position:02}"
        measure.sort_key = issue.sort_key + sort_key_of(measure.position)
        measure.save(update_fields=["issue", "position", "code", "sort_key"])
        record_span(measure, at=self.trail.at)
        if measure.status != Measure.Status.PLANNED:
            begin_rectification(issue=issue, at=self.trail.at)
        self.trail.record(MeasureVerb.MOVE_MEASURE, by=self.by, obj=measure, changes={"code": [old, measure.code]})

    def _move_issue(self, step: ImportStep) -> None:
        """Put an issue under another heading, behind what is there; its code and those of its measures follow."""
        issue, problem = step.row, up(step)
        assert issue is not None
        old = issue.code
        issue.problem = problem
        issue.position = (problem.issues.aggregate(last=Max("position"))["last"] or 0) + 1
        give_code(step)
        issue.save(update_fields=["problem", "position", "code", "sort_key"])
        measures = list(issue.measures.order_by("position"))
        for measure in measures:
            measure.code = f"{issue.code}-{measure.position:02}"
            measure.sort_key = issue.sort_key + sort_key_of(measure.position)
        Measure.objects.bulk_update(measures, ["code", "sort_key"], batch_size=PIECE)
        self.trail.record(IssueVerb.MOVE_ISSUE, by=self.by, obj=issue, changes={"code": [old, issue.code]})

    def _rename(self, step: ImportStep) -> None:
        """Give an area, a category or a problem heading the words of the workbook."""
        row = step.row
        assert row is not None
        old, row.title = row.title, step.node.title
        row.save(update_fields=["title"])
        verb = IssueVerb[f"EDIT_{row.KIND}".upper()]
        self.trail.record(verb, by=self.by, obj=row, changes={"title": [old, row.title]})
