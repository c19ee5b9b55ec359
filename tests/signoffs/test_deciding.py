"""Accepting and returning: who signs off what, who is told what, what the history knows."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.models import Appointment, Role
from accounts.permissions import grants_of
from core.exceptions import Conflict, Forbidden
from issues.models import Issue
from measures.models import EvidenceVersion, Measure
from measures.services import add_version
from signoffs.models import Decision
from signoffs.services import accept_application, verify_manifest
from signoffs.services.deciding import Meeting
from tests.factories import NOW, TODAY, stored
from tests.measures.trail_checks import event, events, refused, spans
from tests.signoffs.review_setup import GROUND, REASON, Review, give_back, later

pytestmark = pytest.mark.django_db


def fresh(user: Any) -> Any:
    """The person as another request loads them, with what they hold by then."""
    again = type(user).objects.get(pk=user.pk)
    assert grants_of(again)
    return again


def test_the_office_reviews_and_the_group_signs_off(review: Review) -> None:
    made = review.applied()
    first = accept_application(application=made, step=1, note=" Seen on site. ", by=review.office, at=later())
    assert (made.status, made.step, first.verdict, first.reason) == ("pending", 2, "accepted", "Seen on site.")
    assert Measure.objects.get().status == "submitted"
    accept_application(application=made, step=2, by=review.group, at=later(2))
    assert (made.status, made.ended_at) == ("accepted", later(2))
    assert Measure.objects.get().status == "signed_off"
    assert spans(made.measure, "status")[-2:] == [("submitted", NOW, later(2)), ("signed_off", later(2), None)]
    decisions = list(made.decisions.values_list("step", "role", "by", "applicant", "at"))
    applicant = review.roads_officer.pk
    assert decisions == [
        (1, "office", review.office.pk, applicant, later()),
        (2, "group", review.group.pk, applicant, later(2)),
    ]
    assert [(who, told["step"], told["manifest"]) for who, told in events("accept_application")] == [
        (review.office.pk, made.review_steps[0]["name"], made.manifest_sha256),
        (review.group.pk, made.review_steps[1]["name"], made.manifest_sha256),
    ]


def test_the_last_decision_on_a_closing_closes_the_issue_with_its_conclusion(review: Review) -> None:
    made = review.accepted(review.closing(), review.office, review.group)
    issue = Issue.objects.get()
    assert (made.status, issue.status, issue.completion, issue.is_sustained) == ("accepted", "rectified", "done", True)
    actor, told = event("close_issue")
    assert (actor, told["application"], told["completion"]) == (review.group.pk, made.pk, "done")


def test_returned_the_work_goes_on_and_says_why(review: Review) -> None:
    made = review.applied()
    give_back(made, by=review.office, at=later())
    decision = made.decisions.get()
    assert (decision.verdict, decision.ground, decision.reason) == ("returned", GROUND, REASON)
    assert (made.status, made.ended_at) == ("returned", later())
    assert Measure.objects.get().status == "in_progress"
    assert spans(made.measure, "status")[-1] == ("in_progress", later(), None)
    _actor, told = event("return_application")
    assert (told["ground"], told["reason"], told["application"]) == (GROUND, REASON, made.pk)


def test_a_closing_that_is_returned_leaves_the_issue_in_rectification(review: Review) -> None:
    made = review.closing()
    review.accepted(made, review.office)
    give_back(made, by=review.group)
    issue = Issue.objects.get()
    assert (issue.status, issue.completion) == ("in_rectification", "")
    assert events("close_issue") == []


def test_under_review_it_is_not_late_and_returned_after_its_deadline_it_is_late_at_once(review: Review) -> None:
    measure = review.work(deadline=TODAY)
    made = review.applied(measure)
    after = TODAY + timedelta(days=3)
    assert not Measure.objects.overdue(after).exists()
    give_back(made, by=review.office, at=NOW + timedelta(days=3))
    assert Measure.objects.overdue(after).get() == measure
    assert Measure.objects.get().is_overdue(after)


@pytest.mark.parametrize("said", [{"ground": ""}, {"ground": "mood"}])
def test_a_return_names_one_of_the_grounds(review: Review, said: dict[str, str]) -> None:
    made = review.applied()
    with refused(field="ground"):
        give_back(made, by=review.office, **said)


@pytest.mark.parametrize("reason", ["", "          ", "Not good."])
def test_a_return_needs_a_written_reason(review: Review, reason: str) -> None:
    made = review.applied()
    with refused(field="reason"):
        give_back(made, by=review.office, reason=reason)


@pytest.mark.parametrize("step", [0, 3, 99, -1])
def test_a_step_that_does_not_exist_is_nobodys(review: Review, step: int) -> None:
    made = review.applied()
    with refused(Forbidden):
        accept_application(application=made, step=step, by=review.office, at=NOW)


def test_a_step_is_not_decided_before_its_turn(review: Review) -> None:
    made = review.applied()
    with refused(Conflict):
        accept_application(application=made, step=2, by=review.group, at=NOW)


def test_whoever_comes_second_is_told_who_was_first(review: Review) -> None:
    made = review.applied()
    review.accepted(made, review.second_office)
    with pytest.raises(Conflict, match="Second office was first: .*, accepted"):
        accept_application(application=made, step=1, by=review.office, at=NOW)
    give_back(made, by=review.group)
    with pytest.raises(Conflict, match="Second office was first"):
        accept_application(application=made, step=1, by=review.office, at=NOW)
    with pytest.raises(Conflict, match="Group was first: .*, returned"):
        accept_application(application=made, step=2, by=review.second_group, at=NOW)


def test_a_second_click_decides_nothing_more(review: Review) -> None:
    made = review.applied()
    review.accepted(made, review.office)
    with refused(Conflict):
        accept_application(application=made, step=1, by=review.office, at=NOW)
    assert made.decisions.count() == 1


def test_after_a_withdrawal_the_reviewer_is_told_of_it(review: Review) -> None:
    made = review.in_state("withdrawn", review.applied())
    with pytest.raises(Conflict, match="withdrawn"):
        accept_application(application=made, step=1, by=review.office, at=NOW)


def test_nobody_decides_on_their_own_application_whatever_they_hold(review: Review) -> None:
    for role in (Role.OFFICE, Role.GROUP):
        Appointment.objects.create(user=review.roads_officer, role=role, unit=review.organisation)
    made, applicant = review.applied(), fresh(review.roads_officer)
    with pytest.raises(Forbidden, match="applied for"):
        accept_application(application=made, step=1, by=applicant, at=NOW)
    with refused(Forbidden):
        give_back(made, by=applicant)
    review.accepted(made, review.office)
    with refused(Forbidden):
        accept_application(application=made, step=2, by=applicant, at=NOW)
    assert made.decisions.count() == 1


def test_nobody_decides_two_steps_whatever_they_hold(review: Review) -> None:
    Appointment.objects.create(user=review.office, role=Role.GROUP, unit=review.organisation)
    made, both = review.applied(), fresh(review.office)
    review.accepted(made, both)
    with pytest.raises(Forbidden, match="earlier step"):
        accept_application(application=made, step=2, by=both, at=NOW)
    with refused(Forbidden):
        give_back(made, by=both)
    review.accepted(made, review.group)
    assert made.status == "accepted"


def test_being_a_superuser_decides_nothing(review: Review) -> None:
    made = review.applied()
    for person in (review.superuser, review.system_admin, review.auditor):
        with refused(Forbidden):
            accept_application(application=made, step=1, by=person, at=NOW)


def test_an_appointment_that_ended_decides_nothing(review: Review) -> None:
    made = review.applied()
    Appointment.objects.filter(user=review.office).update(until=date(2020, 1, 1))
    with refused(Forbidden):
        accept_application(application=made, step=1, by=fresh(review.office), at=NOW)


def test_evidence_replaced_before_the_decision_does_not_change_what_is_decided(review: Review) -> None:
    """The service refuses it while the review runs; a version that gets in behind its back decides nothing."""
    made = review.applied()
    piece = made.measure.evidence.get()
    old = piece.latest.file
    with refused():
        add_version(evidence=piece, file=old, by=review.roads_officer, at=NOW)
    other = stored(b"Something quite different", by=review.roads_officer)
    EvidenceVersion.objects.create(evidence=piece, number=2, file=other, by=review.roads_officer, at=NOW)
    before = made.manifest
    review.accepted(made, review.office, review.group)
    made.refresh_from_db()
    assert made.manifest == before
    assert verify_manifest(made)
    assert old.sha256 in made.manifest
    assert other.sha256 not in made.manifest


def test_a_meeting_has_a_day_and_a_number(review: Review) -> None:
    made = review.applied()
    for meeting in (Meeting(meeting_on=TODAY), Meeting(minute_number="No. 4")):
        with refused(field="minute_number"):
            accept_application(application=made, step=1, by=review.office, at=NOW, meeting=meeting)
    held = Meeting(TODAY, "No. 4")
    decision = accept_application(application=made, step=1, by=review.office, at=NOW, meeting=held)
    assert (decision.meeting_on, decision.minute_number) == (TODAY, "No. 4")
    assert event("accept_application")[1]["minute_number"] == "No. 4"


def test_what_was_claimed_by_a_source_is_decided_by_nobody(review: Review) -> None:
    from_source = review.claimed()
    for person in (review.office, review.group, review.superuser):
        with refused(Forbidden):
            accept_application(application=from_source, step=1, by=person, at=NOW)
    assert not Decision.objects.exists()
