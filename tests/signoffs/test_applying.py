"""Applying for sign-off and for closure, withdrawing: what is written, and what is refused without a trace."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from core.exceptions import Conflict, Forbidden
from files.models import FileScan
from issues.models import Issue
from measures.models import Measure
from measures.services import (
    add_evidence,
    cancel_measure,
    hand_over,
    report_progress,
    request_extension,
    withdraw_evidence,
)
from signoffs.models import Application
from signoffs.services import apply_for_closure, apply_for_sign_off, verify_manifest, withdraw_application
from tests.factories import NOW, TODAY, stored
from tests.measures.trail_checks import event, events, refused, spans
from tests.signoffs.review_setup import CLOSING, REASON, STATEMENT, Review, give_back, later

pytestmark = pytest.mark.django_db


def test_the_measure_is_under_review_and_the_trail_and_the_history_know_it(review: Review) -> None:
    measure = review.work()
    made = apply_for_sign_off(measure=measure, statement=f" {STATEMENT} ", by=review.roads_officer, at=later())
    assert (made.status, made.step, made.round, made.origin) == ("pending", 1, 1, "system")
    assert (made.applicant, made.unit, made.applied_at) == (review.roads_officer, review.roads, later())
    assert [step["role"] for step in made.review_steps] == ["office", "group"]
    assert made.review_step_count == 2
    assert Measure.objects.get(pk=measure.pk).status == "submitted"
    assert spans(measure, "status")[-1] == ("submitted", later(), None)
    actor, told = event("apply_for_sign_off")
    assert actor == review.roads_officer.pk
    assert told == {"application": made.pk, "round": 1, "manifest": made.manifest_sha256, "text": STATEMENT}


def test_the_manifest_says_what_is_decided_on(review: Review) -> None:
    measure = review.work()
    second = review.prove(measure, b"More facts")
    withdrawn = review.prove(measure, b"A mistake")
    withdraw_evidence(evidence=withdrawn, reason=REASON, by=review.roads_officer, at=NOW)
    made = review.applied(measure)
    content = json.loads(made.manifest)
    assert content["measure"] == {"id": measure.pk, "code": measure.code, "text": measure.text}
    assert content["issue"]["text"] == measure.issue.text
    assert content["statement"] == STATEMENT
    assert [line["number"] for line in content["evidence"]] == [1, 2]
    file = second.latest.file
    assert content["evidence"][1] == {
        "id": second.pk,
        "number": 2,
        "version": 1,
        "file": file.pk,
        "name": file.name,
        "size": file.size,
        "sha256": file.sha256,
        "about_on": None,
        "classification": "internal",
    }
    assert verify_manifest(made)


@pytest.mark.parametrize("statement", ["", "         ", "Done so."])
def test_a_statement_says_something(review: Review, statement: str) -> None:
    measure = review.work()
    with refused(field="statement"):
        apply_for_sign_off(measure=measure, statement=statement, by=review.roads_officer, at=NOW)


def test_without_evidence_nothing_is_applied_for(review: Review) -> None:
    measure = review.measure(status="in_progress")
    with refused(field="evidence"):
        apply_for_sign_off(measure=measure, statement=STATEMENT, by=review.roads_officer, at=NOW)


def test_evidence_that_was_withdrawn_is_none(review: Review) -> None:
    measure = review.work()
    withdraw_evidence(evidence=measure.evidence.get(), reason=REASON, by=review.roads_officer, at=NOW)
    with refused(field="evidence"):
        apply_for_sign_off(measure=measure, statement=STATEMENT, by=review.roads_officer, at=NOW)


def test_an_extension_that_waits_is_decided_first(review: Review) -> None:
    measure = review.work()
    later_day = TODAY + timedelta(days=90)
    request_extension(measure=measure, new_deadline=later_day, reason=REASON, by=review.roads_officer, at=NOW)
    with refused():
        apply_for_sign_off(measure=measure, statement=STATEMENT, by=review.roads_officer, at=NOW)


def test_milestones_are_reached_before_all_of_it_counts_as_done(review: Review) -> None:
    stages = [("Survey", TODAY), ("First street", TODAY + timedelta(days=9)), ("All streets", TODAY)]
    measure = review.work(mode="staged", stages=stages)
    survey, first, last = measure.milestones.order_by("position")
    words = {"text": "Two of three are reached.", "by": review.roads_officer, "at": NOW}
    report_progress(measure=measure, reached=[survey, last], **words)
    with refused() as caught:
        apply_for_sign_off(measure=measure, statement=STATEMENT, by=review.roads_officer, at=NOW)
    assert "First street" in str(caught.value)
    assert "Survey" not in str(caught.value)
    report_progress(measure=measure, reached=[first], **words)
    assert review.applied(measure).status == "pending"


@pytest.mark.parametrize(
    ("state", "words"), [("pending", "still being checked"), ("infected", "virus was found"), ("failed", "no one can")]
)
def test_nothing_is_applied_for_with_a_file_that_nobody_may_open(
    review: Review, settings: Any, state: str, words: str
) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    measure = review.work()
    piece = review.prove(measure, b"More facts")
    told = {"answer": "Eicar" if state == "infected" else "", "scanned_at": None if state == "pending" else NOW}
    FileScan.objects.all().update(state="clean", scanned_at=NOW)
    FileScan.objects.filter(file=piece.latest.file).update(state=state, **told)
    with refused(field="evidence") as caught:
        apply_for_sign_off(measure=measure, statement=STATEMENT, by=review.roads_officer, at=NOW)
    assert words in str(caught.value)
    assert f"“{piece.latest.file.name}”" in str(caught.value)
    withdraw_evidence(evidence=piece, reason=REASON, by=review.roads_officer, at=NOW)
    assert review.applied(measure).status == "pending"


def test_nor_is_a_closure_with_one(review: Review, settings: Any) -> None:
    issue = review.signed_off().issue
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    file = stored(b"Summary", name="summary.txt", by=review.roads_officer)
    add_evidence(issue=issue, file=file, by=review.roads_officer, at=NOW)
    with refused(field="evidence") as caught:
        apply_for_closure(issue=issue, statement=STATEMENT, by=review.roads_officer, at=NOW, **CLOSING)
    assert "“summary.txt”" in str(caught.value)


@pytest.mark.parametrize("status", ["planned", "submitted", "signed_off", "cancelled"])
def test_only_what_is_under_way_is_applied_for(review: Review, status: str) -> None:
    measure = review.measure(status=status, cancellation_reason=REASON if status == "cancelled" else "")
    with refused():
        apply_for_sign_off(measure=measure, statement=STATEMENT, by=review.roads_officer, at=NOW)


def test_a_second_click_is_told_that_it_came_too_late(review: Review) -> None:
    measure = review.work()
    page = Measure.objects.get(pk=measure.pk)
    review.applied(measure)
    with refused(Conflict):
        apply_for_sign_off(measure=page, statement=STATEMENT, by=review.roads_officer, at=NOW)


def test_a_unit_that_lost_the_measure_meanwhile_cannot_apply(review: Review) -> None:
    measure = review.work()
    page = Measure.objects.select_related("lead_unit").get(pk=measure.pk)
    hand_over(measure=measure, lead_unit=review.parks, reason=REASON, by=review.office, at=NOW)
    with refused(Forbidden):
        apply_for_sign_off(measure=page, statement=STATEMENT, by=review.roads_officer, at=NOW)


@pytest.mark.parametrize(
    ("role", "lacking"), [("task_force", {"task_force": None}), ("leader", {"leader": None}), ("unit_head", {})]
)
def test_a_step_that_nobody_could_decide_is_not_begun(review: Review, role: str, lacking: dict[str, None]) -> None:
    """A closing waits for the issue's own task force, leader and unit; where there is none it would wait for ever."""
    issue = review.signed_off().issue
    Issue.objects.filter(pk=issue.pk).update(**lacking, lead_unit=None if role == "unit_head" else review.roads)
    review.set_review_steps("office", role)
    by = review.office if role == "unit_head" else review.roads_officer
    with refused():
        apply_for_closure(issue=Issue.objects.get(pk=issue.pk), statement=STATEMENT, by=by, at=NOW, **CLOSING)


def test_each_round_is_an_application_of_its_own(review: Review) -> None:
    measure = review.work()
    first = review.applied(measure)
    give_back(first, by=review.office)
    review.prove(measure, b"What was missing")
    second = review.applied(Measure.objects.get(pk=measure.pk))
    withdraw_application(application=second, reason=REASON, by=review.roads_officer, at=NOW)
    third = review.applied(Measure.objects.get(pk=measure.pk))
    assert [each.round for each in (first, second, third)] == [1, 2, 3]
    assert [len(json.loads(each.manifest)["evidence"]) for each in (first, second, third)] == [1, 2, 2]
    assert [told["round"] for _who, told in events("apply_for_sign_off")] == [1, 2, 3]


def test_the_rounds_go_on_where_the_measure_was_moved_under_another_issue(review: Review) -> None:
    measure = review.work()
    give_back(review.applied(measure), by=review.office)
    elsewhere = Issue.objects.exclude(pk=measure.issue_id).first() or review.issue()
    Measure.objects.filter(pk=measure.pk).update(issue=elsewhere)
    assert review.applied(Measure.objects.get(pk=measure.pk)).round == 2


def test_an_application_keeps_the_chain_that_it_was_made_under(review: Review) -> None:
    made = review.applied()
    review.set_review_steps("group")
    made.refresh_from_db()
    assert [step["role"] for step in made.review_steps] == ["office", "group"]
    assert [step["role"] for step in review.applied().review_steps] == ["group"]


def test_who_applied_may_withdraw_and_the_work_goes_on(review: Review) -> None:
    made = review.applied()
    withdraw_application(application=made, reason=f" {REASON} ", by=review.roads_officer, at=later())
    assert (made.status, made.ended_at, made.withdrawal_reason) == ("withdrawn", later(), REASON)
    assert Measure.objects.get().status == "in_progress"
    assert spans(made.measure, "status")[-2:] == [("submitted", NOW, later()), ("in_progress", later(), None)]
    actor, told = event("withdraw_application")
    assert (actor, told["application"], told["reason"]) == (review.roads_officer.pk, made.pk, REASON)


def test_withdrawing_needs_a_reason(review: Review) -> None:
    made = review.applied()
    with refused(field="reason"):
        withdraw_application(application=made, reason="too short", by=review.roads_officer, at=NOW)


def test_a_colleague_of_the_same_unit_does_not_withdraw_it(review: Review) -> None:
    made = review.applied()
    with refused(Forbidden):
        withdraw_application(application=made, reason=REASON, by=review.roads_head, at=NOW)


def test_an_issue_awaits_closure_with_the_conclusion_applied_for(review: Review) -> None:
    measure = review.signed_off()
    accepted = measure.applications.get()
    made = review.closing(measure.issue)
    assert (made.measure, made.completion, made.is_sustained, made.upkeep) == (None, "done", True, CLOSING["upkeep"])
    issue = Issue.objects.get(pk=measure.issue_id)
    assert (issue.status, issue.completion) == ("awaiting_closure", ""), "nobody has decided it yet"
    content = json.loads(made.manifest)
    told = {"application": accepted.pk, "measure": measure.code, "round": 1, "sha256": accepted.manifest_sha256}
    assert content["applications"] == [told]
    assert (content["completion"], content["is_sustained"]) == ("done", True)
    assert event("apply_for_closure")[1]["application"] == made.pk


@pytest.mark.parametrize("completion", ["", "not_done", "nearly"])
def test_what_is_not_done_is_not_closed(review: Review, completion: str) -> None:
    issue = review.signed_off().issue
    with refused(field="completion"):
        apply_for_closure(
            issue=issue, statement=STATEMENT, by=review.roads_officer, at=NOW, **{**CLOSING, "completion": completion}
        )


def test_what_is_to_be_kept_up_says_how(review: Review) -> None:
    issue = review.signed_off().issue
    with refused(field="upkeep"):
        apply_for_closure(
            issue=issue, statement=STATEMENT, by=review.roads_officer, at=NOW, **{**CLOSING, "upkeep": " "}
        )


@pytest.mark.parametrize("other", ["planned", "in_progress", "submitted"])
def test_all_measures_are_over_before_an_issue_is_closed(review: Review, other: str) -> None:
    issue = review.signed_off().issue
    review.measure(issue=issue, status=other)
    with refused():
        review.closing(issue)


def test_cancelled_measures_alone_close_nothing_but_stand_beside_one_that_is_signed_off(review: Review) -> None:
    issue = review.issue(lead_unit=review.roads, status="in_rectification")
    cancel_measure(measure=review.measure(issue=issue), reason=REASON, by=review.office, at=NOW)
    with refused():
        review.closing(issue)
    review.signed_off(issue=issue)
    assert review.closing(Issue.objects.get(pk=issue.pk)).status == "pending"


def test_a_unit_that_lost_the_issue_meanwhile_cannot_close_it(review: Review) -> None:
    issue = review.signed_off().issue
    page = Issue.objects.select_related("lead_unit").get(pk=issue.pk)
    Issue.objects.filter(pk=issue.pk).update(lead_unit=review.parks)
    with refused(Forbidden):
        review.closing(page)


def test_a_closing_that_is_withdrawn_leaves_the_issue_in_rectification(review: Review) -> None:
    made = review.closing()
    withdraw_application(application=made, reason=REASON, by=review.roads_officer, at=NOW)
    issue = Issue.objects.get()
    assert (issue.status, issue.completion) == ("in_rectification", "")
    assert review.closing(issue).round == 2


def test_a_measure_under_review_takes_no_evidence_and_is_not_edited_nor_cancelled(review: Review) -> None:
    measure = review.applied().measure
    assert measure is not None
    with refused():
        review.prove(measure)
    with refused():
        withdraw_evidence(evidence=measure.evidence.get(), reason=REASON, by=review.roads_officer, at=NOW)
    with refused():
        cancel_measure(measure=measure, reason=REASON, by=review.office, at=NOW)


def test_two_that_wait_for_one_measure_the_database_refuses(review: Review) -> None:
    """Even where the state of the measure was turned back behind the program's back."""
    made = review.applied()
    Measure.objects.filter(pk=made.measure_id).update(status="in_progress")
    with pytest.raises(IntegrityError), transaction.atomic():
        review.applied(Measure.objects.get(pk=made.measure_id))
    assert Application.objects.get() == made
