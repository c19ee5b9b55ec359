"""What the tests of sign-off begin with: work with evidence, applications at each step, issues that can be closed."""

from datetime import datetime, timedelta
from typing import Any

from accounts.models import Role, User
from issues.models import Issue
from issues.services import create_task_force
from measures.models import Evidence, Measure
from measures.services import add_evidence
from signoffs.models import Application, Decision
from signoffs.services import (
    accept_application,
    apply_for_closure,
    apply_for_sign_off,
    return_application,
    set_review_steps,
    withdraw_application,
)
from tests.factories import NOW, TODAY, Cast, claim, stored, user

STATEMENT = "All holes of Mill Lane were filled and checked."
REASON = "Two holes beside the school are still open."
GROUND = Decision.Ground.UNFINISHED.value
CLOSING: dict[str, Any] = {"completion": "done", "is_sustained": True, "upkeep": "Inspected every spring."}


def later(minutes: int = 1) -> datetime:
    return NOW + timedelta(minutes=minutes)


class Review(Cast):
    """The bureau with what reviewing asks for besides: second persons, a task force, a leader of the measures."""

    def __init__(self) -> None:
        super().__init__()
        self.second_office = user("Second office", role=Role.OFFICE, over=self.organisation)
        self.second_group = user("Second group", role=Role.GROUP, over=self.organisation)
        self.parks_head = user("Parks head", role=Role.UNIT_HEAD, over=self.parks)
        self.other_leader = user("Other leader", role=Role.LEADER, over=self.organisation)
        self.member = user("Member")
        self.force = create_task_force(
            inspection=self.inspection, name="Roads force", members=[self.member], by=None, at=NOW
        )

    def work(self, **fields: Any) -> Measure:
        """A measure of the roads unit that is under way, with one piece of evidence."""
        under = fields.pop("issue", None) or self.issue(
            task_force=self.force, leader=self.leader, lead_unit=self.roads, status="in_rectification"
        )
        measure = self.measure(**{"issue": under, "status": "in_progress", **fields})
        self.prove(measure)
        return measure

    def prove(self, measure: Measure, content: bytes = b"Facts", *, at: datetime = NOW) -> Evidence:
        by = self.roads_officer
        return add_evidence(measure=measure, file=stored(content, by=by), by=by, at=at)

    def applied(self, measure: Measure | None = None, *, by: User | None = None, **fields: Any) -> Application:
        measure = measure or self.work(**fields)
        return apply_for_sign_off(measure=measure, statement=STATEMENT, by=by or self.roads_officer, at=NOW)

    def set_review_steps(self, *roles: str) -> None:
        steps = [(f"Step {number}", str(role)) for number, role in enumerate(roles, 1)]
        set_review_steps(inspection=self.inspection, steps=steps, by=self.office, at=NOW)

    def accepted(self, application: Application, *people: User, at: datetime = NOW) -> Application:
        """The steps from the present one on accepted by these people in turn."""
        for person in people:
            accept_application(application=application, step=application.step, by=person, at=at)
        return application

    def signed_off(self, **fields: Any) -> Measure:
        measure = self.work(**fields)
        measure.milestones.update(reached_on=TODAY)
        application = self.accepted(self.applied(measure), self.office, self.group)
        assert application.measure is not None
        return application.measure

    def closing(self, issue: Issue | None = None) -> Application:
        issue = issue or self.signed_off().issue
        return apply_for_closure(issue=issue, statement=STATEMENT, by=self.roads_officer, at=NOW, **CLOSING)

    def claimed(self) -> Application:
        return claim(self.issue(lead_unit=self.roads))

    def in_state(self, state: str, application: Application) -> Application:
        """Bring an application that was just made to a state: its first or second step, or one of its ends."""
        if state in {"second step", "accepted"}:
            self.accepted(application, self.second_office)
        if state == "accepted":
            self.accepted(application, self.second_group)
        if state == "returned":
            give_back(application, by=self.second_office)
        if state == "withdrawn":
            by = application.applicant
            withdraw_application(application=application, reason=REASON, by=by, at=NOW)
        return application


def give_back(application: Application, *, by: User, at: datetime = NOW, **said: Any) -> Decision:
    """Return an application on the step that it waits at."""
    said = {"ground": GROUND, "reason": REASON, "step": application.step, **said}
    return return_application(application=application, by=by, at=at, **said)
