"""Verb × person × state by the API: the tables of the services, and what a person does not even see is 404."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from issues.models import Issue
from measures.models import Extension, Measure
from signoffs.models import Application
from tests.api.client import ApiClient, problem_of
from tests.factories import NOW
from tests.measures import test_permission_matrix as of_measures
from tests.measures.test_extensions import LATER
from tests.measures.trail_checks import REASON, rows
from tests.signoffs import test_permission_matrix as of_signoffs
from tests.signoffs.review_setup import CLOSING, GROUND, STATEMENT, Review
from tests.signoffs.review_setup import REASON as RETURNED

pytestmark = pytest.mark.django_db
STATUS = {"done": 200, "Forbidden": 403, "RuleViolation": 422, "Conflict": 409}
SEND: dict[str, tuple[str, Callable[[Any, Measure], dict[str, Any]]]] = {
    "edit_measure": ("", lambda b, m: {"remarks": "New", "deadline": str(m.deadline or LATER)}),
    "start_measure": ("start", lambda b, m: {}),
    "report_progress": ("report-progress", lambda b, m: {"text": "Done"}),
    "hand_over": ("hand-over", lambda b, m: {"leader": b.roads_head.pk, "reason": REASON}),
    "cancel_measure": ("cancel", lambda b, m: {"reason": REASON}),
    "request_extension": ("request-extension", lambda b, m: {"new_deadline": str(LATER), "reason": REASON}),
    "apply_for_sign_off": ("apply", lambda b, m: {"statement": STATEMENT}),
}
PROOF = b"The holes are filled."
ON_EVIDENCE: dict[str, Callable[[ApiClient, Measure, int], Any]] = {
    "add_evidence": lambda c, m, e: c.send(f"measures/{m.pk}/add-evidence/", PROOF),
    "add_version": lambda c, m, e: c.send(f"evidence/{e}/add-version/", PROOF),
    "withdraw_evidence": lambda c, m, e: c.post(f"evidence/{e}/withdraw/", reason=REASON),
}
ON_EXTENSIONS = {"grant_extension": ("grant", {}), "refuse_extension": ("refuse", {"note": REASON})}
DECIDE: dict[str, Callable[[Application], dict[str, Any]]] = {
    "accept": lambda a: {"step": a.step},
    "return": lambda a: {"step": a.step, "ground": GROUND, "reason": RETURNED},
    "withdraw": lambda a: {"reason": RETURNED},
}


OF_ISSUES = of_measures.read(of_measures.OF_AN_ISSUE)


class Undo(Exception):
    """Takes back what a try wrote."""


def tried(call: Callable[[], Any]) -> int:
    """The status of an answer; what was done is taken back, and a refusal is a problem document."""
    status = 0
    with suppress(Undo), transaction.atomic():
        answer = call()
        status = answer.status_code
        if status >= 400:
            problem_of(answer)
        raise Undo
    return status


def changed(caller: ApiClient, row: str, action: str, **data: Any) -> Any:
    """What an action of a row answers; without a name it is the change of the row itself."""
    return caller.post(f"{row}{action}/", **data) if action else caller.patch(row, **data)


def expected(cells: dict[str, str], seen: set[str]) -> dict[str, int]:
    return {who: STATUS[word.partition(":")[0]] if who in seen else 404 for who, word in cells.items()}


@pytest.fixture(autouse=True)
def at_the_moment_of_the_tests() -> Any:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield


def seers(model: Any, pk: int, people: dict[str, Any]) -> set[str]:
    """Who sees the row; the tables of visibility are tried elsewhere."""
    return {who for who, person in people.items() if model.objects.visible_to(person).filter(pk=pk).exists()}


@pytest.mark.parametrize(("verb", "state"), [cell for cell in of_measures.WITHOUT if cell[0] in SEND])
def test_every_verb_of_a_measure(review: Review, verb: str, state: str) -> None:
    measure = of_measures.set_out(review, state, pending=False)
    people = {who: getattr(review, who) for who in of_measures.PEOPLE.values()}
    address, send = SEND[verb]
    before, found = rows(), {}
    for who, person in people.items():
        caller = ApiClient(person)
        found[who] = tried(lambda c=caller: changed(c, f"measures/{measure.pk}/", address, **send(review, measure)))
    assert rows() == before
    assert found == expected(of_measures.WITHOUT[verb, state], seers(Measure, measure.pk, people))
    assert 404 in found.values()


@pytest.mark.parametrize(("verb", "state"), [cell for cell in of_measures.WITHOUT if cell[0] in ON_EVIDENCE])
def test_every_verb_of_evidence(review: Review, verb: str, state: str) -> None:
    measure = of_measures.set_out(review, state, pending=False)
    evidence = measure.evidence.latest("id").pk
    people = {who: getattr(review, who) for who in of_measures.PEOPLE.values()}
    before, found = rows(), {}
    for who, person in people.items():
        caller = ApiClient(person)
        found[who] = tried(lambda c=caller: ON_EVIDENCE[verb](c, measure, evidence))
    assert rows() == before
    made = {"add_evidence": 201, "add_version": 201}.get(verb, 200)
    cells = expected(of_measures.WITHOUT[verb, state], seers(Measure, measure.pk, people))
    assert found == {who: made if status == 200 else status for who, status in cells.items()}


@pytest.mark.parametrize(("verb", "state"), list(OF_ISSUES))
def test_every_verb_of_an_issue(review: Review, verb: str, state: str) -> None:
    under = review.issue(status=state, completion="done", leader=review.leader, lead_unit=review.roads)
    review.measure(issue=under, supporting_units=[review.parks])
    people = {who: getattr(review, who) for who in of_measures.PEOPLE.values()}
    plan = {"issue": under.pk, "text": "Do it", "deadline": str(LATER)}
    plan |= {"leader": review.leader.pk, "lead_unit": review.roads.pk}
    duties = {"from_leader": review.leader.pk, "to_leader": review.roads_head.pk, "reason": REASON}
    address, data = {
        "plan_measure": ("measures/", plan),
        "hand_over_duties": (f"inspections/{review.inspection.code}/hand-over-duties/", duties),
    }[verb]
    before, found = rows(), {}
    for who, person in people.items():
        caller = ApiClient(person)
        found[who] = tried(lambda c=caller: c.post(address, **data))
    assert rows() == before
    made = 201 if verb == "plan_measure" else 200
    cells = expected(OF_ISSUES[verb, state], seers(Issue, under.pk, people))
    assert found == {who: made if status == 200 else status for who, status in cells.items()}


@pytest.mark.parametrize(("verb", "state"), [cell for cell in of_measures.WITH if cell[0] in ON_EXTENSIONS])
@pytest.mark.parametrize("pending", [True, False])
def test_every_verb_of_an_extension(review: Review, verb: str, state: str, pending: bool) -> None:
    measure = of_measures.set_out(review, state, pending=pending)
    extension = of_measures.last_extension(measure)
    people = {who: getattr(review, who) for who in of_measures.PEOPLE.values()}
    address, send = ON_EXTENSIONS[verb]
    before, found = rows(), {}
    for who, person in people.items():
        caller = ApiClient(person)
        found[who] = tried(lambda c=caller: c.post(f"extensions/{extension.pk}/{address}/", **send))
    cells = (of_measures.WITH if pending else of_measures.WITHOUT)[verb, state]
    assert rows() == before
    assert found == expected(cells, seers(Extension, extension.pk, people))


@pytest.mark.parametrize(("verb", "state"), list(of_signoffs.DECIDING))
@pytest.mark.parametrize("subject", ["measure", "issue"])
def test_every_verb_of_an_application(review: Review, verb: str, state: str, subject: str) -> None:
    made = review.applied() if subject == "measure" else review.closing()
    review.in_state(of_signoffs.STATES.get(state, state), made)
    people = {who: getattr(review, who) for who in of_signoffs.PEOPLE.values()}
    before, found = of_signoffs.all_rows(), {}
    for who, person in people.items():
        caller, data = ApiClient(person), DECIDE[verb](made)
        found[who] = tried(lambda c=caller, d=data: c.post(f"applications/{made.pk}/{verb}/", **d))
    assert of_signoffs.all_rows() == before
    cells = of_signoffs.DECIDING[verb, state]
    assert found == expected(cells, seers(Application, made.pk, people))


@pytest.mark.parametrize(("kind", "state"), list(of_signoffs.CLOSURE))
def test_applying_for_closure(review: Review, kind: str, state: str) -> None:
    issue = of_signoffs.closable(review, kind, state)
    people = {who: getattr(review, who) for who in of_signoffs.PEOPLE.values()}
    before, found = of_signoffs.all_rows(), {}
    for who, person in people.items():
        caller = ApiClient(person)
        data = {"statement": STATEMENT, **CLOSING}
        found[who] = tried(lambda c=caller, d=data: c.post(f"issues/{issue.pk}/apply-for-closure/", **d))
    assert of_signoffs.all_rows() == before
    assert found == expected(of_signoffs.CLOSURE[kind, state], seers(Issue, issue.pk, people))


def test_whoever_is_not_logged_in_is_told_so_everywhere(review: Review, nobody: ApiClient) -> None:
    made = review.applied()
    for address in (f"measures/{made.measure_id}/start/", f"applications/{made.pk}/accept/", "measures/0/start/"):
        assert problem_of(nobody.post(address))["title"] == "Not logged in"
        assert nobody.post(address).status_code == 401


def test_every_verb_of_the_services_has_its_cells() -> None:
    verbs = {verb for verb, _state in of_measures.WITHOUT}
    assert set(SEND) | set(ON_EVIDENCE) | set(ON_EXTENSIONS) == verbs
    assert set(DECIDE) == {verb for verb, _state in of_signoffs.DECIDING}
