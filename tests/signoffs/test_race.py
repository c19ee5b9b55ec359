"""Two reviewers at the same instant, with real connections: one decides, the other is told who was first."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from audit.services import verify
from core.exceptions import Conflict, RuleViolation
from measures.models import Measure
from signoffs.models import Application, Decision
from signoffs.services import accept_application, verify_signoffs, withdraw_application
from tests.factories import NOW
from tests.measures.trail_checks import events
from tests.signoffs.review_setup import REASON, Review, give_back

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgres]
Verb = Callable[[Application, Any], Any]


def accepting(application: Application, by: Any) -> Any:
    return accept_application(application=application, step=1, by=by, at=NOW)


def returning(application: Application, by: Any) -> Any:
    return give_back(application, by=by, step=1)


def page(made: Application) -> Application:
    """What a reviewer has open, with everything that a check needs."""
    related = Application.objects.select_related("inspection__organisation", "measure__lead_unit", "issue")
    return related.get(pk=made.pk)


def at_once(*verbs: Callable[[], Any]) -> list[Exception | None]:
    """Let all go off together, each on a connection of its own; return what became of each."""
    barrier = Barrier(len(verbs))

    def one(verb: Callable[[], Any]) -> Exception | None:
        try:
            barrier.wait(timeout=30)
            verb()
        except RuleViolation as error:
            return error
        finally:
            connection.close()
        return None

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(one, verbs, timeout=60))


def one_round(review: Review, first: Verb, second: Verb) -> None:
    """Two people of the office have the same page open and decide; exactly one does."""
    made = review.applied()
    people = (review.office, review.second_office)
    seen = [page(made) for _person in people]
    tries = [
        lambda: first(seen[0], people[0]),
        lambda: second(seen[1], people[1]),
    ]
    became = at_once(*tries)
    won = became.index(None)
    late = became[1 - won]
    assert isinstance(late, Conflict)
    decision = Decision.objects.get(application=made)
    assert decision.by == people[won]
    assert str(late).startswith(f"{people[won].name} was first")
    made.refresh_from_db()
    accepted = decision.verdict == "accepted"
    assert (made.status, made.step) == (("pending", 2) if accepted else ("returned", 1))
    measure = Measure.objects.get(pk=made.measure_id)
    assert measure.status == ("submitted" if accepted else "in_progress")
    assert measure.spans.filter(valid_to=None).count() == 1


def rounds(review: Review, count: int) -> None:
    pairs = [(accepting, accepting), (accepting, returning), (returning, returning)]
    for number in range(count):
        one_round(review, *pairs[number % len(pairs)])
    assert Decision.objects.count() == count
    assert len(events("accept_application")) + len(events("return_application")) == count
    assert verify([review.inspection.chain])[2] == []
    assert verify_signoffs([review.inspection]) == []


def test_of_two_reviewers_exactly_one_decides(review: Review) -> None:
    rounds(review, 20)


@pytest.mark.slow
def test_of_two_reviewers_exactly_one_decides_two_hundred_times(review: Review) -> None:
    rounds(review, 200)


def test_of_eight_clicks_of_one_person_one_decides(review: Review) -> None:
    made = review.applied()
    seen = [page(made) for _click in range(8)]
    became = at_once(*(lambda p=each: accepting(p, review.office) for each in seen))
    assert became.count(None) == 1
    assert {type(error) for error in became if error} == {Conflict}
    assert Decision.objects.count() == 1


def test_it_is_withdrawn_or_decided_but_not_both(review: Review) -> None:
    for _round in range(5):
        made = review.applied()
        mine, theirs = page(made), page(made)
        became = at_once(
            lambda m=mine: withdraw_application(application=m, reason=REASON, by=review.roads_officer, at=NOW),
            lambda t=theirs: returning(t, review.office),
        )
        assert became.count(None) == 1
        made.refresh_from_db()
        assert made.status == ("withdrawn" if became[0] is None else "returned")
        assert made.decisions.count() == (became[0] is not None)


def test_of_eight_applications_for_one_measure_one_waits(review: Review) -> None:
    measure = review.work()
    related = Measure.objects.select_related("inspection__organisation", "issue", "lead_unit")
    seen = [related.get(pk=measure.pk) for _click in range(8)]
    became = at_once(*(lambda m=each: review.applied(m) for each in seen))
    assert became.count(None) == 1
    assert {type(error) for error in became if error} == {Conflict}
    assert Application.objects.count() == 1
