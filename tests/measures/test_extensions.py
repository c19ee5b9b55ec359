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
from tests.factories import NOW, TODAY, Cast
from tests.measures.trail_checks import REASON, copies, event, events, iso, refused, spans

pytestmark = pytest.mark.django_db
BEFORE = NOW - timedelta(days=20)
DEADLINE = TODAY + timedelta(days=30)  # of the measures that the factory makes
LATER = TODAY + timedelta(days=60)
NEXT_DAY = NOW + timedelta(days=1)


def ask(measure: Measure, by: Any, **changed: Any) -> Extension:
    values = {"new_deadline": LATER, "reason": REASON, "at": NOW, **changed}
    return request_extension(measure=measure, by=by, **values)


def with_a_second_role(person: User, role: str, cast: Cast) -> User:
    """In a small bureau one person may do both; the role alone must not be what keeps them apart."""
    Appointment.objects.create(user=person, role=role, unit=cast.organisation)
    return User.objects.get(pk=person.pk)


@pytest.mark.parametrize("status", ["planned", "in_progress"])
@pytest.mark.parametrize("who", ["roads_officer", "roads_head"])
def test_the_lead_unit_asks_for_a_later_deadline_and_nothing_moves_yet(cast: Cast, status: str, who: str) -> None:
    measure, person = cast.measure(status=status), getattr(cast, who)
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
def test_the_new_deadline_is_later_than_the_present_one(cast: Cast, days: int) -> None:
    measure = cast.measure()
    with refused(field="new_deadline"):
        ask(measure, cast.roads_officer, new_deadline=DEADLINE + timedelta(days=days))
    ask(measure, cast.roads_officer, new_deadline=DEADLINE + timedelta(days=1))


def test_an_overdue_measure_may_still_ask(cast: Cast) -> None:
    measure = cast.measure(status="in_progress", deadline=TODAY - timedelta(days=3))
    assert ask(measure, cast.roads_officer).old_deadline == TODAY - timedelta(days=3)


@pytest.mark.parametrize("reason", ["", " " * 12, "too short"])
def test_reasons_have_ten_characters(cast: Cast, reason: str) -> None:
    measure = cast.measure()
    with refused(field="reason"):
        ask(measure, cast.roads_officer, reason=reason)
    extension = ask(measure, cast.roads_officer, reason="ten chars!")
    with refused(field="reason"):
        refuse_extension(extension=extension, note=reason, by=cast.office, at=NOW)


@pytest.mark.parametrize("status", ["submitted", "signed_off", "cancelled"])
def test_what_is_under_review_or_finished_is_not_extended(cast: Cast, status: str) -> None:
    measure = cast.measure(status=status, cancellation_reason=REASON)
    with refused():
        ask(measure, cast.roads_officer)


def test_work_without_a_deadline_is_not_extended(cast: Cast) -> None:
    measure = cast.measure(mode="long_term", deadline=None)
    with refused():
        ask(measure, cast.roads_officer)


def test_one_request_waits_at_a_time_and_after_the_decision_the_next_may_come(cast: Cast) -> None:
    measure = cast.measure()
    first = ask(measure, cast.roads_officer)
    for person in (cast.roads_officer, cast.roads_head):
        with refused():
            ask(measure, person, new_deadline=LATER + timedelta(days=1))
    refuse_extension(extension=first, note=REASON, by=cast.office, at=NOW)
    second = ask(measure, cast.roads_officer)
    grant_extension(extension=second, by=cast.office, at=NEXT_DAY)
    ask(measure, cast.roads_officer, new_deadline=LATER + timedelta(days=1), at=NEXT_DAY)
    assert list(measure.extensions.values_list("status", flat=True)) == ["refused", "granted", "requested"]


@pytest.mark.parametrize(
    "who", ["office", "group", "leader", "inspector", "parks_officer", "auditor", "superuser", "stranger"]
)
def test_only_the_lead_unit_asks(cast: Cast, who: str) -> None:
    measure = cast.measure(supporting_units=[cast.parks])
    with refused(Forbidden):
        ask(measure, getattr(cast, who))


def test_a_unit_that_handed_the_measure_over_asks_no_more_and_the_new_one_does(cast: Cast) -> None:
    stale, handed_over = copies(cast.measure())
    hand_over(measure=handed_over, lead_unit=cast.parks, reason=REASON, by=cast.office, at=NOW)
    with refused(Forbidden):
        ask(stale, cast.roads_officer)
    ask(stale, cast.parks_officer)


def test_the_deadline_that_is_kept_is_that_of_the_row_and_not_of_an_old_page(cast: Cast) -> None:
    stale, edited = copies(cast.measure())
    edit_measure(measure=edited, values={"deadline": LATER}, by=cast.office, at=NOW)
    with refused(field="new_deadline"):
        ask(stale, cast.roads_officer, new_deadline=LATER)
    assert ask(stale, cast.roads_officer, new_deadline=LATER + timedelta(days=1)).old_deadline == LATER


@pytest.mark.parametrize("who", ["office", "group"])
@pytest.mark.parametrize("status", ["planned", "in_progress"])
def test_granting_moves_the_deadline_and_keeps_the_old_one(cast: Cast, who: str, status: str) -> None:
    measure, decider = cast.measure(status=status), getattr(cast, who)
    extension = ask(measure, cast.roads_officer)
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


def test_refusing_leaves_deadline_and_history_as_they_were(cast: Cast) -> None:
    measure = cast.measure()
    extension = ask(measure, cast.roads_officer)
    refuse_extension(extension=extension, note=f" {REASON}", by=cast.group, at=NEXT_DAY)
    stored = Extension.objects.get(pk=extension.pk)
    assert (stored.status, stored.note) == ("refused", REASON)
    assert (stored.decided_by, stored.decided_at) == (cast.group, NEXT_DAY)
    assert Measure.objects.get(pk=measure.pk).deadline == DEADLINE
    assert len(spans(measure)) == 1
    assert event("refuse_extension") == (cast.group.pk, {"extension": extension.pk, "note": REASON})


@pytest.mark.parametrize("also", [Role.OFFICE, Role.GROUP])
@pytest.mark.parametrize("is_superuser", [False, True])
def test_nobody_decides_on_their_own_request_a_superuser_neither(cast: Cast, also: str, is_superuser: bool) -> None:
    person = with_a_second_role(cast.roads_officer, also, cast)
    person.is_superuser = person.is_staff = is_superuser
    person.save()
    extension = ask(cast.measure(), person)
    with refused(Forbidden):
        grant_extension(extension=extension, by=person, at=NOW)
    with refused(Forbidden):
        refuse_extension(extension=extension, note=REASON, by=person, at=NOW)
    other = ask(cast.measure(), cast.roads_head)
    grant_extension(extension=other, by=person, at=NOW)  # the role itself was there


@pytest.mark.parametrize(
    "who",
    [
        *("leader", "inspector", "roads_officer", "roads_head", "parks_officer"),
        *("auditor", "system_admin", "superuser", "stranger"),
    ],
)
def test_only_the_office_and_the_group_decide(cast: Cast, who: str) -> None:
    extension = ask(cast.measure(supporting_units=[cast.parks]), cast.roads_head)
    with refused(Forbidden):
        grant_extension(extension=extension, by=getattr(cast, who), at=NOW)
    with refused(Forbidden):
        refuse_extension(extension=extension, note=REASON, by=getattr(cast, who), at=NOW)


def test_the_program_itself_decides_nothing(cast: Cast) -> None:
    extension = ask(cast.measure(), cast.roads_head)
    with refused(Forbidden):
        grant_extension(extension=extension, by=None, at=NOW)


def test_who_decides_second_is_told_that_somebody_was_first(cast: Cast) -> None:
    for decide_first in (grant_extension, refuse_extension):
        extension = ask(cast.measure(), cast.roads_officer)
        first, *others = (Extension.objects.get(pk=extension.pk) for _number in range(3))
        decide_first(extension=first, note=REASON, by=cast.office, at=NOW)
        for other, decide in zip(others, (grant_extension, refuse_extension), strict=True):
            with refused(Conflict):
                decide(extension=other, note=REASON, by=cast.group, at=NOW)
            with refused():
                decide(extension=first, note=REASON, by=cast.group, at=NOW)
    assert (len(events("grant_extension")), len(events("refuse_extension"))) == (1, 1)


def test_granting_what_no_longer_fits_the_measure_is_refused_and_the_request_still_waits(cast: Cast) -> None:
    measure = cast.measure()
    extension = ask(measure, cast.roads_officer)
    edit_measure(measure=measure, values={"deadline": TODAY + timedelta(days=40)}, by=cast.office, at=NOW)
    with refused(Conflict):
        grant_extension(extension=extension, by=cast.group, at=NOW)
    assert Extension.objects.pending().get() == extension
    refuse_extension(extension=Extension.objects.get(pk=extension.pk), note=REASON, by=cast.group, at=NOW)


def test_a_request_left_over_when_the_work_was_handed_in_can_be_refused_but_not_granted(cast: Cast) -> None:
    measure = cast.measure(status="in_progress")
    extension = ask(measure, cast.roads_officer)
    Measure.objects.filter(pk=measure.pk).update(status="submitted")
    with refused(Conflict):
        grant_extension(extension=Extension.objects.get(pk=extension.pk), by=cast.group, at=NOW)
    refuse_extension(extension=Extension.objects.get(pk=extension.pk), note=REASON, by=cast.group, at=NOW)
    assert not Extension.objects.pending().exists()


def test_granting_keeps_what_happened_to_the_measure_since_it_was_asked_for(cast: Cast) -> None:
    measure = cast.measure()
    extension = ask(measure, cast.roads_officer)  # holds its own copy of the measure: planned, led by the roads unit
    start_measure(measure=Measure.objects.get(pk=measure.pk), by=cast.roads_officer, at=NOW)
    hand_over(measure=Measure.objects.get(pk=measure.pk), lead_unit=cast.parks, reason=REASON, by=cast.office, at=NOW)
    grant_extension(extension=extension, by=cast.group, at=NEXT_DAY)
    assert spans(measure, "status", "deadline", "lead_unit")[-1][:3] == ("in_progress", LATER, cast.parks.pk)


def test_a_cancelled_measure_is_not_asked_about_from_a_page_opened_before(cast: Cast) -> None:
    stale, cancelled = copies(cast.measure())
    cancel_measure(measure=cancelled, reason=REASON, by=cast.office, at=NOW)
    with refused():
        ask(stale, cast.roads_officer)
