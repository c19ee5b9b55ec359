"""Lives of an inspection: verbs at random, often refused, and what a person with the rows before them would count."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from audit.services import open_trail
from core.exceptions import Forbidden, RuleViolation
from imports.services.rows import RowWriter
from issues.models import Issue
from issues.services import create_task_force, edit_issue
from measures import services
from measures.models import Extension, Measure
from signoffs.models import Application
from signoffs.queries.figures import IssueCounts, MeasureCounts
from signoffs.services import (
    accept_application,
    apply_for_closure,
    apply_for_sign_off,
    return_application,
    withdraw_application,
)
from tests.factories import NOW, TODAY, claim, evidence, issue, measure, problem
from tests.measures.trail_checks import REASON
from tests.signoffs.review_setup import CLOSING, GROUND, STATEMENT, Review

BEGIN = NOW + timedelta(hours=2)
Counted = dict[tuple[str, int | None], tuple[MeasureCounts, IssueCounts]]
WHOLE = ("whole", None)


class RandomHistory:
    """An inspection with two areas, two units, two task forces, and the clock of what happens to it."""

    def __init__(self) -> None:
        self.cast, self.at = Review(), BEGIN
        cast, shown = self.cast, self.cast.inspection
        self.forces = [cast.force, create_task_force(inspection=shown, name="Parks force", by=None, at=NOW), None]
        self.units, self.leaders = [cast.roads, cast.parks], [cast.leader, cast.other_leader]
        self.officers = {cast.roads.pk: cast.roads_officer, cast.parks.pk: cast.parks_officer}
        for number in range(4):
            self.plan(number)
        claim(Issue.objects.filter(inspection=shown).latest("pk"))

    def plan(self, number: int) -> None:
        """An issue with two measures comes in."""
        place = problem(self.cast.inspection, area=1 + number % 2, category=1 + number % 3)
        duties = {"leader": self.leaders[number % 2], "lead_unit": self.units[number // 2 % 2]}
        under = issue(self.cast.inspection, under=place, task_force=self.forces[number % 3], at=self.at, **duties)
        for days in (number % 40 - 12, 3 * number):
            measure(under, **duties, deadline=self.at.date() + timedelta(days=days), at=self.at)

    def happens(self, verb: int, number: int) -> str:
        """Use one verb on whatever the number points at; return its name, or nothing where it was refused."""
        name, use = list(VERBS.items())[verb % len(VERBS)]
        try:
            use(self, number)
        except (RuleViolation, Forbidden, LookupError):
            return ""
        return name

    def pick(self, rows: Any, number: int) -> Any:
        """Return one of the rows. Raises `LookupError` where there is none."""
        found = list(rows.order_by("pk"))
        if not found:
            raise LookupError
        return found[number % len(found)]

    def measure(self, number: int, *states: str) -> Measure:
        rows = Measure.objects.filter(status__in=states or Measure.UNFINISHED)
        found: Measure = self.pick(rows.select_related("issue", "inspection__organisation"), number)
        return found


def _start(life: RandomHistory, n: int) -> None:
    services.start_measure(measure=life.measure(n, "planned"), by=life.cast.office, at=life.at)


def _edit(life: RandomHistory, n: int) -> None:
    values = {"deadline": TODAY + timedelta(days=n % 60 - 30), "lead_unit": life.units[n % 2]}
    services.edit_measure(measure=life.measure(n, "planned"), values=values, by=life.cast.office, at=life.at)


def _hand_over(life: RandomHistory, n: int) -> None:
    to: dict[str, Any] = {"leader": life.leaders[n % 2], "lead_unit": life.units[n // 2 % 2]}
    states = ("planned", "in_progress", "submitted")
    services.hand_over(measure=life.measure(n, *states), **to, reason=REASON, by=life.cast.office, at=life.at)


def _extend(life: RandomHistory, n: int) -> None:
    pending = Extension.objects.pending()
    if pending.exists():
        services.grant_extension(extension=life.pick(pending, n), by=life.cast.group, at=life.at)
        return
    asked = life.measure(n)
    later = (asked.deadline or TODAY) + timedelta(days=1 + n % 30)
    by = life.officers[asked.lead_unit_id or 0]
    services.request_extension(measure=asked, new_deadline=later, reason=REASON, by=by, at=life.at)


def _cancel(life: RandomHistory, n: int) -> None:
    services.cancel_measure(measure=life.measure(n), reason=REASON, by=life.cast.office, at=life.at)


def _apply(life: RandomHistory, n: int) -> None:
    done = life.measure(n, "in_progress")
    by = life.officers[done.lead_unit_id or 0]
    evidence(done, by=by, at=life.at)
    apply_for_sign_off(measure=done, statement=STATEMENT, by=by, at=life.at)


def _accept(life: RandomHistory, n: int) -> None:
    """Both steps at one moment: the history keeps outcome."""
    waiting = life.pick(Application.objects.pending(), n)
    for who in (life.cast.office, life.cast.group):
        accept_application(application=waiting, step=waiting.step, by=who, at=life.at)


def _return(life: RandomHistory, n: int) -> None:
    waiting = life.pick(Application.objects.pending(), n)
    said = {"ground": GROUND, "reason": REASON}
    return_application(application=waiting, step=waiting.step, by=life.cast.office, at=life.at, **said)


def _withdraw(life: RandomHistory, n: int) -> None:
    waiting = life.pick(Application.objects.pending(), n)
    withdraw_application(application=waiting, reason=REASON, by=waiting.applicant, at=life.at)


def _close(life: RandomHistory, n: int) -> None:
    """Whatever of its measures is open is cancelled or signed off first, so that some issue comes to its end."""
    ready = life.pick(Issue.objects.filter(measures__status="signed_off", status="in_rectification").distinct(), n)
    for left in ready.measures.filter(status__in=Measure.UNFINISHED):
        services.cancel_measure(measure=left, reason=REASON, by=life.cast.office, at=life.at)
    by = life.officers[ready.lead_unit_id]
    said = {**CLOSING, "completion": ("done", "basically_done")[n % 2]}
    apply_for_closure(issue=ready, statement=STATEMENT, by=by, at=life.at, **said)


def _edit_issue(life: RandomHistory, n: int) -> None:
    values = {"task_force": life.forces[n % 3], "leader": life.leaders[n // 3 % 2], "lead_unit": life.units[n // 6 % 2]}
    edit_issue(issue=life.pick(Issue.objects, n), values=values, by=life.cast.office, at=life.at)


def _move(life: RandomHistory, n: int) -> None:
    """As a workbook does that lists a measure under another issue."""
    moved = life.measure(n, "planned", "in_progress")
    to = life.pick(Issue.objects.filter(status__in=["open", "in_rectification"]).exclude(pk=moved.issue_id), n)
    with open_trail(moved.inspection.chain, at=life.at) as trail:
        writer = RowWriter(plan=None, inspection=moved.inspection, trail=trail, by=life.cast.office, file=None)
        writer._move(moved, to)


VERBS: dict[str, Callable[[RandomHistory, int], None]] = {
    "plan": RandomHistory.plan,
    "start": _start,
    "edit": _edit,
    "hand_over": _hand_over,
    "extend": _extend,
    "cancel": _cancel,
    "apply": _apply,
    "accept": _accept,
    "return": _return,
    "withdraw": _withdraw,
    "close": _close,
    "edit_issue": _edit_issue,
    "move": _move,
}
OFTEN = ["start", "start", "apply", "apply", "accept", "close"]


def recount(at: datetime) -> Counted:
    """Count all rows as they are now, one by one, for a moment whose day is that of `at`."""
    today, shares = timezone.localdate(at), defaultdict(lambda: ([], []))  # type: ignore[var-annotated]
    above = "issue__problem__category"
    late_issues = set()
    for row in Measure.objects.select_related(above, "issue"):
        late = row.status in {"planned", "in_progress"} and row.deadline is not None and row.deadline < today
        if late:
            late_issues.add(row.issue_id)
        for part in _parts_of(row, row.issue):
            shares[part][0].append((row, late))
    for found in Issue.objects.select_related("problem__category"):
        for part in _parts_of(found, found):
            shares[part][1].append(found)
    return {part: (_of_measures(own, today), _of_issues(found, late_issues)) for part, (own, found) in shares.items()}


def _parts_of(row: Measure | Issue, under: Issue) -> Iterable[tuple[str, int | None]]:
    category = under.problem.category
    yield from (WHOLE, ("area", category.area_id), ("category", category.pk))
    yield from (("unit", row.lead_unit_id), ("leader", row.leader_id), ("task_force", under.task_force_id))


def _of_measures(rows: list[tuple[Measure, bool]], today: Any) -> MeasureCounts:
    states = [row.status for row, _late in rows]
    soon = today + timedelta(days=10)
    return MeasureCounts(
        total=len(rows),
        **{state: states.count(state) for state in ("planned", "in_progress", "signed_off", "cancelled")},
        under_review=states.count("submitted"),
        overdue=sum(late for _row, late in rows),
        overdue_planned=sum(late and row.status == "planned" for row, late in rows),
        due_soon=sum(
            row.status in {"planned", "in_progress"} and row.deadline is not None and today <= row.deadline <= soon
            for row, _late in rows
        ),
    )


def _of_issues(rows: list[Issue], late: set[int]) -> IssueCounts:
    states = [row.status for row in rows]
    return IssueCounts(
        total=len(rows),
        planned=states.count("open"),
        in_progress=states.count("in_rectification"),
        under_review=states.count("awaiting_closure"),
        rectified=states.count("rectified"),
        basically_done=sum(row.completion == "basically_done" for row in rows),
        overdue=sum(row.pk in late for row in rows),
        claimed=sum(Application.objects.filter(issue=row, measure=None, origin="imported").exists() for row in rows),
    )
