"""The ladder of an inspection: which rung an item has reached for whom, and how the office sets it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Role
from audit.services import open_trail
from core.exceptions import RuleViolation
from issues.models import Inspection
from issues.permissions import require_office
from notifications.models import Rung
from notifications.models.escalation import FARTHEST
from notifications.services.recipients import RECIPIENTS

MEASURE, MILESTONE = Rung.Subject.MEASURE.value, Rung.Subject.MILESTONE.value
MOST_RUNGS = 12
LONGEST_REST = 90  # days between two occurrences


@dataclass(frozen=True)
class Step:
    """A rung as it is reckoned with; `reached` gives its latest occurrence."""

    subject: str
    days: int
    every: int
    roles: frozenset[str]

    def reached(self, late: int) -> int | None:
        """Return the latest occurrence that is reached `late` days after the deadline; None before the first."""
        if late < self.days:
            return None
        return (late - self.days) // self.every if self.every else 0


def _step(subject: str, days: int, roles: str, every: int = 0) -> Step:
    return Step(subject, days, every, frozenset(Role(role).value for role in roles.split()))


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
class Reached:
    """The highest rung that an item has reached: the rung, its occurrence, and the day of it after the deadline."""

    rung: int
    occurrence: int
    offset: int


class Ladder:
    """The steps of one inspection, asked thousands of times: what was reckoned once is kept."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps = tuple(steps)
        self._kept: dict[tuple[str, frozenset[str], int], Reached | None] = {}

    def highest(self, subject: str, roles: frozenset[str], late: int) -> Reached | None:
        """Return the highest rung for one of these roles that is reached `late` days after the deadline."""
        key = (subject, roles, late)
        if key not in self._kept:
            self._kept[key] = self._highest(subject, roles, late)
        return self._kept[key]

    def _highest(self, subject: str, roles: frozenset[str], late: int) -> Reached | None:
        found = [
            Reached(step.days, occurrence, step.days + occurrence * step.every)
            for step in self.steps
            if step.subject == subject and step.roles & roles
            for occurrence in [step.reached(late)]
            if occurrence is not None
        ]
        return max(found, key=lambda reached: (reached.offset, reached.rung), default=None)

    @property
    def horizon(self) -> int:
        """How many days before a deadline the first rung lies."""
        return max((-step.days for step in self.steps), default=0)


def steps_of(inspection: Inspection) -> tuple[Step, ...]:
    """Return the steps of an inspection, the default ones where none were set."""
    return tuple(map(_as_step, inspection.rungs.order_by("subject", "days"))) or DEFAULT


def _as_step(rung: Rung) -> Step:
    return Step(rung.subject, rung.days, rung.every, frozenset(rung.recipients))


class Ladders:
    """The ladders of all inspections; one query."""

    def __init__(self) -> None:
        set_ones: dict[int, list[Step]] = {}
        for rung in Rung.objects.order_by("subject", "days"):
            set_ones.setdefault(rung.inspection_id, []).append(_as_step(rung))
        self._set = {inspection: Ladder(steps) for inspection, steps in set_ones.items()}
        self._default = Ladder(DEFAULT)

    def of(self, inspection: int) -> Ladder:
        return self._set.get(inspection, self._default)

    @property
    def horizon(self) -> int:
        return max(ladder.horizon for ladder in [self._default, *self._set.values()])


def set_ladder(*, inspection: Inspection, steps: Sequence[Step], by: Any, at: datetime) -> None:
    """Set the ladder anew; what was sent on a rung that stays is not sent again.

    Raises `Forbidden` unless `by` is the office, `RuleViolation` where a step cannot be, two are on one day, or no step
    tells the lead unit that a measure is overdue: that cannot be switched off.
    """
    require_office(by, inspection)
    _check(steps)
    with open_trail(inspection.chain, at=at) as trail:
        old = [_told(step) for step in steps_of(inspection)]
        Rung.objects.filter(inspection=inspection).delete()
        Rung.objects.bulk_create(
            Rung(
                inspection=inspection,
                subject=step.subject,
                days=step.days,
                every=step.every,
                recipients=[role.value for role in RECIPIENTS if role in step.roles],
            )
            for step in steps
        )
        new = [_told(step) for step in steps_of(inspection)]
        if new != old:
            trail.record("set_ladder", by=by, obj=inspection, changes={"rungs": [old, new]})


def _told(step: Step) -> str:
    every = f"/{step.every}" if step.every else ""
    return f"{step.subject} {step.days:+}{every}: {', '.join(role for role in RECIPIENTS if role in step.roles)}"


def _check(steps: Sequence[Step]) -> None:
    places = [(step.subject, step.days) for step in steps]
    if len(set(places)) != len(places):
        raise RuleViolation(_("Two rungs are on the same day."))
    for subject in Rung.Subject.values:
        if sum(step.subject == subject for step in steps) > MOST_RUNGS:
            raise RuleViolation(_("A ladder has at most %(count)d rungs.") % {"count": MOST_RUNGS})
    for step in steps:
        _check_step(step)
    overdue = [step for step in steps if step.subject == MEASURE and step.days >= 1]
    if not any(step.roles & {Role.OFFICER, Role.UNIT_HEAD} for step in overdue):
        raise RuleViolation(
            _("One rung must tell the lead unit that a measure is overdue; this cannot be switched off.")
        )


def _check_step(step: Step) -> None:
    if step.subject not in Rung.Subject.values or not -FARTHEST <= step.days <= FARTHEST:
        raise RuleViolation(_("A rung lies at most a year before or after the deadline."))
    if step.every and (step.days < 1 or not 1 <= step.every <= LONGEST_REST):
        raise RuleViolation(_("Only a rung after the deadline repeats, every 1 to 90 days."))
    if not step.roles or step.roles - {role.value for role in RECIPIENTS}:
        raise RuleViolation(_("Every rung has somebody who is told."))
