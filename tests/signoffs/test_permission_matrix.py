"""Verb × person × state of the application: what becomes of every single try, the wrong ones too.

The tables are the rules as the office would read them; nothing in them is computed from the program. The measure is
led by Roads; the roads officer applied; the chain is office, then group; the earlier steps were decided by a second
person of the office, the end by a second person of the group.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction

from accounts.models import User
from audit.models import Event
from core.exceptions import Forbidden, RuleViolation
from issues.models import Issue
from signoffs.models import Application
from signoffs.permissions import may_apply_for_closure, may_decide, may_withdraw
from signoffs.services import accept_application, apply_for_closure, withdraw_application
from tests.factories import NOW
from tests.measures.trail_checks import rows
from tests.signoffs.review_setup import CLOSING, REASON, STATEMENT, Review, give_back

pytestmark = pytest.mark.django_db
PEOPLE = {
    "off": "office",
    "of2": "second_office",
    "grp": "group",
    "gr2": "second_group",
    "ldr": "leader",
    "ld2": "other_leader",
    "isp": "inspector",
    "rdo": "roads_officer",
    "rdh": "roads_head",
    "pko": "parks_officer",
    "pkh": "parks_head",
    "mem": "member",
    "aud": "auditor",
    "adm": "system_admin",
    "sup": "superuser",
    "str": "stranger",
}
WORDS = {
    "yes": "done",
    "-": "Forbidden: not this person's business",
    "no": "RuleViolation: not in this state",
    "old": "Conflict: the application moved on",
}
# The step that the person saw is the one that it waits at, or the last one where it has ended.
OF_AN_APPLICATION = """
    verb      state        off of2 grp gr2 ldr ld2 isp rdo rdh pko pkh mem aud adm sup str
    accept    first_step   yes yes -   -   -   -   -   -   -   -   -   -   -   -   -   -
    accept    second_step  -   -   yes yes -   -   -   -   -   -   -   -   -   -   -   -
    accept    accepted     -   -   old old -   -   -   -   -   -   -   -   -   -   -   -
    accept    returned     old old -   -   -   -   -   -   -   -   -   -   -   -   -   -
    accept    withdrawn    old old -   -   -   -   -   -   -   -   -   -   -   -   -   -
    return    first_step   yes yes -   -   -   -   -   -   -   -   -   -   -   -   -   -
    return    second_step  -   -   yes yes -   -   -   -   -   -   -   -   -   -   -   -
    return    accepted     -   -   old old -   -   -   -   -   -   -   -   -   -   -   -
    return    returned     old old -   -   -   -   -   -   -   -   -   -   -   -   -   -
    return    withdrawn    old old -   -   -   -   -   -   -   -   -   -   -   -   -   -
    withdraw  first_step   -   -   -   -   -   -   -   yes -   -   -   -   -   -   -   -
    withdraw  second_step  -   -   -   -   -   -   -   yes -   -   -   -   -   -   -   -
    withdraw  accepted     -   -   -   -   -   -   -   old -   -   -   -   -   -   -   -
    withdraw  returned     -   -   -   -   -   -   -   old -   -   -   -   -   -   -   -
    withdraw  withdrawn    -   -   -   -   -   -   -   old -   -   -   -   -   -   -   -
"""
# Closing an issue that Roads leads, and one without a lead unit; `ready` has one measure, signed off.
OF_AN_ISSUE = """
    issue     state             off of2 grp gr2 ldr ld2 isp rdo rdh pko pkh mem aud adm sup str
    led       ready             -   -   -   -   -   -   -   yes yes -   -   -   -   -   -   -
    led       at_work           -   -   -   -   -   -   -   no  no  -   -   -   -   -   -   -
    led       awaiting_closure  -   -   -   -   -   -   -   no  no  -   -   -   -   -   -   -
    led       rectified         -   -   -   -   -   -   -   no  no  -   -   -   -   -   -   -
    nobodys   ready             yes yes -   -   -   -   -   -   -   -   -   -   -   -   -   -
    nobodys   at_work           no  no  -   -   -   -   -   -   -   -   -   -   -   -   -   -
    nobodys   awaiting_closure  no  no  -   -   -   -   -   -   -   -   -   -   -   -   -   -
    nobodys   rectified         no  no  -   -   -   -   -   -   -   -   -   -   -   -   -   -
"""
STATES = {"first_step": "first step", "second_step": "second step"}
Cells = dict[tuple[str, str], dict[str, str]]


def read(table: str) -> Cells:
    """Return (verb, state) → person → what is expected."""
    head, *lines = [line.split() for line in table.strip().splitlines()]
    assert head[2:] == list(PEOPLE)
    return {
        (verb, state): {PEOPLE[who]: WORDS[mark] for who, mark in zip(head[2:], marks, strict=True)}
        for verb, state, *marks in lines
    }


DECIDING, CLOSURE = read(OF_AN_APPLICATION), read(OF_AN_ISSUE)
TRIES: dict[str, Callable[[Application, Any], Any]] = {
    "accept": lambda a, by: accept_application(application=a, step=a.step, by=by, at=NOW),
    "return": lambda a, by: give_back(a, by=by),
    "withdraw": lambda a, by: withdraw_application(application=a, reason=REASON, by=by, at=NOW),
}


class Undo(Exception):
    """Takes back what a try wrote, so that the next person finds the same rows."""


def outcome(what: Callable[[], Any]) -> str:
    """Try it and say what became of it; what was done is taken back."""
    before = Event.objects.count()
    with suppress(Undo), transaction.atomic():
        try:
            what()
        except (Forbidden, RuleViolation) as error:
            return next(word for word in WORDS.values() if word.startswith(type(error).__name__))
        assert Event.objects.count() > before, "done, and the trail does not know of it"
        raise Undo
    return WORDS["yes"]


def all_rows() -> Any:
    return rows(), list(Application.objects.order_by("pk").values())


@pytest.mark.parametrize("subject", ["measure", "issue"])
@pytest.mark.parametrize(("verb", "state"), list(DECIDING))
def test_every_cell_of_deciding_is_tried(review: Review, verb: str, state: str, subject: str) -> None:
    made = review.applied() if subject == "measure" else review.closing()
    review.in_state(STATES.get(state, state), made)
    before = all_rows()
    found = {}
    for who in PEOPLE.values():
        person = getattr(review, who)
        fresh = Application.objects.get(pk=made.pk)
        found[who] = outcome(lambda a=fresh, p=person: TRIES[verb](a, p))
        fresh = Application.objects.get(pk=made.pk)
        offered = may_withdraw(person, fresh) if verb == "withdraw" else may_decide(person, fresh)
        assert offered == (found[who] == WORDS["yes"]), f"{who}: offered is {offered}, tried is {found[who]}"
    assert all_rows() == before
    assert found == DECIDING[verb, state]


def closable(review: Review, kind: str, state: str) -> Issue:
    leads: dict[str, Any] = {"lead_unit": review.roads} if kind == "led" else {}
    issue = review.issue(status="in_rectification", leader=review.leader, **leads)
    if state == "at_work":
        review.work(issue=issue)
        return issue
    review.signed_off(issue=issue)
    if state != "ready":
        by = review.roads_officer if kind == "led" else review.second_office
        made = apply_for_closure(issue=issue, statement=STATEMENT, by=by, at=NOW, **CLOSING)
        if state == "rectified":
            review.accepted(made, review.office, review.group)
    return Issue.objects.get(pk=issue.pk)


@pytest.mark.parametrize(("kind", "state"), list(CLOSURE))
def test_every_cell_of_applying_for_closure_is_tried(review: Review, kind: str, state: str) -> None:
    issue = closable(review, kind, state)
    before = all_rows()
    found = {}
    for who in PEOPLE.values():
        fresh, person = Issue.objects.get(pk=issue.pk), getattr(review, who)
        found[who] = outcome(
            lambda i=fresh, p=person: apply_for_closure(issue=i, statement=STATEMENT, by=p, at=NOW, **CLOSING)
        )
        assert may_apply_for_closure(person, fresh) == (found[who] != WORDS["-"]), who
    assert all_rows() == before
    assert found == CLOSURE[kind, state]


def test_the_tables_name_everybody_and_every_state(review: Review) -> None:
    assert set(PEOPLE.values()) == {name for name, value in vars(review).items() if isinstance(value, User)}
    ends = {"accepted", "returned", "withdrawn"}
    assert {state for _verb, state in DECIDING} == ends | set(STATES)
    assert ends | {"pending", "claimed"} == set(Application.Status.values)
    assert {verb for verb, _state in DECIDING} == set(TRIES)
