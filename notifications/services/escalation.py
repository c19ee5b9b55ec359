"""The escalation of an inspection: which step an item has reached for whom, and how the office sets the steps."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import Actor, Role
from audit.services import open_trail
from core.exceptions import RuleViolation
from issues.models import Inspection
from issues.permissions import require_office
from notifications.models import ReminderRule
from notifications.models.escalation import FARTHEST
from notifications.services.recipients import RECIPIENTS
from notifications.verbs import NotificationVerb

MEASURE, MILESTONE = ReminderRule.Subject.MEASURE.value, ReminderRule.Subject.MILESTONE.value
MOST_STEPS = 12
LONGEST_REST = 90  # days between two occurrences


@dataclass(frozen=True)
class EscalationStep:
    """A step of the escalation, as a rule of the inspection or the default says it."""

    subject: str
    days: int
    every: int
    roles: frozenset[str]

    def occurrence(self, late: int) -> int | None:
        """Return the latest occurrence that is reached `late` days after the deadline; None before the first."""
        if late < self.days:
            return None
        return (late - self.days) // self.every if self.every else 0

    def __str__(self) -> str:
        """Return the step as the trail writes it."""
        every = f"/{self.every}" if self.every else ""
        roles = ", ".join(role for role in RECIPIENTS if role in self.roles)
        return f"{self.subject} {self.days:+}{every}: {roles}"


def _step(subject: str, days: int, roles: str, every: int = 0) -> EscalationStep:
    return EscalationStep(subject, days, every, frozenset(Role(role).value for role in roles.split()))


DEFAULT = (
    _step(MEASURE, -20, "officer"),
    _step(MEASURE, -10, "officer leader"),
    _step(MEASURE, -3, "officer leader"),
    _step(MEASURE, 1, "officer leader unit_head"),
    _step(MEASURE, 7, "officer leader unit_head group office", every=7),
    _step(MILESTONE, -7, "officer"),
    _step(MILESTONE, 1, "officer leader unit_head"),
    _step(MILESTONE, 7, "officer leader unit_head", every=7),
)


@dataclass(frozen=True)
class ReachedStep:
    """The highest step that an item has reached: its days, its occurrence, and the day of that after the deadline."""

    days: int
    occurrence: int
    offset: int


class Escalation:
    """The steps of one inspection. It is queried thousands of times in a run, so results are cached."""

    def __init__(self, steps: Iterable[EscalationStep]) -> None:
        self.steps = tuple(steps)
        self._cache: dict[tuple[str, frozenset[str], int], ReachedStep | None] = {}

    def highest(self, subject: str, roles: frozenset[str], late: int) -> ReachedStep | None:
        """Return the highest step for one of these roles that is reached `late` days after the deadline."""
        key = (subject, roles, late)
        if key not in self._cache:
            self._cache[key] = self._highest(subject, roles, late)
        return self._cache[key]

    def _highest(self, subject: str, roles: frozenset[str], late: int) -> ReachedStep | None:
        reached = [
            ReachedStep(step.days, occurrence, step.days + occurrence * step.every)
            for step in self.steps
            if step.subject == subject and step.roles & roles
            for occurrence in [step.occurrence(late)]
            if occurrence is not None
        ]
        return max(reached, key=lambda step: (step.offset, step.days), default=None)

    @property
    def horizon(self) -> int:
        """How many days before a deadline the first step lies."""
        return max((-step.days for step in self.steps), default=0)


def steps_of(inspection: Inspection) -> tuple[EscalationStep, ...]:
    """Return the steps of an inspection, the default ones where none were set."""
    return tuple(map(_step_of, inspection.reminder_rules.order_by("subject", "days"))) or DEFAULT


def _step_of(rule: ReminderRule) -> EscalationStep:
    return EscalationStep(rule.subject, rule.days, rule.every, frozenset(rule.recipients))


class Escalations:
    """The escalations of all inspections; one query."""

    def __init__(self) -> None:
        steps: dict[int, list[EscalationStep]] = {}
        for rule in ReminderRule.objects.order_by("subject", "days"):
            steps.setdefault(rule.inspection_id, []).append(_step_of(rule))
        self._by_inspection = {inspection: Escalation(steps) for inspection, steps in steps.items()}
        self._default = Escalation(DEFAULT)

    def of(self, inspection: int) -> Escalation:
        return self._by_inspection.get(inspection, self._default)

    @property
    def horizon(self) -> int:
        return max(escalation.horizon for escalation in [self._default, *self._by_inspection.values()])


def set_escalation(*, inspection: Inspection, steps: Sequence[EscalationStep], by: Actor, at: datetime) -> None:
    """Replace the steps of an inspection; what was sent on a step that stays is not sent again.

    Raises `Forbidden` unless `by` is the office, `RuleViolation` where a step cannot be, two are on one day, or no step
    reminds the lead unit that a measure is overdue: that cannot be switched off.
    """
    require_office(by, inspection)
    _check(steps)
    with open_trail(inspection.chain, at=at) as trail:
        old = list(map(str, steps_of(inspection)))
        ReminderRule.objects.filter(inspection=inspection).delete()
        ReminderRule.objects.bulk_create(
            ReminderRule(
                inspection=inspection,
                subject=step.subject,
                days=step.days,
                every=step.every,
                recipients=[role.value for role in RECIPIENTS if role in step.roles],
            )
            for step in steps
        )
        new = list(map(str, steps_of(inspection)))
        if new != old:
            trail.record(NotificationVerb.SET_ESCALATION, by=by, obj=inspection, changes={"reminder_rules": [old, new]})


def _check(steps: Sequence[EscalationStep]) -> None:
    places = [(step.subject, step.days) for step in steps]
    if len(set(places)) != len(places):
        raise RuleViolation(_("Two steps are on the same day."))
    for subject in ReminderRule.Subject.values:
        if sum(step.subject == subject for step in steps) > MOST_STEPS:
            raise RuleViolation(_("There are at most %(count)d steps.") % {"count": MOST_STEPS})
    for step in steps:
        _check_step(step)
    overdue = [step for step in steps if step.subject == MEASURE and step.days >= 1]
    if not any(step.roles & {Role.OFFICER, Role.UNIT_HEAD} for step in overdue):
        raise RuleViolation(
            _("One step must remind the lead unit that a measure is overdue; this cannot be switched off.")
        )


def _check_step(step: EscalationStep) -> None:
    if step.subject not in ReminderRule.Subject.values or not -FARTHEST <= step.days <= FARTHEST:
        raise RuleViolation(_("A step is at most a year before or after the deadline."))
    if step.every and (step.days < 1 or not 1 <= step.every <= LONGEST_REST):
        raise RuleViolation(_("Only a step after the deadline repeats, every 1 to 90 days."))
    if not step.roles or step.roles - {role.value for role in RECIPIENTS}:
        raise RuleViolation(_("Choose for each step who is reminded."))
