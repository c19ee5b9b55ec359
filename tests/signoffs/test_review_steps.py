"""Chains of one to five steps, each role in its place; who keeps them."""

import itertools
from typing import Any

import pytest
from django.utils import translation

from accounts.models import Role
from core.exceptions import Forbidden
from issues.services import create_task_force
from measures.models import Measure
from signoffs.models import REVIEWERS, ReviewStep
from signoffs.services import accept_application, review_steps_of, set_review_steps
from tests.factories import NOW, inspection
from tests.measures.trail_checks import event, refused
from tests.signoffs.review_setup import Review

pytestmark = pytest.mark.django_db
HOLDERS = {
    Role.UNIT_HEAD: "roads_head",
    Role.LEADER: "leader",
    Role.TASK_FORCE: "member",
    Role.OFFICE: "office",
    Role.GROUP: "group",
}
"""Who holds each reviewer's role for a measure of Roads; everybody else must be refused."""
EVERYBODY = {
    *HOLDERS.values(),
    *("other_leader", "parks_head", "parks_officer", "inspector", "auditor", "system_admin", "superuser", "stranger"),
}
CHAINS: list[tuple[Role, ...]] = [(role,) for role in REVIEWERS]
CHAINS += [(Role.UNIT_HEAD, Role.GROUP), (Role.LEADER, Role.TASK_FORCE, Role.OFFICE)]
CHAINS += [(Role.GROUP, Role.OFFICE, Role.TASK_FORCE, Role.UNIT_HEAD), tuple(REVIEWERS), tuple(reversed(REVIEWERS))]


@pytest.mark.parametrize("chain", CHAINS, ids=["-".join(chain) for chain in CHAINS])
@pytest.mark.parametrize("subject", ["measure", "issue"])
def test_each_step_is_decided_by_its_role_and_by_nobody_else(
    review: Review, chain: tuple[Role, ...], subject: str
) -> None:
    issue = review.signed_off().issue if subject == "issue" else None
    review.set_review_steps(*chain)
    made = review.closing(issue) if issue else review.applied()
    for number, role in enumerate(chain, 1):
        for who in EVERYBODY - {HOLDERS[role]}:
            with pytest.raises(Forbidden):
                accept_application(application=made, step=number, by=getattr(review, who), at=NOW)
        assert (made.status, made.step) == ("pending", number)
        accept_application(application=made, step=number, by=getattr(review, HOLDERS[role]), at=NOW)
    assert made.status == "accepted"
    assert [decision.role for decision in made.decisions.all()] == list(chain)


def test_a_step_of_the_same_role_is_decided_by_another_person(review: Review) -> None:
    review.set_review_steps("office", "office")
    made = review.accepted(review.applied(), review.office)
    with pytest.raises(Forbidden, match="earlier step"):
        accept_application(application=made, step=2, by=review.office, at=NOW)
    accept_application(application=made, step=2, by=review.second_office, at=NOW)
    assert Measure.objects.get().status == "signed_off"


def test_the_head_of_the_unit_who_applied_does_not_endorse_it(review: Review) -> None:
    review.set_review_steps("unit_head", "group")
    made = review.applied(by=review.roads_head)
    with pytest.raises(Forbidden, match="applied for"):
        accept_application(application=made, step=1, by=review.roads_head, at=NOW)


def test_the_members_of_another_task_force_decide_nothing(review: Review) -> None:
    review.set_review_steps("task_force")
    parks = [review.parks_officer]
    create_task_force(inspection=review.inspection, name="Parks force", members=parks, by=None, at=NOW)
    made = review.applied()
    with pytest.raises(Forbidden):
        accept_application(application=made, step=1, by=review.parks_officer, at=NOW)


def test_the_office_sets_the_chain_and_the_trail_tells_old_and_new(review: Review) -> None:
    set_review_steps(
        inspection=review.inspection, steps=[(" Head ", "unit_head"), ("Group", "group")], by=review.office, at=NOW
    )
    assert review_steps_of(review.inspection) == [
        {"name": "Head", "role": "unit_head"},
        {"name": "Group", "role": "group"},
    ]
    actor, told = event("set_review_steps")
    old, new = told["changes"]["review_steps"]
    assert (actor, [role for _name, role in old]) == (review.office.pk, ["office", "group"])
    assert new == [["Head", "unit_head"], ["Group", "group"]]
    set_review_steps(inspection=review.inspection, steps=[("Office", "office")], by=review.office, at=NOW)
    assert list(ReviewStep.objects.values_list("position", "role")) == [(1, "office")]


def test_an_application_keeps_the_default_names_in_the_language_of_the_office(review: Review, settings: Any) -> None:
    """They are printed on papers; a page that only shows the chain speaks its own language."""
    settings.LANGUAGE_CODE = "zh-hans"
    with translation.override("en"):
        assert [step["name"] for step in review_steps_of(review.inspection)] == [
            "Review by the office",
            "Decision of the group",
        ]
        assert [step["name"] for step in review.applied().review_steps] == ["整改办审核", "党组审定"]


def test_the_chain_of_one_inspection_is_not_that_of_another(review: Review) -> None:
    other = inspection(review.organisation)
    review.set_review_steps("group")
    assert [step["role"] for step in review_steps_of(other)] == ["office", "group"]


STEP = ("Step", "office")


@pytest.mark.parametrize(
    "steps",
    [
        [],
        [STEP] * 6,
        [("", "office")],
        [("  ", "office")],
        [("Step", "officer")],
        [("Step", "")],
        [("x" * 41, "group")],
    ],
)
def test_a_chain_that_cannot_be_is_refused(review: Review, steps: list[tuple[str, str]]) -> None:
    with refused():
        set_review_steps(inspection=review.inspection, steps=steps, by=review.office, at=NOW)
    assert not ReviewStep.objects.exists()


def test_nobody_but_the_office_sets_the_chain(review: Review) -> None:
    people = {name for name in vars(review) if name in EVERYBODY} | {"roads_officer"}
    for who in people - {"office"}:
        with refused(Forbidden):
            set_review_steps(inspection=review.inspection, steps=[STEP], by=getattr(review, who), at=NOW)


def test_every_role_that_reviews_is_tried() -> None:
    assert set(HOLDERS) == set(REVIEWERS) == set(itertools.chain(*CHAINS))
    assert {len(chain) for chain in CHAINS} == {1, 2, 3, 4, 5}
