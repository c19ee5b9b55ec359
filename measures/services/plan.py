"""The office's verbs on the plan: plan, edit, hand over, cancel."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import Actor, Unit, User
from audit.services import Trail, audit_repr, diff, open_trail
from core.exceptions import RuleViolation
from core.fields import normalized
from core.rules import allowed_states, require_possible
from core.transitions import transition
from issues.models import Inspection, Issue, sort_key_of
from issues.permissions import RULES as ISSUE_RULES
from issues.permissions import require_office
from issues.services import edit_issue
from measures.fields import EDITABLE_FIELDS, PLAIN_FIELDS
from measures.models import Measure, Milestone
from measures.permissions import RULES
from measures.services.history import open_spans, record_span
from measures.services.locking import refresh_for_update
from measures.verbs import MeasureVerb

MIN_REASON = 10
FIXED_AT_START = {
    "deadline": gettext_noop("A measure that was started gets another deadline by an extension only."),
    "leader": gettext_noop("A measure that was started gets another leader by handing it over."),
    "lead_unit": gettext_noop("A measure that was started gets another lead unit by handing it over."),
}
Stage = tuple[str, date]


def check_reason(reason: str) -> str:
    """Return the reason without blanks around it. Raises `RuleViolation` where it is shorter than ten characters."""
    reason = reason.strip()
    if len(reason) < MIN_REASON:
        raise RuleViolation(_("Give a reason of at least ten characters."), field="reason")
    return reason


def check_stages(*, inspection: Inspection, mode: str, deadline: date | None, stages: Sequence[Stage]) -> None:
    """Raise `RuleViolation` unless the milestones have titles and fit the mode.

    Staged work needs at least one milestone, one of them within the concentrated period (where its dates are
    set), and none after the deadline.
    """
    longest = Milestone._meta.get_field("title").max_length or 0
    if not all(title.strip() and len(title) <= longest for title, _due_on in stages):
        raise RuleViolation(_("Each milestone needs a title of at most 200 characters."), field="milestones")
    late = deadline and any(due_on > deadline for _title, due_on in stages)
    if late:
        raise RuleViolation(_("A milestone cannot be due after the deadline."), field="milestones")
    if mode != Measure.Mode.STAGED:
        return
    if not stages:
        raise RuleViolation(_("A staged measure needs at least one milestone."), field="milestones")
    start, end = inspection.concentrated_from, inspection.concentrated_until
    if start and end and not any(start <= due_on <= end for _title, due_on in stages):
        raise RuleViolation(
            _("A staged measure needs a milestone within the concentrated period, to show results by then."),
            field="milestones",
        )


def check_plan(values: Mapping[str, Any]) -> None:
    """Raise `RuleViolation` unless a plan made by hand has a text, a leader, a lead unit and a deadline."""
    if not str(values["text"]).strip():
        raise RuleViolation(_("A measure needs a text."), field="text")
    if values["leader"] is None:
        raise RuleViolation(_("A measure needs a responsible leader."), field="leader")
    if values["lead_unit"] is None:
        raise RuleViolation(_("A measure needs a lead unit."), field="lead_unit")
    if values["deadline"] is None and values["mode"] != Measure.Mode.LONG_TERM:
        raise RuleViolation(_("A measure needs a deadline; only long-term ones may go without."), field="deadline")


def plan_measure(
    *,
    issue: Issue,
    text: str,
    leader: User,
    lead_unit: Unit,
    deadline: date | None,
    by: Actor,
    at: datetime,
    mode: str = Measure.Mode.TIME_LIMITED,
    supporting_units: Sequence[Unit] = (),
    stages: Sequence[Stage] = (),
    **plain: Any,
) -> Measure:
    """Add a measure to an issue of the plan and return it; `stages` are milestones (title, due date),
    `plain` the values of plain fields.

    Raises `Forbidden` unless `by` is the office, `RuleViolation` where the plan is incomplete or the issue is closed.
    """
    require_office(by, issue.inspection)
    _require_known(plain, {field.name for field in PLAIN_FIELDS})
    values = {"text": text, "leader": leader, "lead_unit": lead_unit, "deadline": deadline, "mode": mode}
    check_plan(values)
    check_stages(inspection=issue.inspection, mode=mode, deadline=deadline, stages=stages)
    with open_trail(issue.inspection.chain, at=at) as trail:
        issue.refresh_from_db(fields=["status"])
        require_possible(ISSUE_RULES, "plan_measure", issue)
        position = (issue.measures.aggregate(last=Max("position"))["last"] or 0) + 1
        measure = Measure.objects.create(
            inspection_id=issue.inspection_id,
            issue=issue,
            position=position,
            code=f"{issue.code}-{position:02}",
            sort_key=issue.sort_key + sort_key_of(position),
            **values,
            **normalized(PLAIN_FIELDS, plain),
        )
        _replace_stages(measure, stages)
        measure.supporting_units.set(supporting_units)
        open_spans([measure], at=trail.at)
        trail.record(MeasureVerb.PLAN_MEASURE, by=by, obj=measure, issue=issue.pk, code=measure.code, text=text)
    return measure


def edit_measure(
    *,
    measure: Measure,
    values: Mapping[str, Any],
    by: Actor,
    at: datetime,
    supporting_units: Sequence[Unit] | None = None,
    stages: Sequence[Stage] | None = None,
) -> None:
    """Change the plan of a measure; None leaves supporting units or milestones as they are.

    Once started, leader and lead unit change by `hand_over` and the deadline by an extension: that is refused
    here. Milestones that were reached cannot be taken away. Raises `Forbidden`, `RuleViolation`.
    """
    _require_known(values, set(EDITABLE_FIELDS))
    values = normalized(PLAIN_FIELDS, values)
    with open_trail(measure.inspection.chain, at=at) as trail:
        refresh_for_update(measure, "edit_measure", by=by)
        changes = diff(measure, values)
        _check_edit(measure, values, changes, stages)
        for name, value in values.items():
            setattr(measure, name, value)
        measure.save(update_fields=list(values))
        changes |= _edit_parts(measure, supporting_units, stages)
        if {"deadline", "lead_unit", "leader"} & set(changes):
            record_span(measure, at=trail.at)
        if changes:
            trail.record(MeasureVerb.EDIT_MEASURE, by=by, obj=measure, changes=changes)


def _require_known(values: Mapping[str, Any], known: set[str]) -> None:
    if unknown := set(values) - known:
        raise ValueError(f"no such fields: {sorted(unknown)}")


def _check_edit(
    measure: Measure, values: Mapping[str, Any], changes: Mapping[str, Any], stages: Sequence[Stage] | None
) -> None:
    for name in set(changes) & set(FIXED_AT_START) if measure.status == Measure.Status.IN_PROGRESS else ():
        raise RuleViolation(_(FIXED_AT_START[name]), field=name)
    planned = {name: values.get(name, getattr(measure, name)) for name in EDITABLE_FIELDS}
    check_plan(planned)
    if stages is None:
        stages = list(measure.milestones.values_list("title", "due_on"))
    check_stages(inspection=measure.inspection, mode=planned["mode"], deadline=planned["deadline"], stages=stages)


def _edit_parts(
    measure: Measure, supporting_units: Sequence[Unit] | None, stages: Sequence[Stage] | None
) -> dict[str, list[Any]]:
    changes: dict[str, list[Any]] = {}
    if supporting_units is not None:
        old_units = list(measure.supporting_units.all())
        if set(old_units) != set(supporting_units):
            changes["supporting_units"] = [audit_repr(old_units), audit_repr(list(supporting_units))]
            measure.supporting_units.set(supporting_units)
    if stages is not None:
        old_stages = list(measure.milestones.values_list("title", "due_on"))
        stages = sorted(stages, key=itemgetter(1))  # as they are read; the order of typing is no change
        if old_stages != stages:
            changes["milestones"] = [old_stages, stages]
            _replace_stages(measure, stages)
    return changes


def _replace_stages(measure: Measure, stages: Sequence[Stage]) -> None:
    """Replace the milestones; what was reached keeps its date and may not disappear. Raises `RuleViolation`."""
    reached = {(m.title, m.due_on): m.reached_on for m in measure.milestones.exclude(reached_on=None)}
    if set(reached) - set(stages):
        raise RuleViolation(_("A milestone that was reached stays in the plan as it was."), field="milestones")
    measure.milestones.all().delete()
    Milestone.objects.bulk_create(
        Milestone(measure=measure, position=number, title=title, due_on=due_on, reached_on=reached.get((title, due_on)))
        for number, (title, due_on) in enumerate(stages, 1)
    )


def hand_over(
    *,
    measure: Measure,
    reason: str,
    by: Actor,
    at: datetime,
    leader: User | None = None,
    lead_unit: Unit | None = None,
) -> None:
    """Hand a measure over to another leader, another lead unit or both; the history keeps who had it when.

    Raises `Forbidden` unless `by` is the office, `RuleViolation` where nothing would change or the measure is finished.
    """
    with open_trail(measure.inspection.chain, at=at) as trail:
        _hand_over(trail, measure, leader=leader, lead_unit=lead_unit, reason=reason, by=by)


def _hand_over(
    trail: Trail, measure: Measure, *, leader: User | None, lead_unit: Unit | None, reason: str, by: Actor
) -> None:
    refresh_for_update(measure, "hand_over", by=by)
    reason = check_reason(reason)
    values = {name: to for name, to in (("leader", leader), ("lead_unit", lead_unit)) if to is not None}
    changes = diff(measure, values)
    if not changes:
        raise RuleViolation(_("Choose another leader or another lead unit."), field="leader")
    for name, value in values.items():
        setattr(measure, name, value)
    measure.save(update_fields=list(values))
    record_span(measure, at=trail.at)
    trail.record(MeasureVerb.HAND_OVER, by=by, obj=measure, changes=changes, reason=reason)


def hand_over_duties(
    *, inspection: Inspection, from_leader: User, to_leader: User, reason: str, by: Actor, at: datetime
) -> int:
    """Hand over every unfinished measure and open issue of one leader to another; return how many measures.

    For a post that changes hands. Raises `Forbidden`, `RuleViolation`.
    """
    require_office(by, inspection)
    reason = check_reason(reason)
    if from_leader == to_leader:
        raise RuleViolation(_("Choose another leader or another lead unit."), field="to_leader")
    with open_trail(inspection.chain, at=at) as trail:
        states = allowed_states(RULES, "hand_over")
        measures = inspection.measures.filter(leader=from_leader, status__in=states)
        for measure in measures:
            _hand_over(trail, measure, leader=to_leader, lead_unit=None, reason=reason, by=by)
        states = allowed_states(ISSUE_RULES, "edit_issue")
        for issue in inspection.issues.filter(leader=from_leader, status__in=states):
            edit_issue(issue=issue, values={"leader": to_leader}, by=by, at=trail.at)
    return len(measures)


def cancel_measure(*, measure: Measure, reason: str, by: Actor, at: datetime) -> None:
    """Cancel a planned or running measure with a reason. Raises `Forbidden`, `RuleViolation`, `Conflict`."""
    with open_trail(measure.inspection.chain, at=at) as trail:
        refresh_for_update(measure, "cancel_measure", by=by)
        reason = check_reason(reason)
        if measure.extensions.pending().exists():
            raise RuleViolation(_("Decide on the requested extension first."))
        transition(measure, Measure.Status.CANCELLED, steps=Measure.STEPS, cancellation_reason=reason)
        record_span(measure, at=trail.at)
        trail.record(MeasureVerb.CANCEL_MEASURE, by=by, obj=measure, reason=reason)
