"""The tables of verbs and states: in each state that a verb does not list it is refused, and no page offers it."""

from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core.exceptions import RuleViolation
from core.transitions import is_legal
from issues.models import Issue
from issues.permissions import RULES as ISSUE_RULES
from issues.services import edit_issue
from measures.models import Measure
from measures.permissions import EXTENSION_RULES, RULES
from measures.queries import MOVES
from measures.services import add_evidence, grant_extension, refuse_extension
from signoffs.services import apply_for_closure
from tests.factories import NOW, Cast, evidence, stored
from tests.measures.test_permission_matrix import TRIES, TRIES_ON_AN_ISSUE, ask, last_extension, set_out
from tests.measures.trail_checks import REASON, refused

pytestmark = pytest.mark.django_db
OF_THE_OFFICE = {"edit_measure", "hand_over", "cancel_measure", "grant_extension", "refuse_extension"}
DECISIONS = set(EXTENSION_RULES)
ISSUE_ADDRESSES = {verb: verb for verb in ISSUE_RULES} | {"add_evidence": "add_issue_evidence"}


@pytest.fixture(autouse=True)
def now() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def offers(who: Any, page: str, address: str) -> bool:
    client = Client()
    client.force_login(who)
    html = client.get(page).content.decode()
    return f'href="{address}"' in html or f'action="{address}"' in html


@pytest.mark.parametrize("verb", RULES)
@pytest.mark.parametrize("state", Measure.Status.values)
def test_a_verb_on_a_measure(cast: Cast, verb: str, state: str) -> None:
    measure = set_out(cast, state, pending=verb in DECISIONS)
    who = cast.office if verb in OF_THE_OFFICE else cast.roads_officer
    page, args = reverse("measure", args=[measure.pk]), [measure.pk]
    if verb in DECISIONS:
        page, args = f"{page}?tab=extensions", [last_extension(measure).pk]
    elif verb == "apply_for_sign_off":
        evidence(measure, by=cast.roads_officer)
    is_possible = state in RULES[verb].states
    if not is_possible:
        with pytest.raises(RuleViolation):
            TRIES[verb](cast, measure, who)
    assert offers(who, page, reverse(verb, args=args)) == is_possible


@pytest.mark.parametrize("verb", EXTENSION_RULES)
@pytest.mark.parametrize("state", ["granted", "refused"])
def test_a_decision_on_a_request_that_was_decided(cast: Cast, verb: str, state: str) -> None:
    measure = cast.measure(status="in_progress")
    extension = ask(cast, measure, cast.roads_head, status=state, decided_by=cast.group, decided_at=NOW)
    decide: Any = {"grant_extension": grant_extension, "refuse_extension": refuse_extension}[verb]
    assert state not in EXTENSION_RULES[verb].states
    with refused():
        decide(extension=extension, note=REASON, by=cast.office, at=NOW)
    page = f"{reverse('measure', args=[measure.pk])}?tab=extensions"
    assert not offers(cast.office, page, reverse(verb, args=[extension.pk]))


def use_on_issue(cast: Cast, verb: str, issue: Issue) -> Any:
    if verb == "edit_issue":
        return edit_issue(issue=issue, values={"goal": "Another one"}, by=cast.office, at=NOW)
    if verb == "add_evidence":
        return add_evidence(issue=issue, file=stored(by=cast.roads_officer), by=cast.roads_officer, at=NOW)
    if verb == "apply_for_closure":
        facts: dict[str, Any] = {"statement": REASON * 3, "completion": "done", "is_sustained": False}
        return apply_for_closure(issue=issue, by=cast.roads_officer, at=NOW, **facts)
    return TRIES_ON_AN_ISSUE[verb](cast, issue, cast.office)


@pytest.mark.parametrize("verb", ISSUE_RULES)
@pytest.mark.parametrize("state", Issue.Status.values)
def test_a_verb_on_an_issue(cast: Cast, verb: str, state: str) -> None:
    issue = cast.issue(status=state, completion="done", lead_unit=cast.roads, leader=cast.leader)
    cast.measure(issue=issue, status="signed_off")
    who = cast.roads_officer if verb in {"add_evidence", "apply_for_closure"} else cast.office
    is_possible = state in ISSUE_RULES[verb].states
    page, address = reverse("issue", args=[issue.pk]), reverse(ISSUE_ADDRESSES[verb], args=[issue.pk])
    assert offers(who, page, address) == is_possible
    if is_possible:
        use_on_issue(cast, verb, issue)
    else:
        with refused():
            use_on_issue(cast, verb, issue)


@pytest.mark.parametrize("rules", [RULES, ISSUE_RULES], ids=["measures", "issues"])
def test_what_a_verb_leads_to_is_a_step_from_each_of_its_states(rules: Any) -> None:
    steps = Measure.STEPS if rules is RULES else Issue.STEPS
    moves = [(rule.moves_to, state) for rule in rules.values() if rule.moves_to for state in rule.states]
    assert all(is_legal(steps, state, target) for target, state in moves)


def test_the_line_of_states_knows_every_verb_that_leads_to_another_state() -> None:
    assert {verb: rule.moves_to for verb, rule in RULES.items() if rule.moves_to}.items() <= MOVES.items()
