"""Raw statements, past every service: what the database itself refuses, by its guards and keys. On both databases."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from audit.models import Event
from core import guards
from measures.models import Evidence, EvidenceVersion, Measure
from signoffs.models import Application, Decision
from tests.factories import NOW, evidence, user
from tests.signoffs.review_setup import REASON, Review, give_back

pytestmark = pytest.mark.django_db


def run(statement: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def message_of(statement: str, *values: Any) -> str:
    """What the database says who refuses the statement."""
    with pytest.raises(IntegrityError) as caught:
        run(statement, *values)
    return str(caught.value).splitlines()[0]


APPLICATION, DECISION = "signoffs_application", "signoffs_decision"
NEVER = {
    "decision": "A decision is never changed or deleted.",
    "gone": "An application is never deleted.",
    "frozen": "What is decided on never changes.",
    "ended": "An application that has ended never changes.",
    "accepted": "An application is accepted by decisions alone.",
    "returned": "An application is returned by a decision alone.",
    "step": "An application moves on by one step, once that step is decided.",
    "begins": "An application begins under review.",
    "applicant": "A decision names the applicant of its application.",
    "turn": "A decision is on the step that an application waits at.",
    "signed off": "A measure is signed off by an accepted application alone.",
    "final": "A measure that is signed off or cancelled stays so.",
    "evidence": "Evidence is never deleted.",
    "locked": "Evidence of a signed-off measure or a closed issue never changes.",
    "version": "A version of evidence is never changed or deleted.",
    "event": "Events are never changed or deleted.",
}


@pytest.mark.parametrize(
    "change",
    [
        "manifest = '{}'",
        "manifest_sha256 = '0'",
        "statement = 'More was done than that.'",
        "completion = 'basically_done'",
        "is_sustained = NOT is_sustained",
        "upkeep = 'Not at all'",
        'review_steps = \'[{"name": "Mine", "role": "officer"}]\'',
        "review_step_count = 1",
        "applicant_id = applicant_id + 1",
        "applied_at = '2020-01-01'",
        "round = 9",
        "source_title = 'A notice'",
    ],
)
@pytest.mark.parametrize("state", ["first step", "accepted"])
def test_what_is_decided_on_never_changes(review: Review, change: str, state: str) -> None:
    made = review.in_state(state, review.applied())
    told = message_of(f"UPDATE {APPLICATION} SET {change} WHERE id = %s", made.pk)
    assert told in {NEVER["frozen"], NEVER["ended"]}
    if state == "first step":
        assert told == NEVER["frozen"]


@pytest.mark.parametrize("state", ["accepted", "returned", "withdrawn"])
@pytest.mark.parametrize("change", ["status = 'pending', ended_at = NULL", "ended_at = '2020-01-01'", "step = step"])
def test_an_application_that_has_ended_never_changes(review: Review, state: str, change: str) -> None:
    made = review.in_state(state, review.applied())
    assert message_of(f"UPDATE {APPLICATION} SET {change} WHERE id = %s", made.pk) == NEVER["ended"]


@pytest.mark.parametrize("state", ["first step", "accepted", "returned", "withdrawn"])
def test_an_application_is_never_deleted(review: Review, state: str) -> None:
    made = review.in_state(state, review.applied())
    assert message_of(f"DELETE FROM {APPLICATION} WHERE id = %s", made.pk) == NEVER["gone"]


def test_a_claim_of_a_source_never_changes_nor_goes(review: Review) -> None:
    made = review.claimed()
    told = message_of(f"UPDATE {APPLICATION} SET completion = 'not_done' WHERE id = %s", made.pk)
    assert told in {NEVER["frozen"], NEVER["ended"]}
    assert message_of(f"DELETE FROM {APPLICATION} WHERE id = %s", made.pk) == NEVER["gone"]


def test_an_application_is_not_accepted_without_its_decisions(review: Review) -> None:
    end = f"UPDATE {APPLICATION} SET status = 'accepted', ended_at = '2026-03-02' WHERE id = %s"
    made = review.applied()
    assert message_of(end, made.pk) == NEVER["accepted"]
    review.accepted(made, review.office)
    assert message_of(end, made.pk) == NEVER["accepted"], "one of two"


def test_an_application_is_not_returned_without_a_decision(review: Review) -> None:
    made = review.applied()
    end = f"UPDATE {APPLICATION} SET status = 'returned', ended_at = '2026-03-02' WHERE id = %s"
    assert message_of(end, made.pk) == NEVER["returned"]


@pytest.mark.parametrize("step", [0, 2, 3])
def test_a_step_is_not_skipped(review: Review, step: int) -> None:
    made = review.applied()
    assert message_of(f"UPDATE {APPLICATION} SET step = %s WHERE id = %s", step, made.pk) == NEVER["step"]


def inserted(made: Application, **values: Any) -> Callable[[], Any]:
    """A decision of the group's second person on the step that waits, but for `values`."""
    row = {
        "application": made,
        "step": made.step,
        "step_name": "Step",
        "role": "office",
        "verdict": "accepted",
        "applicant_id": made.applicant_id,
        "at": NOW,
        **values,
    }
    return lambda: Decision._base_manager.bulk_create([Decision(**row)])


def refusal(what: Callable[[], Any]) -> str:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        what()
    return str(caught.value).splitlines()[0]


def test_a_decision_of_the_applicants_own_hand_is_refused(review: Review) -> None:
    made = review.applied()
    assert "decision_not_on_own_application" in refusal(inserted(made, by=review.roads_officer))


def test_naming_another_applicant_does_not_get_round_it(review: Review) -> None:
    made = review.applied()
    told = refusal(inserted(made, by=review.roads_officer, applicant_id=review.roads_head.pk))
    assert told == NEVER["applicant"]


def test_one_person_does_not_decide_two_steps(review: Review) -> None:
    made = review.accepted(review.applied(), review.office)
    told = refusal(inserted(made, by=review.office))
    assert "decision_one_step_a_person" in told or "signoffs_decision.application_id, signoffs_decision.by_id" in told


def test_a_step_is_decided_once(review: Review) -> None:
    made = review.accepted(review.applied(), review.office)
    assert refusal(inserted(made, by=review.second_group, step=1)) == NEVER["turn"]


@pytest.mark.parametrize("state", ["accepted", "returned", "withdrawn"])
def test_after_the_end_nothing_is_decided(review: Review, state: str) -> None:
    made = review.in_state(state, review.applied())
    told = refusal(inserted(made, by=user("Anybody")))
    assert told == NEVER["turn"]


def test_a_claim_of_a_source_is_not_decided(review: Review) -> None:
    made = review.claimed()
    told = refusal(inserted(made, by=review.office, applicant_id=review.roads_officer.pk))
    assert told in {NEVER["applicant"], NEVER["turn"]}


def test_a_decision_is_never_changed_nor_deleted(review: Review) -> None:
    made = review.applied()
    give_back(made, by=review.office)
    for change in ("reason = 'Another reason altogether'", "by_id = by_id + 1", "verdict = 'accepted', ground = ''"):
        assert message_of(f"UPDATE {DECISION} SET {change}") == NEVER["decision"]
    assert message_of(f"DELETE FROM {DECISION}") == NEVER["decision"]


@pytest.mark.parametrize("status", ["accepted", "returned", "withdrawn"])
def test_an_application_begins_under_review(review: Review, status: str) -> None:
    made = review.in_state("returned", review.applied())
    values: dict[str, Any] = dict(Application.objects.filter(pk=made.pk).values().get())
    values |= {"id": None, "status": status, "round": 2, "step": 1}
    assert refusal(lambda: Application._base_manager.bulk_create([Application(**values)])) == NEVER["begins"]
    values |= {"status": "pending", "ended_at": None, "step": 2}
    assert refusal(lambda: Application._base_manager.bulk_create([Application(**values)])) == NEVER["begins"]


@pytest.mark.parametrize("state", ["first step", "second step", "returned", "withdrawn"])
def test_a_measure_is_not_signed_off_without_an_accepted_application(review: Review, state: str) -> None:
    made = review.in_state(state, review.applied())
    told = message_of("UPDATE measures_measure SET status = 'signed_off' WHERE id = %s", made.measure_id)
    assert told == NEVER["signed off"]


def test_the_accepted_application_of_another_measure_does_not_help(review: Review) -> None:
    under = review.signed_off().issue
    other = review.work(issue=under)
    told = message_of("UPDATE measures_measure SET status = 'signed_off' WHERE id = %s", other.pk)
    assert told == NEVER["signed off"]


def test_a_measure_is_not_made_as_signed_off(review: Review) -> None:
    values: dict[str, Any] = dict(Measure.objects.filter(pk=review.signed_off().pk).values().get())
    values |= {"id": None, "position": 9, "code": "9"}
    assert refusal(lambda: Measure._base_manager.bulk_create([Measure(**values)])) == NEVER["signed off"]


@pytest.mark.parametrize("status", ["planned", "in_progress", "submitted", "cancelled"])
def test_what_is_signed_off_stays_so(review: Review, status: str) -> None:
    measure = review.signed_off()
    change = "UPDATE measures_measure SET status = %s, cancellation_reason = 'x' WHERE id = %s"
    assert message_of(change, status, measure.pk) == NEVER["final"]


def test_evidence_that_was_accepted_never_changes(review: Review) -> None:
    measure = review.signed_off()
    for change in ("classification = 'public'", "about_on = '2020-01-01'", "measure_id = NULL", "position = 99"):
        told = message_of(f"UPDATE measures_evidence SET {change} WHERE measure_id = %s", measure.pk)
        assert told == NEVER["locked"]
    assert message_of("DELETE FROM measures_evidence") == NEVER["evidence"]
    for change in ("number = 2", "at = '2020-01-01'", "file_id = file_id + 1"):
        assert message_of(f"UPDATE measures_evidenceversion SET {change}") == NEVER["version"]
    assert message_of("DELETE FROM measures_evidenceversion") == NEVER["version"]


def test_evidence_of_a_closed_issue_never_changes(review: Review) -> None:
    issue = review.signed_off().issue
    piece = evidence(review.work(issue=review.issue()), by=review.roads_officer)
    Evidence.objects.filter(pk=piece.pk).update(measure=None, issue=issue, position=7)
    review.accepted(review.closing(issue), review.office, review.group)
    told = message_of("UPDATE measures_evidence SET classification = 'public' WHERE id = %s", piece.pk)
    assert told == NEVER["locked"]


def test_a_file_of_evidence_neither_changes_nor_goes(review: Review) -> None:
    measure = review.signed_off()
    file = EvidenceVersion.objects.get(evidence__measure=measure).file
    assert "stored file never changes" in message_of("UPDATE files_storedfile SET sha256 = '0' WHERE id = %s", file.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        run("DELETE FROM files_storedfile WHERE id = %s", file.pk)
        connection.check_constraints()


def test_events_of_the_review_never_change(review: Review) -> None:
    review.signed_off()
    assert (
        message_of("UPDATE audit_event SET actor_label = 'Somebody' WHERE verb = 'accept_application'")
        == (NEVER["event"])
    )
    assert message_of("DELETE FROM audit_event WHERE verb = 'accept_application'") == NEVER["event"]
    assert Event.objects.filter(verb="accept_application").count() == 2


def test_every_guard_of_sign_off_is_tried() -> None:
    tables = {APPLICATION, DECISION, "measures_measure", "measures_evidence", "measures_evidenceversion"}
    assert {guard.message for guard in guards.registered() if guard.table in tables} <= set(NEVER.values())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", [DECISION, APPLICATION, "measures_evidence", "measures_evidenceversion"])
def test_postgresql_refuses_to_truncate(review: Review, table: str) -> None:
    review.signed_off()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError):
        run(f"TRUNCATE {table} CASCADE")
    assert Application.objects.filter(status="accepted").exists()


def test_the_reason_for_withdrawing_is_kept(review: Review) -> None:
    made = review.in_state("withdrawn", review.applied())
    told = message_of(f"UPDATE {APPLICATION} SET withdrawal_reason = '' WHERE id = %s", made.pk)
    assert told == NEVER["ended"]
    assert Application.objects.get().withdrawal_reason == REASON
