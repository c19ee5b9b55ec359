"""Verb × person × state of the measure: what becomes of every single try, the wrong ones too.

The tables below are the rules as the office would read them; nothing in them is computed from the program.
A measure is led by the roads unit and supported by the parks unit.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import transaction

from accounts.models import Appointment, Role, User
from audit.models import Event
from core.exceptions import Forbidden, RuleViolation
from issues.models import Issue
from measures import services
from measures.models import Extension, Measure
from measures.permissions import RULES, abilities
from signoffs.services import apply_for_sign_off
from tests.factories import NOW, TODAY, Cast, evidence, stored
from tests.measures.test_extensions import DEADLINE, LATER
from tests.measures.trail_checks import REASON, rows

pytestmark = pytest.mark.django_db
PEOPLE = {
    "off": "office",
    "grp": "group",
    "ldr": "leader",
    "isp": "inspector",
    "rdo": "roads_officer",
    "rdh": "roads_head",
    "pko": "parks_officer",
    "aud": "auditor",
    "adm": "system_admin",
    "sup": "superuser",
    "str": "stranger",
}
WORDS = {
    "yes": "done",
    "-": "Forbidden: not this person's business",
    "no": "RuleViolation: not in this state",
    "old": "Conflict: the measure moved on since it was asked for",
}
NOTHING_PENDING = """
    verb              state            off  grp  ldr  isp  rdo  rdh  pko  aud  adm  sup  str
    edit_measure      planned          yes  -    -    -    -    -    -    -    -    -    -
    edit_measure      in_progress      yes  -    -    -    -    -    -    -    -    -    -
    edit_measure      submitted        no   -    -    -    -    -    -    -    -    -    -
    edit_measure      signed_off       no   -    -    -    -    -    -    -    -    -    -
    edit_measure      cancelled        no   -    -    -    -    -    -    -    -    -    -
    start_measure     planned          yes  -    -    -    yes  yes  -    -    -    -    -
    start_measure     in_progress      no   -    -    -    no   no   -    -    -    -    -
    start_measure     submitted        no   -    -    -    no   no   -    -    -    -    -
    start_measure     signed_off       no   -    -    -    no   no   -    -    -    -    -
    start_measure     cancelled        no   -    -    -    no   no   -    -    -    -    -
    report_progress   planned          -    -    -    -    no   no   no   -    -    -    -
    report_progress   in_progress      -    -    -    -    yes  yes  yes  -    -    -    -
    report_progress   submitted        -    -    -    -    no   no   no   -    -    -    -
    report_progress   signed_off       -    -    -    -    no   no   no   -    -    -    -
    report_progress   cancelled        -    -    -    -    no   no   no   -    -    -    -
    add_evidence      planned          -    -    -    -    no   no   no   -    -    -    -
    add_evidence      in_progress      -    -    -    -    yes  yes  yes  -    -    -    -
    add_evidence      submitted        -    -    -    -    no   no   no   -    -    -    -
    add_evidence      signed_off       -    -    -    -    no   no   no   -    -    -    -
    add_evidence      cancelled        -    -    -    -    no   no   no   -    -    -    -
    add_version       planned          -    -    -    -    no   no   no   -    -    -    -
    add_version       in_progress      -    -    -    -    yes  yes  yes  -    -    -    -
    add_version       submitted        -    -    -    -    no   no   no   -    -    -    -
    add_version       signed_off       -    -    -    -    no   no   no   -    -    -    -
    add_version       cancelled        -    -    -    -    no   no   no   -    -    -    -
    withdraw_evidence planned          -    -    -    -    no   no   no   -    -    -    -
    withdraw_evidence in_progress      -    -    -    -    yes  yes  yes  -    -    -    -
    withdraw_evidence submitted        -    -    -    -    no   no   no   -    -    -    -
    withdraw_evidence signed_off       -    -    -    -    no   no   no   -    -    -    -
    withdraw_evidence cancelled        -    -    -    -    no   no   no   -    -    -    -
    apply_for_sign_off planned         -    -    -    -    no   no   -    -    -    -    -
    apply_for_sign_off in_progress     -    -    -    -    yes  yes  -    -    -    -    -
    apply_for_sign_off submitted       -    -    -    -    no   no   -    -    -    -    -
    apply_for_sign_off signed_off      -    -    -    -    no   no   -    -    -    -    -
    apply_for_sign_off cancelled       -    -    -    -    no   no   -    -    -    -    -
    hand_over         planned          yes  -    -    -    -    -    -    -    -    -    -
    hand_over         in_progress      yes  -    -    -    -    -    -    -    -    -    -
    hand_over         submitted        yes  -    -    -    -    -    -    -    -    -    -
    hand_over         signed_off       no   -    -    -    -    -    -    -    -    -    -
    hand_over         cancelled        no   -    -    -    -    -    -    -    -    -    -
    cancel_measure    planned          yes  -    -    -    -    -    -    -    -    -    -
    cancel_measure    in_progress      yes  -    -    -    -    -    -    -    -    -    -
    cancel_measure    submitted        no   -    -    -    -    -    -    -    -    -    -
    cancel_measure    signed_off       no   -    -    -    -    -    -    -    -    -    -
    cancel_measure    cancelled        no   -    -    -    -    -    -    -    -    -    -
    request_extension planned          -    -    -    -    yes  yes  -    -    -    -    -
    request_extension in_progress      -    -    -    -    yes  yes  -    -    -    -    -
    request_extension submitted        -    -    -    -    no   no   -    -    -    -    -
    request_extension signed_off       -    -    -    -    no   no   -    -    -    -    -
    request_extension cancelled        -    -    -    -    no   no   -    -    -    -    -
    grant_extension   planned          no   no   -    -    -    -    -    -    -    -    -
    grant_extension   in_progress      no   no   -    -    -    -    -    -    -    -    -
    grant_extension   submitted        no   no   -    -    -    -    -    -    -    -    -
    grant_extension   signed_off       no   no   -    -    -    -    -    -    -    -    -
    grant_extension   cancelled        no   no   -    -    -    -    -    -    -    -    -
    refuse_extension  planned          no   no   -    -    -    -    -    -    -    -    -
    refuse_extension  in_progress      no   no   -    -    -    -    -    -    -    -    -
    refuse_extension  submitted        no   no   -    -    -    -    -    -    -    -    -
    refuse_extension  signed_off       no   no   -    -    -    -    -    -    -    -    -
    refuse_extension  cancelled        no   no   -    -    -    -    -    -    -    -    -
"""
# As above, but an extension that the roads officer asked for waits for a decision; the other verbs do not mind.
PENDING = """
    verb              state            off  grp  ldr  isp  rdo  rdh  pko  aud  adm  sup  str
    cancel_measure    planned          no   -    -    -    -    -    -    -    -    -    -
    cancel_measure    in_progress      no   -    -    -    -    -    -    -    -    -    -
    cancel_measure    submitted        no   -    -    -    -    -    -    -    -    -    -
    cancel_measure    signed_off       no   -    -    -    -    -    -    -    -    -    -
    cancel_measure    cancelled        no   -    -    -    -    -    -    -    -    -    -
    apply_for_sign_off planned         -    -    -    -    no   no   -    -    -    -    -
    apply_for_sign_off in_progress     -    -    -    -    no   no   -    -    -    -    -
    apply_for_sign_off submitted       -    -    -    -    no   no   -    -    -    -    -
    apply_for_sign_off signed_off      -    -    -    -    no   no   -    -    -    -    -
    apply_for_sign_off cancelled       -    -    -    -    no   no   -    -    -    -    -
    request_extension planned          -    -    -    -    no   no   -    -    -    -    -
    request_extension in_progress      -    -    -    -    no   no   -    -    -    -    -
    request_extension submitted        -    -    -    -    no   no   -    -    -    -    -
    request_extension signed_off       -    -    -    -    no   no   -    -    -    -    -
    request_extension cancelled        -    -    -    -    no   no   -    -    -    -    -
    grant_extension   planned          yes  yes  -    -    -    -    -    -    -    -    -
    grant_extension   in_progress      yes  yes  -    -    -    -    -    -    -    -    -
    grant_extension   submitted        old  old  -    -    -    -    -    -    -    -    -
    grant_extension   signed_off       old  old  -    -    -    -    -    -    -    -    -
    grant_extension   cancelled        old  old  -    -    -    -    -    -    -    -    -
    refuse_extension  planned          yes  yes  -    -    -    -    -    -    -    -    -
    refuse_extension  in_progress      yes  yes  -    -    -    -    -    -    -    -    -
    refuse_extension  submitted        yes  yes  -    -    -    -    -    -    -    -    -
    refuse_extension  signed_off       yes  yes  -    -    -    -    -    -    -    -    -
    refuse_extension  cancelled        yes  yes  -    -    -    -    -    -    -    -    -
"""
OF_AN_ISSUE = """
    verb              state            off  grp  ldr  isp  rdo  rdh  pko  aud  adm  sup  str
    plan_measure      open             yes  -    -    -    -    -    -    -    -    -    -
    plan_measure      in_rectification yes  -    -    -    -    -    -    -    -    -    -
    plan_measure      awaiting_closure no   -    -    -    -    -    -    -    -    -    -
    plan_measure      rectified        no   -    -    -    -    -    -    -    -    -    -
    hand_over_duties  open             yes  -    -    -    -    -    -    -    -    -    -
"""


Cells = dict[tuple[str, str], dict[str, str]]
Try = Callable[[Cast, Any, Any], Any]


def read(table: str) -> Cells:
    """Return (verb, state) → person → what is expected."""
    head, *lines = [line.split() for line in table.strip().splitlines()]
    assert head[2:] == list(PEOPLE)
    return {
        (verb, state): {PEOPLE[who]: WORDS[mark] for who, mark in zip(head[2:], marks, strict=True)}
        for verb, state, *marks in lines
    }


def last_extension(measure: Measure) -> Extension:
    return measure.extensions.latest("id")


def complete(cast: Cast, measure: Measure) -> dict[str, Any]:
    """What the office types who edits: a remark, and what was still missing."""
    deadline = measure.deadline or (None if measure.mode == "long_term" else LATER)
    leader, unit = measure.leader or cast.leader, measure.lead_unit or cast.roads
    return {"remarks": "New", "leader": leader, "lead_unit": unit, "deadline": deadline}


TRIES: dict[str, Try] = {
    "edit_measure": lambda b, m, by: services.edit_measure(measure=m, values=complete(b, m), by=by, at=NOW),
    "start_measure": lambda b, m, by: services.start_measure(measure=m, by=by, at=NOW),
    "report_progress": lambda b, m, by: services.report_progress(measure=m, text="Done", by=by, at=NOW),
    "hand_over": lambda b, m, by: services.hand_over(
        measure=m, leader=b.roads_head, lead_unit=b.organisation, reason=REASON, by=by, at=NOW
    ),
    "cancel_measure": lambda b, m, by: services.cancel_measure(measure=m, reason=REASON, by=by, at=NOW),
    "request_extension": lambda b, m, by: services.request_extension(
        measure=m, new_deadline=LATER, reason=REASON, by=by, at=NOW
    ),
    "grant_extension": lambda b, m, by: services.grant_extension(extension=last_extension(m), by=by, at=NOW),
    "refuse_extension": lambda b, m, by: services.refuse_extension(
        extension=last_extension(m), note=REASON, by=by, at=NOW
    ),
    "add_evidence": lambda b, m, by: services.add_evidence(measure=m, file=stored(by=by), by=by, at=NOW),
    "add_version": lambda b, m, by: services.add_version(
        evidence=m.evidence.latest("id"), file=stored(by=by), by=by, at=NOW
    ),
    "withdraw_evidence": lambda b, m, by: services.withdraw_evidence(
        evidence=m.evidence.latest("id"), reason=REASON, by=by, at=NOW
    ),
    "apply_for_sign_off": lambda b, m, by: apply_for_sign_off(measure=m, statement=REASON, by=by, at=NOW),
}
AS_ADDING = {"add_version", "withdraw_evidence"}
"""Verbs of evidence that is there already: anyone who may add some may use them."""
TAKING_IN = {"accepted_kinds", "upload_evidence", "upload_version"}
"""They take a file in and call `add_evidence` and `add_version`, or only say what is taken in."""
WITHIN_AN_APPLICATION = {"submit_measure", "resume_measure", "sign_off_measure"}
"""Moves that applications and decisions make; they check no roles, for those verbs did."""
TRIES_ON_AN_ISSUE: dict[str, Try] = {
    "plan_measure": lambda b, issue, by: services.plan_measure(
        issue=issue, text="Mend", leader=b.leader, lead_unit=b.roads, deadline=LATER, by=by, at=NOW
    ),
    "hand_over_duties": lambda b, issue, by: services.hand_over_duties(
        inspection=issue.inspection, from_leader=b.leader, to_leader=b.roads_head, reason=REASON, by=by, at=NOW
    ),
}


class Undo(Exception):
    """Takes back what a try wrote, so that the next person finds the same rows."""


def outcome(what: Callable[[], Any]) -> str:
    """Try it and say what became of it.

    What was done is taken back. What a refusal wrote would stay: the rows are compared in the end.
    """
    before = Event.objects.count()
    with suppress(Undo), transaction.atomic():
        try:
            what()
        except (Forbidden, RuleViolation) as error:
            return next(word for word in WORDS.values() if word.startswith(type(error).__name__))
        assert Event.objects.count() > before, "done, and the trail does not know of it"
        raise Undo
    return WORDS["yes"]


def ask(cast: Cast, measure: Measure, by: Any, **fields: Any) -> Extension:
    values = {"old_deadline": measure.deadline or DEADLINE, "new_deadline": LATER, "reason": REASON, **fields}
    return Extension.objects.create(measure=measure, requested_by=by, requested_at=NOW, **values)


def set_out(cast: Cast, state: str, *, pending: bool, **fields: Any) -> Measure:
    """A measure with one extension behind it, and with one that waits where `pending`."""
    reason = REASON if state == "cancelled" else ""
    values = {"status": state, "cancellation_reason": reason, "supporting_units": [cast.parks], **fields}
    measure = cast.measure(**values)
    ask(cast, measure, cast.roads_head, status="refused", decided_by=cast.group, decided_at=NOW)
    if pending:
        ask(cast, measure, cast.roads_officer)
    evidence(measure, by=cast.roads_officer)
    return measure


WITHOUT, WITH = read(NOTHING_PENDING), {**read(NOTHING_PENDING), **read(PENDING)}


@pytest.mark.parametrize("pending", [False, True], ids=["nothing pending", "extension pending"])
@pytest.mark.parametrize(("verb", "state"), list(WITHOUT))
def test_every_cell_of_the_table_is_tried(cast: Cast, verb: str, state: str, pending: bool) -> None:
    measure = set_out(cast, state, pending=pending)
    before = rows()
    outcomes = {}
    for who in PEOPLE.values():
        fresh, person = Measure.objects.get(pk=measure.pk), getattr(cast, who)
        outcomes[who] = outcome(lambda m=fresh, p=person: TRIES[verb](cast, m, p))
        rule = "add_evidence" if verb in AS_ADDING else verb
        offered = rule in abilities(person, Measure.objects.get(pk=measure.pk))
        assert offered == (outcomes[who] == WORDS["yes"]), f"{who}: offered is {offered}, tried is {outcomes[who]}"
    assert rows() == before
    assert outcomes == (WITH if pending else WITHOUT)[verb, state]


@pytest.mark.parametrize(("verb", "state"), list(read(OF_AN_ISSUE)))
def test_every_cell_of_the_verbs_of_an_issue_is_tried(cast: Cast, verb: str, state: str) -> None:
    issue = cast.issue(status=state, completion="done", leader=cast.leader)
    before = rows()
    outcomes = {}
    for who in PEOPLE.values():
        fresh, person = Issue.objects.get(pk=issue.pk), getattr(cast, who)
        outcomes[who] = outcome(lambda i=fresh, p=person: TRIES_ON_AN_ISSUE[verb](cast, i, p))
    assert rows() == before
    assert outcomes == read(OF_AN_ISSUE)[verb, state]


def test_the_tables_name_every_verb_every_state_and_every_person() -> None:
    verbs = set(RULES) | AS_ADDING
    assert set(WITHOUT) == {(verb, state) for verb in verbs for state in Measure.Status.values}
    assert set(WITH) == set(WITHOUT)
    assert set(TRIES) == verbs
    elsewhere = {"apply_for_sign_off"}  # in the app above, which knows applications
    tried = verbs - elsewhere | set(TRIES_ON_AN_ISSUE) | WITHIN_AN_APPLICATION
    assert tried | TAKING_IN == set(services.__all__)
    assert {state for _verb, state in read(OF_AN_ISSUE)} == set(Issue.Status.values)


def test_the_tables_name_everybody_who_works_in_the_bureau(cast: Cast) -> None:
    assert set(PEOPLE.values()) == {name for name, value in vars(cast).items() if isinstance(value, User)}


SITUATIONS: dict[str, dict[str, Any]] = {
    "without a leader": {"leader": None},
    "without a unit": {"lead_unit": None},
    "without a deadline": {"deadline": None},
    "long-term work without a deadline": {"mode": "long_term", "deadline": None},
    "long-term work without a deadline, begun": {"mode": "long_term", "deadline": None, "state": "in_progress"},
    "overdue": {"deadline": TODAY.replace(day=1), "state": "in_progress"},
    "asked, and the deadline was edited since": {"state": "in_progress", "pending": True, "edited": True},
    "asked by who decides as well": {"state": "in_progress", "pending": True, "both": True},
}


@pytest.mark.parametrize("situation", SITUATIONS)
def test_what_is_offered_is_exactly_what_can_be_done(cast: Cast, situation: str) -> None:
    """Nobody is shown a button that will be refused, nor kept from one that would work."""
    given = {"state": "planned", "pending": False, **SITUATIONS[situation]}
    edited, both = given.pop("edited", False), given.pop("both", False)
    measure = set_out(cast, **given)
    if edited:
        Measure.objects.filter(pk=measure.pk).update(deadline=TODAY)
    if both:
        Appointment.objects.create(user=cast.roads_officer, role=Role.OFFICE, unit=cast.organisation)
    before = rows()
    for who in PEOPLE.values():
        can = set()
        for verb, attempt in TRIES.items():
            fresh, person = Measure.objects.get(pk=measure.pk), User.objects.get(pk=getattr(cast, who).pk)
            if outcome(lambda t=attempt, m=fresh, p=person: t(cast, m, p)) == WORDS["yes"]:
                can.add(verb)
        assert abilities(getattr(cast, who), Measure.objects.get(pk=measure.pk)) == can - AS_ADDING, who
    assert rows() == before
