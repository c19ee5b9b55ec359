from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from core import guards
from signoffs.models import Application, Decision, ReviewStep
from tests.database_constraints import constraints_of, put, refused_by
from tests.factories import NOW, TODAY, user
from tests.signoffs.review_setup import REASON, Review

pytestmark = pytest.mark.django_db


def step(review: Review, **fields: Any) -> None:
    put(ReviewStep, **{"inspection": review.inspection, "position": 1, "name": "Step", "role": "office", **fields})


def step_twice(review: Review) -> None:
    step(review)
    step(review)


def application(review: Review, **fields: Any) -> None:
    """A row for a measure that has none yet."""
    measure = fields.pop("measure", review.measure(status="submitted"))
    issue = measure.issue if measure else fields.pop("issue", None) or review.issue()
    values = {
        "inspection": review.inspection,
        "issue": issue,
        "measure": measure,
        "review_steps": [{"name": "Step", "role": "office"}],
        "review_step_count": 1,
        "statement": "Done",
        "manifest": "{}",
        "applicant": review.roads_officer,
        "applied_at": NOW,
    }
    put(Application, **{**values, **fields})


def claim(review: Review, **fields: Any) -> None:
    values: dict[str, Any] = {"origin": "imported", "status": "claimed", "applicant": None, "round": 0, "ended_at": NOW}
    values |= {"review_steps": [], "review_step_count": 0, "source_line": 1, "completion": "done"}
    application(review, **{**values, **fields})


def again(review: Review, **fields: Any) -> None:
    """A second row for a measure under review."""
    application(review, measure=review.applied().measure, **fields)


def closing_again(review: Review, **fields: Any) -> None:
    application(review, measure=None, issue=review.closing().issue, completion="done", **fields)


def decision(review: Review, **fields: Any) -> None:
    made = fields.pop("application", None) or review.applied()
    values = {"step": made.step, "step_name": "Step", "role": "office", "verdict": "accepted", "at": NOW}
    put(Decision, application=made, **{**values, "applicant": made.applicant, "by": user("Anybody"), **fields})


def two_steps(review: Review) -> None:
    decision(review, application=review.accepted(review.applied(), review.office), by=review.office)


def same_step(review: Review) -> None:
    """The guard refuses it before the constraint does, so that the guard is lifted here."""
    made = review.applied()
    decision(review, application=made)
    decision(review, application=made)


RETURNED = {"verdict": "returned", "ground": "other", "reason": REASON}
Violation = Callable[[Review], Any]
VIOLATIONS: list[tuple[str, Violation]] = [
    ("review_step_position_once", step_twice),
    ("review_step_one_to_five", lambda r: step(r, position=0)),
    ("review_step_one_to_five", lambda r: step(r, position=6)),
    ("review_step_role_known", lambda r: step(r, role="officer")),
    ("review_step_role_known", lambda r: step(r, role="auditor")),
    ("application_round_once_per_measure", lambda r: again(r, status="withdrawn", ended_at=NOW)),
    ("application_round_once_per_issue", lambda r: closing_again(r, status="withdrawn", ended_at=NOW)),
    ("application_one_pending_per_measure", lambda r: again(r, round=2)),
    ("application_one_pending_per_issue", lambda r: closing_again(r, round=2)),
    ("application_status_known", lambda r: application(r, status="lost", ended_at=NOW)),
    ("application_origin_says_who", lambda r: application(r, applicant=None)),
    ("application_origin_says_who", lambda r: application(r, status="claimed", ended_at=NOW)),
    ("application_origin_says_who", lambda r: claim(r, applicant=r.roads_officer)),
    ("application_origin_says_who", lambda r: claim(r, status="accepted")),
    ("application_claim_names_its_source", lambda r: claim(r, source_line=None)),
    ("application_claim_names_its_source", lambda r: claim(r, round=1)),
    ("application_claim_names_its_source", lambda r: application(r, round=0)),
    ("application_claim_names_its_source", lambda r: application(r, source_title="Notice")),
    ("application_claim_names_its_source", lambda r: application(r, source_line=3)),
    ("application_ended_has_time", lambda r: application(r, ended_at=NOW)),
    ("application_ended_has_time", lambda r: claim(r, ended_at=None)),
    ("application_completion_known", lambda r: claim(r, completion="nearly")),
    ("application_has_manifest", lambda r: application(r, manifest="")),
    ("application_has_review_steps", lambda r: application(r, review_step_count=0)),
    ("closure_has_conclusion", lambda r: application(r, measure=None)),
    ("closure_has_conclusion", lambda r: claim(r, measure=None, completion="")),
    ("decision_step_once", same_step),
    ("decision_one_step_a_person", two_steps),
    ("decision_not_on_own_application", lambda r: decision(r, by=r.roads_officer)),
    ("decision_return_has_ground_and_reason", lambda r: decision(r, **{**RETURNED, "ground": ""})),
    ("decision_return_has_ground_and_reason", lambda r: decision(r, **{**RETURNED, "reason": ""})),
    ("decision_return_has_ground_and_reason", lambda r: decision(r, ground="other")),
    ("decision_return_has_ground_and_reason", lambda r: decision(r, verdict="perhaps")),
    ("decision_meeting_has_minutes", lambda r: decision(r, meeting_on=TODAY)),
    ("decision_meeting_has_minutes", lambda r: decision(r, minute_number="No. 4")),
]


@pytest.mark.parametrize(("name", "violate"), VIOLATIONS, ids=[name for name, _violate in VIOLATIONS])
def test_the_database_refuses_it_by_name(review: Review, name: str, violate: Violation) -> None:
    """Guards are lifted: what they say of the same rows is tried beside."""
    with guards.lifted(connection), refused_by("signoffs", name):
        violate(review)


def test_every_named_constraint_is_tried() -> None:
    assert {name for name, _violate in VIOLATIONS} == set(constraints_of("signoffs"))


def test_what_the_rules_allow_the_database_allows(review: Review) -> None:
    """The same rows without what was wrong with them; else the refusals above would say little."""
    for position, role in enumerate(("unit_head", "leader", "task_force", "office", "group"), 1):
        step(review, position=position, role=role)
    application(review)
    application(review, measure=None, completion="done")
    claim(review)
    claim(review, measure=None, completion="basically_done", source_title="Notice", source_sha256="0" * 64)
    decision(review)
    decision(review, **RETURNED)
    decision(review, meeting_on=TODAY, minute_number="No. 4")
    assert (Application.objects.claims().count(), Decision.objects.count()) == (2, 3)
