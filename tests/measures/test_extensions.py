from datetime import timedelta
from typing import Any

import pytest

from accounts.models import Appointment, Role, User
from core.exceptions import Conflict, Forbidden
from measures.models import Extension, Measure
from measures.services import (
    cancel_measure,
    edit_measure,
    grant_extension,
    hand_over,
    refuse_extension,
    request_extension,
    start_measure,
)
from tests.factories import NOW, TODAY, Bureau
from tests.measures.checks import REASON, copies, event, events, iso, refused, spans

pytestmark = pytest.mark.django_db
BEFORE = NOW - timedelta(days=20)
DEADLINE = TODAY + timedelta(days=30)  # of the measures that the factory makes
LATER = TODAY + timedelta(days=60)
NEXT_DAY = NOW + timedelta(days=1)


def ask(measure: Measure, by: Any, **changed: Any) -> Extension:
    values = {"new_deadline": LATER, "reason": REASON, "at": NOW, **changed}
    return request_extension(measure=measure, by=by, **values)


def with_a_second_role(person: User, role: str, bureau: Bureau) -> User:
    """In a small bureau one person may do both; the role alone must not be what keeps them apart."""
    Appointment.objects.create(user=person, role=role, unit=bureau.organisation)
    return User.objects.get(pk=person.pk)


@pytest.mark.parametrize("status", ["planned", "in_progress"])
@pytest.mark.parametrize("who", ["roads_officer", "roads_head"])
def test_the_lead_unit_asks_for_a_later_deadline_and_nothing_moves_yet(bureau: Bureau, status: str, who: str) -> None:
    measure, person = bureau.measure(status=status), getattr(bureau, who)
    extension = ask(measure, person, reason=f" {REASON} ")
    stored = Extension.objects.get(pk=extension.pk)
    assert (stored.status, stored.reason) == ("requested", REASON)
    assert (stored.old_deadline, stored.new_deadline) == (DEADLINE, LATER)
    assert (stored.requested_by, stored.requested_at, stored.decided_by, stored.decided_at) == (person, NOW, None, None)
    assert Measure.objects.get(pk=measure.pk).deadline == DEADLINE
    assert len(spans(measure)) == 1
    data = {"extension": extension.pk, "changes": {"deadline": iso(DEADLINE, LATER)}, "reason": REASON}
    assert event("request_extension") == (person.pk, data)


@pytest.mark.parametrize("days", [0, -1, -40])
def test_the_new_deadline_is_later_than_the_present_one(bureau: Bureau, days: int) -> None:
    measure = bureau.measure()
    with refused(field="new_deadline"):
        ask(measure, bureau.roads_officer, new_deadline=DEADLINE + timedelta(days=days))
    ask(measure, bureau.roads_officer, new_deadline=DEADLINE + timedelta(days=1))


def test_an_overdue_measure_may_still_ask(bureau: Bureau) -> None:
    measure = bureau.measure(status="in_progress", deadline=TODAY - timedelta(days=3))
    assert ask(measure, bureau.roads_officer).old_deadline == TODAY - timedelta(days=3)


@pytest.mark.parametrize("reason", ["", " " * 12, "too short"])
def test_reasons_have_ten_characters(bureau: Bureau, reason: str) -> None:
    measure = bureau.measure()
    with refused(field="reason"):
        ask(measure, bureau.roads_officer, reason=reason)
    extension = ask(measure, bureau.roads_officer, reason="ten chars!")
    with refused(field="reason"):
        refuse_extension(extension=extension, note=reason, by=bureau.office, at=NOW)


@pytest.mark.parametrize("status", ["submitted", "signed_off", "cancelled"])
def test_what_is_under_review_or_finished_is_not_extended(bureau: Bureau, status: str) -> None:
    measure = bureau.measure(status=status, cancellation_reason=REASON)
    with refused():
        ask(measure, bureau.roads_officer)


def test_work_without_a_deadline_is_not_extended(bureau: Bureau) -> None:
    measure = bureau.measure(mode="long_term", deadline=None)
    with refused():
        ask(measure, bureau.roads_officer)


def test_one_request_waits_at_a_time_and_after_the_decision_the_next_may_come(bureau: Bureau) -> None:
    measure = bureau.measure()
    first = ask(measure, bureau.roads_officer)
    for person in (bureau.roads_officer, bureau.roads_head):
        with refused():
            ask(measure, person, new_deadline=LATER + timedelta(days=1))
    refuse_extension(extension=first, note=REASON, by=bureau.office, at=NOW)
    second = ask(measure, bureau.roads_officer)
    grant_extension(extension=second, by=bureau.office, at=NEXT_DAY)
    ask(measure, bureau.roads_officer, new_deadline=LATER + timedelta(days=1), at=NEXT_DAY)
    assert list(measure.extensions.values_list("status", flat=True)) == ["refused", "granted", "requested"]


@pytest.mark.parametrize(
    "who", ["office", "group", "leader", "inspector", "parks_officer", "auditor", "superuser", "stranger"]
)
def test_only_the_lead_unit_asks(bureau: Bureau, who: str) -> None:
    measure = bureau.measure(supporting_units=[bureau.parks])
    with refused(Forbidden):
        ask(measure, getattr(bureau, who))


def test_a_unit_that_handed_the_measure_over_asks_no_more_and_the_new_one_does(bureau: Bureau) -> None:
    stale, handed_over = copies(bureau.measure())
    hand_over(measure=handed_over, lead_unit=bureau.parks, reason=REASON, by=bureau.office, at=NOW)
    with refused(Forbidden):
        ask(stale, bureau.roads_officer)
    ask(stale, bureau.parks_officer)


def test_the_deadline_that_is_kept_is_that_of_the_row_and_not_of_an_old_page(bureau: Bureau) -> None:
    stale, edited = copies(bureau.measure())
    edit_measure(measure=edited, values={"deadline": LATER}, by=bureau.office, at=NOW)
    with refused(field="new_deadline"):
        ask(stale, bureau.roads_officer, new_deadline=LATER)
    assert ask(stale, bureau.roads_officer, new_deadline=LATER + timedelta(days=1)).old_deadline == LATER


@pytest.mark.parametrize("who", ["office", "group"])
@pytest.mark.parametrize("status", ["planned", "in_progress"])
def test_granting_moves_the_deadline_and_keeps_the_old_one(bureau: Bureau, who: str, status: str) -> None:
    measure, decider = bureau.measure(status=status), getattr(bureau, who)
    extension = ask(measure, bureau.roads_officer)
    grant_extension(extension=extension, by=decider, at=NEXT_DAY, note="Agreed at the meeting")
    stored = Extension.objects.get(pk=extension.pk)
    assert (stored.status, stored.old_deadline, stored.new_deadline) == ("granted", DEADLINE, LATER)
    assert (stored.decided_by, stored.decided_at, stored.note) == (decider, NEXT_DAY, "Agreed at the meeting")
    assert Measure.objects.get(pk=measure.pk).deadline == LATER
    assert spans(measure, "status", "deadline") == [
        (status, DEADLINE, BEFORE, NEXT_DAY),
        (status, LATER, NEXT_DAY, None),
    ]
    data = {"extension": extension.pk, "changes": {"deadline": iso(DEADLINE, LATER)}, "note": "Agreed at the meeting"}
    assert event("grant_extension") == (decider.pk, data)


def test_refusing_leaves_deadline_and_history_as_they_were(bureau: Bureau) -> None:
    measure = bureau.measure()
    extension = ask(measure, bureau.roads_officer)
    refuse_extension(extension=extension, note=f" {REASON}", by=bureau.group, at=NEXT_DAY)
    stored = Extension.objects.get(pk=extension.pk)
    assert (stored.status, stored.note) == ("refused", REASON)
    assert (stored.decided_by, stored.decided_at) == (bureau.group, NEXT_DAY)
    assert Measure.objects.get(pk=measure.pk).deadline == DEADLINE
    assert len(spans(measure)) == 1
    assert event("refuse_extension") == (bureau.group.pk, {"extension": extension.pk, "note": REASON})


@pytest.mark.parametrize("also", [Role.OFFICE, Role.GROUP])
@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_decides_on_their_own_request_a_superuser_neither(bureau: Bureau, also: str, is_superuser: bool) -> None:
    person = with_a_second_role(bureau.roads_officer, also, bureau)
    person.is_superuser = person.is_staff = is_superuser
    person.save()
    extension = ask(bureau.measure(), person)
    with refused(Forbidden):
        grant_extension(extension=extension, by=person, at=NOW)
    with refused(Forbidden):
        refuse_extension(extension=extension, note=REASON, by=person, at=NOW)
    other = ask(bureau.measure(), bureau.roads_head)
    grant_extension(extension=other, by=person, at=NOW)  # the role itself was there


@pytest.mark.parametrize(
    "who",
    [
        *("leader", "inspector", "roads_officer", "roads_head", "parks_officer"),
        *("auditor", "system_admin", "superuser", "stranger"),
    ],
)
def test_only_the_office_and_the_group_decide(bureau: Bureau, who: str) -> None:
    extension = ask(bureau.measure(supporting_units=[bureau.parks]), bureau.roads_head)
    with refused(Forbidden):
        grant_extension(extension=extension, by=getattr(bureau, who), at=NOW)
    with refused(Forbidden):
        refuse_extension(extension=extension, note=REASON, by=getattr(bureau, who), at=NOW)


def test_the_program_itself_decides_nothing(bureau: Bureau) -> None:
    extension = ask(bureau.measure(), bureau.roads_head)
    with refused(Forbidden):
        grant_extension(extension=extension, by=None, at=NOW)


def test_who_decides_second_is_told_that_somebody_was_first(bureau: Bureau) -> None:
    for decide_first in (grant_extension, refuse_extension):
        extension = ask(bureau.measure(), bureau.roads_officer)
        first, *others = (Extension.objects.get(pk=extension.pk) for _number in range(3))
        decide_first(extension=first, note=REASON, by=bureau.office, at=NOW)
        for other, decide in zip(others, (grant_extension, refuse_extension), strict=True):
            with refused(Conflict):
                decide(extension=other, note=REASON, by=bureau.group, at=NOW)
            with refused():
                decide(extension=first, note=REASON, by=bureau.group, at=NOW)
    assert (len(events("grant_extension")), len(events("refuse_extension"))) == (1, 1)


def test_granting_what_no_longer_fits_the_measure_is_refused_and_the_request_still_waits(bureau: Bureau) -> None:
    measure = bureau.measure()
    extension = ask(measure, bureau.roads_officer)
    edit_measure(measure=measure, values={"deadline": TODAY + timedelta(days=40)}, by=bureau.office, at=NOW)
    with refused(Conflict):
        grant_extension(extension=extension, by=bureau.group, at=NOW)
    assert Extension.objects.pending().get() == extension
    refuse_extension(extension=Extension.objects.get(pk=extension.pk), note=REASON, by=bureau.group, at=NOW)


def test_a_request_left_over_when_the_work_was_handed_in_can_be_refused_but_not_granted(bureau: Bureau) -> None:
    measure = bureau.measure(status="in_progress")
    extension = ask(measure, bureau.roads_officer)
    Measure.objects.filter(pk=measure.pk).update(status="submitted")
    with refused(Conflict):
        grant_extension(extension=Extension.objects.get(pk=extension.pk), by=bureau.group, at=NOW)
    refuse_extension(extension=Extension.objects.get(pk=extension.pk), note=REASON, by=bureau.group, at=NOW)
    assert not Extension.objects.pending().exists()


def test_granting_keeps_what_happened_to_the_measure_since_it_was_asked_for(bureau: Bureau) -> None:
    measure = bureau.measure()
    extension = ask(measure, bureau.roads_officer)  # holds its own copy of the measure: planned, led by the roads unit
    start_measure(measure=Measure.objects.get(pk=measure.pk), by=bureau.roads_officer, at=NOW)
    hand_over(
        measure=Measure.objects.get(pk=measure.pk), lead_unit=bureau.parks, reason=REASON, by=bureau.office, at=NOW
    )
    grant_extension(extension=extension, by=bureau.group, at=NEXT_DAY)
    assert spans(measure, "status", "deadline", "lead_unit")[-1][:3] == ("in_progress", LATER, bureau.parks.pk)


def test_a_cancelled_measure_is_not_asked_about_from_a_page_opened_before(bureau: Bureau) -> None:
    stale, cancelled = copies(bureau.measure())
    cancel_measure(measure=cancelled, reason=REASON, by=bureau.office, at=NOW)
    with refused():
        ask(stale, bureau.roads_officer)
