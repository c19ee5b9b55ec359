"""The queue: one condition says of all applications what `may_decide` says of each."""

import random
from typing import Any

import pytest

from accounts.models import Appointment, Role
from issues.models import Issue
from measures.models import Measure
from signoffs.models import REVIEWERS, Application
from signoffs.permissions import may_decide, waiting_for
from signoffs.services import accept_application
from signoffs.services.manifests import hash_of
from tests.factories import NOW, evidence
from tests.randomness import seeds
from tests.signoffs.review_setup import Review, give_back

pytestmark = pytest.mark.django_db


def waits_for(person: Any) -> set[int]:
    return set(Application.objects.filter(waiting_for(person)).values_list("pk", flat=True))


def people_of(review: Review, dice: random.Random) -> list[Any]:
    """Everybody, some with a second role thrown for them."""
    people = [value for value in vars(review).values() if isinstance(value, type(review.office))]
    for person in dice.sample(people, 4):
        role = dice.choice([Role.OFFICE, Role.GROUP, Role.UNIT_HEAD])
        over = dice.choice([review.organisation, review.roads, review.parks])
        Appointment.objects.get_or_create(user=person, role=role, unit=over)
    return [type(person).objects.get(pk=person.pk) for person in people]


def any_measure(review: Review, dice: random.Random, people: list[Any]) -> Measure:
    issue = review.issue(
        task_force=dice.choice([review.force, None]),
        leader=dice.choice(people),
        lead_unit=dice.choice([review.roads, review.parks]),
        status="in_rectification",
    )
    lead = {"lead_unit": dice.choice([review.roads, review.parks]), "leader": dice.choice(people)}
    return review.measure(issue=issue, status="submitted", **lead)


def any_application(review: Review, dice: random.Random, people: list[Any]) -> Application:
    """Past the services, so that every state can be: any chain, any applicant, some for an issue."""
    measure = any_measure(review, dice, people)
    chain = [{"name": "Step", "role": dice.choice(REVIEWERS).value} for _step in range(dice.randint(1, 5))]
    closes = dice.random() < 0.3
    made = Application.objects.create(
        inspection=review.inspection,
        issue=measure.issue,
        measure=None if closes else measure,
        completion="done" if closes else "",
        review_steps=chain,
        review_step_count=len(chain),
        statement="Done",
        manifest="{}",
        manifest_sha256=hash_of("{}"),
        applicant=dice.choice(people),
        applied_at=NOW,
    )
    if closes:
        Issue.objects.filter(pk=measure.issue_id).update(status="awaiting_closure")
    return made


def moved_on(made: Application, dice: random.Random, people: list[Any]) -> None:
    """Let whoever may decide some steps, accept or return."""
    for _step in range(dice.randint(0, made.review_step_count - 1)):
        able = [person for person in people if may_decide(person, Application.objects.get(pk=made.pk))]
        if not able or made.status != "pending":
            return
        if dice.random() < 0.2:
            give_back(made, by=dice.choice(able))
        else:
            accept_application(application=made, step=made.step, by=dice.choice(able), at=NOW)
        made.refresh_from_db()


@pytest.mark.drawn
@pytest.mark.parametrize("seed", seeds(12))
def test_the_queue_holds_exactly_what_the_person_may_decide(review: Review, seed: int) -> None:
    dice = random.Random(seed)
    people = people_of(review, dice)
    made = [any_application(review, dice, people) for _number in range(8)]
    for application in made:
        moved_on(application, dice, people)
    found = 0
    for person in [*people, None]:
        expected = {each.pk for each in Application.objects.all() if person and may_decide(person, each)}
        assert waits_for(person) == expected, person
        found += len(expected)
    assert found, "nothing waits for anybody: this says nothing"


def test_the_queue_of_each_role_as_a_measure_goes_its_way(review: Review) -> None:
    made = review.applied()
    order = ["office", "second_office", "group", "second_group", "roads_officer", "leader", "stranger"]

    def queues() -> list[str]:
        return [who for who in order if waits_for(getattr(review, who)) == {made.pk}]

    assert queues() == ["office", "second_office"]
    review.accepted(made, review.office)
    assert queues() == ["group", "second_group"]
    review.accepted(made, review.group)
    assert queues() == []


def test_what_a_source_claims_waits_for_nobody(review: Review) -> None:
    review.claimed()
    evidence(review.work(), by=review.roads_officer)
    assert not any(waits_for(person) for person in (review.office, review.group, review.leader))


def test_one_query_whatever_waits(review: Review, queries: Any) -> None:
    office = type(review.office).objects.get(pk=review.office.pk)
    waits_for(office)
    for _number in range(5):
        review.applied()
    assert queries(lambda: waits_for(office)) == 1
