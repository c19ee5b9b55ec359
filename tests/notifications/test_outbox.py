"""What happens is told: to whom it matters, once, not to who did it, nor to who may not see it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from accounts.models import Appointment, Role
from audit.models import Chain
from imports.services import apply_import
from issues.services import create_inspection, edit_inspection
from measures.models import Measure
from measures.services import grant_extension, hand_over, hand_over_duties, refuse_extension, request_extension
from notifications.models import Cursor, Notification
from notifications.services import outbox, read_outbox
from signoffs.services import accept_application, return_application, withdraw_application
from supervision.services import urge_measure, urge_unit
from tests.factories import NOW, TODAY, unit, user
from tests.imports.test_apply_import import reading as plan
from tests.notifications.reminder_steps import only, settle, told
from tests.signoffs.review_setup import GROUND, REASON, Review

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def review(db: None) -> Review:
    made = Review()
    settle(NOW)
    return made


def of_kind(kind: str, *names: str) -> list[tuple[str, str]]:
    return sorted((name, kind) for name in names)


def test_an_application_waits_for_the_people_of_its_next_step(review: Review) -> None:
    application = review.applied()
    assert told(NOW) == of_kind("application_waits", "Office", "Second office")
    accept_application(application=application, step=1, by=review.office, at=NOW)
    assert told(NOW) == of_kind("application_waits", "Group", "Second group")
    accept_application(application=application, step=2, by=review.group, at=NOW)
    assert told(NOW) == of_kind("application_accepted", "Leader", "Roads head", "Roads officer")
    notification = Notification.objects.filter(kind="application_waits", person=review.group).get()
    assert notification.data["step"] == "Decision of the group"
    assert notification.data["by"] == "Office"


@pytest.mark.parametrize(
    ("role", "names"),
    [
        (Role.UNIT_HEAD, ["Roads head"]),
        (Role.LEADER, ["Leader"]),
        (Role.TASK_FORCE, ["Member"]),
        (Role.GROUP, ["Group", "Second group"]),
    ],
)
def test_whatever_role_the_step_asks_for(review: Review, role: Role, names: list[str]) -> None:
    review.set_review_steps(role)
    settle(NOW)
    review.applied()
    assert told(NOW) == of_kind("application_waits", *names)


def test_who_applied_or_decided_before_is_not_asked_to_decide(review: Review) -> None:
    """The second office keeps the first step; who holds the role higher up is asked where nobody else is left."""
    Appointment.objects.create(user=review.roads_officer, role=Role.OFFICE, unit=review.organisation)
    review.set_review_steps(Role.OFFICE, Role.OFFICE)
    settle(NOW)
    application = review.applied()
    assert told(NOW) == of_kind("application_waits", "Office", "Second office")
    accept_application(application=application, step=1, by=review.office, at=NOW)
    assert told(NOW) == of_kind("application_waits", "Second office")


def test_what_no_longer_waits_when_it_is_read_is_not_told(review: Review) -> None:
    application = review.applied()
    withdraw_application(application=application, reason=REASON, by=review.roads_officer, at=NOW)
    assert told(NOW) == []


def test_a_returned_application_goes_back_with_its_reason(review: Review) -> None:
    application = review.applied()
    told(NOW)
    return_application(application=application, step=1, ground=GROUND, reason=REASON, by=review.office, at=NOW)
    assert told(NOW) == of_kind("application_returned", "Roads head", "Roads officer")
    notification = Notification.objects.filter(kind="application_returned").first()
    assert notification is not None
    assert (notification.data["ground"], notification.data["reason"]) == (GROUND, REASON)


def test_a_closing_is_told_once(review: Review) -> None:
    application = review.closing()
    settle(NOW)
    review.accepted(application, review.office, review.group)
    assert told(NOW) == of_kind("issue_closed", "Leader", "Roads head", "Roads officer")


def test_an_extension_is_asked_for_and_decided(review: Review) -> None:
    measure = review.measure(status="in_progress", deadline=TODAY)
    days: dict[str, Any] = {"new_deadline": TODAY + timedelta(days=9), "reason": "The asphalt is late"}
    asked = request_extension(measure=measure, by=review.roads_officer, at=NOW, **days)
    assert told(NOW) == of_kind("extension_waits", "Office", "Second office")
    grant_extension(extension=asked, by=review.office, at=NOW)
    assert told(NOW) == of_kind("extension_granted", "Leader", "Roads head", "Roads officer")
    days["new_deadline"] += timedelta(days=9)
    measure.refresh_from_db()
    again = request_extension(measure=measure, by=review.roads_head, at=NOW, **days)
    refuse_extension(extension=again, note="Not another one, please", by=review.group, at=NOW)
    kinds = of_kind("extension_refused", "Leader", "Roads head", "Roads officer")
    assert told(NOW) == sorted([*of_kind("extension_waits", "Office", "Second office"), *kinds])


def test_whoever_has_a_measure_now_is_told(review: Review) -> None:
    measure = review.measure()
    hand_over(measure=measure, leader=review.other_leader, reason=REASON, by=review.office, at=NOW)
    assert told(NOW) == of_kind("handed_over", "Other leader")
    hand_over(measure=measure, lead_unit=review.parks, reason=REASON, by=review.office, at=NOW)
    assert told(NOW) == of_kind("handed_over", "Parks head", "Parks officer")


def test_a_post_that_changes_hands_is_one_notification(review: Review) -> None:
    for _each in range(12):
        review.measure()
    duties = {"from_leader": review.leader, "to_leader": review.other_leader, "reason": REASON}
    hand_over_duties(inspection=review.inspection, by=review.office, at=NOW, **duties)
    assert told(NOW) == of_kind("handed_over", "Other leader")
    assert only(Notification.objects.all()).data["count"] == 12


def test_who_is_urged(review: Review) -> None:
    measure = review.measure(deadline=TODAY - timedelta(days=2))
    urge_measure(measure=measure, by=review.leader, at=NOW)
    assert told(NOW) == of_kind("measure_urged", "Roads head", "Roads officer")
    urge_unit(inspection=review.inspection, unit=review.roads, by=review.office, at=NOW)
    assert told(NOW) == of_kind("unit_urged", "Roads head", "Roads officer")


def test_an_import_is_one_notice_for_the_office_and_for_who_asked(review: Review) -> None:
    """Also into a new inspection, whose plan nobody is told of row by row."""
    row = {"leader": "Leader", "lead_unit": "Roads", "deadline": TODAY}
    outcome = apply_import(plan(**row), code="round-9", by=review.office, at=NOW, organisation=review.organisation)
    assert outcome["applied"], outcome
    assert told(NOW) == of_kind("import_finished", "Office", "Second office")
    assert told(LATER) == []


def test_what_the_program_loaded_is_told_to_nobody(review: Review) -> None:
    row = {"leader": "Leader", "lead_unit": "Roads", "deadline": TODAY}
    apply_import(plan(**row), code="round-9", by=None, at=NOW, organisation=review.organisation)
    loaded = Measure.objects.get(inspection__code="round-9")
    urge_measure(measure=loaded, by=review.leader, at=NOW)
    assert told(NOW) == []
    urge_unit_of = loaded.inspection
    Measure.objects.filter(pk=loaded.pk).update(deadline=TODAY - timedelta(days=1))
    urge_unit(inspection=urge_unit_of, unit=review.roads, by=review.leader, at=LATER)
    assert told(LATER) == of_kind("unit_urged", "Roads head", "Roads officer")


def test_what_somebody_opened_by_hand_is_told_from_the_first(review: Review) -> None:
    where = {"code": "by-hand", "title": "By hand", "organisation": review.organisation}
    inspection = create_inspection(by=review.office, at=NOW, **where)
    edit_inspection(inspection=inspection, values={"title": "Another"}, by=review.office, at=NOW)
    told(NOW)
    chain = Chain.objects.get(key=inspection.chain)
    assert Cursor.objects.get(chain=chain).seq == chain.head_seq == 2


def test_who_may_not_see_it_is_not_told(review: Review) -> None:
    """The new leader holds no role over the organisation: named in the plan, and blind to it."""
    nobody = user("Nobody", over=unit("Elsewhere"))
    hand_over(measure=review.measure(), leader=nobody, reason=REASON, by=review.office, at=NOW)
    assert told(NOW) == []


def test_nobody_of_another_unit_hears_anything(review: Review) -> None:
    application = review.applied()
    told(NOW)
    return_application(application=application, step=1, ground=GROUND, reason=REASON, by=review.office, at=NOW)
    urge_measure(measure=review.measure(), by=review.leader, at=NOW)
    told(NOW)
    strangers = [review.parks_officer, review.parks_head, review.stranger, review.system_admin, review.superuser]
    assert not Notification.objects.filter(person__in=strangers).exists()


def test_reading_twice_tells_nothing_twice(review: Review) -> None:
    review.applied()
    assert len(told(NOW)) == 2
    Cursor.objects.update(seq=0)
    assert told(LATER) == []


def test_notices_and_cursor_move_together(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    """What breaks after the notifications were written takes them back; the next reading tells it all."""
    review.applied()
    before = list(Cursor.objects.values_list("chain", "seq"))
    monkeypatch.setattr(Cursor, "save", _breaks)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        read_outbox(at=NOW)
    assert not Notification.objects.exists()
    assert list(Cursor.objects.values_list("chain", "seq")) == before
    monkeypatch.undo()
    assert len(told(NOW)) == 2


def _breaks(*_args: object, **_kwargs: object) -> None:
    raise ZeroDivisionError


def test_a_long_trail_is_read_to_its_end(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "EVENTS_AT_ONCE", 3)
    for number in range(10):
        edit_inspection(inspection=review.inspection, values={"title": f"T{number}"}, by=review.office, at=NOW)
    review.applied()
    assert told(NOW) == of_kind("application_waits", "Office", "Second office")
    assert not outbox._unread_chains()
