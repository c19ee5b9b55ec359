"""Changes of the plan's upper levels: inspections and their settings, issues, task forces, the calendar."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Actor, Unit, User
from audit.services import diff, open_trail
from core.exceptions import Forbidden, RuleViolation
from core.fields import normalized
from core.rules import require_possible
from core.transitions import transition
from issues.fields import EDITABLE_FIELDS, PLAIN_FIELDS
from issues.models import CalendarDay, Inspection, Issue, TaskForce
from issues.permissions import RULES, may_administer_organisation, require_calendar, require_office
from issues.services.history import record_issue_span
from issues.verbs import IssueVerb

SETTINGS = [
    "title",
    "inspected_by",
    "feedback_on",
    "kicked_off_on",
    "plan_due",
    "concentrated_from",
    "concentrated_until",
    "due_soon_days",
    "look_back_months",
    "week_ends_weekday",
    "week_ends_at",
    "lights",
    "is_public",
]
HISTORIC = {"leader", "lead_unit", "task_force"}


def create_inspection(
    *, code: str, title: str, organisation: Unit, by: Actor, at: datetime, **settings: Any
) -> Inspection:
    """Open an inspection of `organisation`; `settings` are fields of `SETTINGS`.

    Raises `Forbidden` unless `by` is the office there (None, the program itself, may), `RuleViolation` for a code in
    use.
    """
    if by is not None and not may_administer_organisation(by, organisation):
        raise Forbidden(_("Only the rectification office of this organisation may do this."))
    if Inspection.objects.filter(code=code).exists():
        raise RuleViolation(_("An inspection with this code already exists."), field="code")
    inspection = Inspection(code=code, title=title, organisation=organisation, created_at=at, **settings)
    inspection.save()
    with open_trail(inspection.chain, at=at) as trail:
        trail.record(IssueVerb.CREATE_INSPECTION, by=by, obj=inspection, code=code, title=title)
    return inspection


def edit_inspection(*, inspection: Inspection, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Change settings of an inspection.

    Raises `Forbidden`, and `RuleViolation` for a period that ends before it starts.
    """
    require_office(by, inspection)
    unknown = set(values) - set(SETTINGS)
    if unknown:
        raise ValueError(f"no such settings: {sorted(unknown)}")
    with open_trail(inspection.chain, at=at) as trail:
        changes = diff(inspection, values)
        for name, value in values.items():
            setattr(inspection, name, value)
        start, end = inspection.concentrated_from, inspection.concentrated_until
        if start and end and end <= start:
            raise RuleViolation(_("The concentrated period must end after it starts."), field="concentrated_until")
        if changes:
            inspection.save(update_fields=list(values))
            trail.record(IssueVerb.EDIT_INSPECTION, by=by, obj=inspection, changes=changes)


def create_task_force(
    *,
    inspection: Inspection,
    name: str,
    members: Iterable[User] = (),
    head: User | None = None,
    by: Actor,
    at: datetime,
) -> TaskForce:
    """Make a task force (专班) of the inspection. Raises `Forbidden` (None, the program itself, may)."""
    if by is not None:
        require_office(by, inspection)
    with open_trail(inspection.chain, at=at) as trail:
        position, people = inspection.task_forces.count() + 1, list(members)
        force = TaskForce.objects.create(inspection=inspection, name=name, head=head, position=position)
        force.members.set(people)
        trail.record(IssueVerb.CREATE_TASK_FORCE, by=by, obj=force, name=name)
    for person in people:
        person.__dict__.pop("_grants", None)
    return force


def edit_issue(*, issue: Issue, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Change an issue of the plan while it is not closed. Raises `Forbidden`, `RuleViolation`."""
    require_office(by, issue.inspection)
    unknown = set(values) - set(EDITABLE_FIELDS)
    if unknown:
        raise ValueError(f"no such fields: {sorted(unknown)}")
    if not str(values.get("text", issue.text)).strip():
        raise RuleViolation(_("An issue needs a text."), field="text")
    with open_trail(issue.inspection.chain, at=at) as trail:
        issue.refresh_from_db()
        require_possible(RULES, "edit_issue", issue)
        values = normalized(PLAIN_FIELDS, values)
        changes = diff(issue, values)
        for name, value in values.items():
            setattr(issue, name, value)
        if changes:
            issue.save(update_fields=list(values))
            if HISTORIC & set(changes):
                record_issue_span(issue, at=trail.at)
            trail.record(IssueVerb.EDIT_ISSUE, by=by, obj=issue, changes=changes)


def begin_rectification(*, issue: Issue, at: datetime) -> None:
    """Move an open issue on when its first measure is started; called within that verb's trail, with its moment."""
    if issue.status == Issue.Status.OPEN:
        _move(issue, Issue.Status.IN_RECTIFICATION, at)


def await_closure(*, issue: Issue, at: datetime) -> None:
    """Move an issue to awaiting closure; called by the application for it, within its trail. Raises `Conflict`."""
    _move(issue, Issue.Status.AWAITING_CLOSURE, at)


def resume_rectification(*, issue: Issue, at: datetime) -> None:
    """Move an issue back into rectification where its application was returned or withdrawn. Raises `Conflict`."""
    _move(issue, Issue.Status.IN_RECTIFICATION, at)


def close_issue(*, issue: Issue, completion: str, is_sustained: bool, at: datetime) -> None:
    """Close an issue with its conclusion, two facts apart; called by the last decision on its application."""
    _move(issue, Issue.Status.RECTIFIED, at, completion=completion, is_sustained=is_sustained)


def _move(issue: Issue, status: str, at: datetime, **also: Any) -> None:
    transition(issue, status, steps=Issue.STEPS, **also)
    # Leader, unit and task force may have changed since the page was opened; the history takes the row as it is.
    issue.refresh_from_db(fields=["leader", "lead_unit", "task_force"])
    record_issue_span(issue, at=at)


def set_calendar_day(*, day: date, kind: str, name: str, by: Actor, at: datetime) -> CalendarDay:
    """Enter or change one day of the calendar. A make-up day is a weekend day. Raises `Forbidden`, `RuleViolation`."""
    require_calendar(by)
    if kind == CalendarDay.Kind.MAKE_UP and day.isoweekday() < 6:
        raise RuleViolation(_("A make-up working day falls on a Saturday or a Sunday."), field="day")
    with open_trail("calendar", at=at) as trail:
        entry, _is_new = CalendarDay.objects.update_or_create(day=day, defaults={"kind": kind, "name": name})
        trail.record(IssueVerb.SET_CALENDAR_DAY, by=by, obj=entry, day=day, day_kind=kind, name=name)
    return entry


def clear_calendar_day(*, day: date, by: Actor, at: datetime) -> None:
    """Make one day a plain day again. Raises `Forbidden`."""
    require_calendar(by)
    with open_trail("calendar", at=at) as trail:
        for entry in CalendarDay.objects.filter(day=day):
            trail.record(IssueVerb.CLEAR_CALENDAR_DAY, by=by, obj=entry, day=day)
            entry.delete()
