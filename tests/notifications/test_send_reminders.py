"""A digest a day: who hears of what, once, on working days, and not of what they may not see."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command

from accounts.models import Appointment, Role
from accounts.services import create_post
from issues.models import CalendarDay
from issues.services import create_task_force
from measures.models import Measure
from measures.services import grant_extension, request_extension
from notifications.models import Digest, Notification, Reminder, Topic
from notifications.services import set_escalation
from notifications.services.escalation import DEFAULT, MEASURE, EscalationStep
from tests.factories import NOW, TODAY, Cast, unit, user
from tests.notifications.reminder_steps import remind, reminders

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def in_days(days: int) -> date:
    return TODAY + timedelta(days=days)


ESCALATION = {
    21: {},
    20: {"Roads officer": [-20]},
    15: {"Roads officer": [-20]},
    10: {"Roads officer": [-10], "Leader": [-10]},
    3: {"Roads officer": [-3], "Leader": [-3]},
    0: {"Roads officer": [-3], "Leader": [-3]},
    -1: {"Roads officer": [1], "Leader": [1], "Roads head": [1]},
    -6: {"Roads officer": [1], "Leader": [1], "Roads head": [1]},
    -7: dict.fromkeys(["Office", "Group", "Leader", "Roads officer", "Roads head"], [7]),
    -13: dict.fromkeys(["Office", "Group", "Leader", "Roads officer", "Roads head"], [7]),
    -14: dict.fromkeys(["Office", "Group", "Leader", "Roads officer", "Roads head"], [14]),
    -70: dict.fromkeys(["Office", "Group", "Leader", "Roads officer", "Roads head"], [70]),
}


@pytest.mark.parametrize("left", list(ESCALATION))
def test_the_default_escalation(cast: Cast, left: int) -> None:
    """However long nobody was reminded, the highest step that was reached goes out, to each whom it names."""
    cast.measure(deadline=in_days(left))
    remind()
    assert reminders(TODAY) == ESCALATION[left]


def test_each_step_is_sent_once_and_every_seven_days_comes_every_seven_days(cast: Cast) -> None:
    measure = cast.measure(deadline=TODAY - timedelta(days=5))
    sent = {}
    for number in range(40):
        day = in_days(number)
        remind(day)
        if found := reminders(day, measure).get("Roads officer"):
            sent[day] = found
    # Day 7 is Wednesday 4 March; then every seventh day. 6 April is a holiday, the eighth of that week is a Wednesday.
    assert sent == {
        date(2026, 3, 2): [1],
        date(2026, 3, 4): [7],
        date(2026, 3, 11): [14],
        date(2026, 3, 18): [21],
        date(2026, 3, 25): [28],
        date(2026, 4, 1): [35],
        date(2026, 4, 8): [42],
    }


@pytest.mark.parametrize("status", ["submitted", "signed_off", "cancelled"])
def test_what_is_under_review_or_finished_is_never_overdue(cast: Cast, status: str) -> None:
    extra = {"cancellation_reason": "No longer needed"} if status == "cancelled" else {}
    cast.measure(deadline=in_days(-8), status=status, **extra)
    assert remind().digests == 0


def test_without_a_deadline_nothing_is_ever_due(cast: Cast) -> None:
    cast.measure(deadline=None)
    cast.measure(deadline=None, mode="long_term", status="in_progress")
    assert [remind(in_days(day)).digests for day in range(30)] == [0] * 30


def test_returned_after_its_deadline_it_is_overdue_again_at_once(cast: Cast) -> None:
    measure = cast.measure(deadline=in_days(-9), status="submitted")
    assert remind().digests == 0
    Measure.objects.filter(pk=measure.pk).update(status="in_progress")
    remind(in_days(1))
    assert reminders(in_days(1))["Roads officer"] == [7]


def test_an_extension_begins_the_escalation_again(cast: Cast) -> None:
    measure = cast.measure(deadline=in_days(2), status="in_progress")
    remind()
    assert reminders(TODAY)["Roads officer"] == [-3]
    asked = request_extension(
        measure=measure, new_deadline=in_days(12), reason="The asphalt is late", by=cast.roads_officer, at=NOW
    )
    grant_extension(extension=asked, by=cast.office, at=NOW)
    sent = {}
    for number in range(1, 15):
        remind(in_days(number))
        sent[number] = reminders(in_days(number)).get("Roads officer", [])
    # Day 2 has ten days left, day 9 three; day 13 is a Sunday, so that the first day overdue is told on day 14.
    assert {number: found for number, found in sent.items() if found} == {1: [-20], 2: [-10], 9: [-3], 14: [1]}


def test_one_digest_a_day_for_all_that_is_due(cast: Cast) -> None:
    for left in (-8, -2, 3, 9):
        cast.measure(deadline=in_days(left))
    outcome = remind()
    digest = Digest.objects.get(person=cast.roads_officer)
    assert digest.notification.data == {"day": "2026-03-02", "overdue": 2, "due": 2}
    assert (digest.notification.topic, digest.notification.kind) == (Topic.OVERDUE, "digest")
    assert outcome.digests == Notification.objects.filter(kind="digest").count() == 5
    assert outcome.reminders == Reminder.objects.count()


def test_running_it_twice_makes_nothing_twice(cast: Cast) -> None:
    cast.measure(deadline=in_days(-8))
    first, second = remind(), remind()
    assert (first.digests, first.skipped) == (5, 0)
    assert (second.digests, second.reminders, second.skipped) == (0, 0, 5)


def test_what_is_new_after_the_digest_of_the_day_comes_with_the_next(cast: Cast) -> None:
    cast.measure(deadline=in_days(3))
    remind()
    late = cast.measure(deadline=in_days(-1))
    assert remind().reminders == 1  # the head had no digest today
    remind(in_days(1))
    assert set(reminders(in_days(1), late)) == {"Roads officer", "Leader"}


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 20), False),  # Spring Festival, a Friday
        (date(2026, 2, 28), True),  # a make-up Saturday
        (date(2026, 3, 1), False),  # a Sunday
        (date(2026, 3, 2), True),
        (date(2028, 3, 4), False),  # a Saturday of a year that nobody has entered
        (date(2028, 3, 6), True),
    ],
)
def test_nothing_goes_out_on_a_rest_day(cast: Cast, day: date, works: bool) -> None:
    cast.measure(deadline=day - timedelta(days=1), at=NOW - timedelta(days=60))
    outcome = remind(day)
    assert (outcome.is_rest_day, bool(outcome.digests)) == (not works, works)


def test_what_falls_due_on_a_rest_day_goes_out_on_the_next_working_day(cast: Cast) -> None:
    cast.measure(deadline=date(2026, 3, 17))  # ten days left on Saturday the seventh
    assert reminders(date(2026, 3, 6)) == {}
    remind(date(2026, 3, 6))
    for day in (7, 8, 9):
        remind(date(2026, 3, day))
    found = {day: reminders(date(2026, 3, day)).get("Leader") for day in (6, 7, 8, 9)}
    assert found == {6: None, 7: None, 8: None, 9: [-10]}


def test_a_day_that_the_office_made_a_rest_day(cast: Cast) -> None:
    CalendarDay.objects.create(day=TODAY, kind="rest")
    cast.measure(deadline=in_days(-8))
    assert remind().is_rest_day
    assert remind(in_days(1)).digests == 5


def test_who_may_not_see_it_is_not_told(cast: Cast) -> None:
    """A leader without a role over the organisation is named in the plan, and sees nothing of it."""
    post = create_post(name="A post", organisation=cast.organisation, by=None, at=NOW)
    cast.measure(deadline=in_days(-8), leader=post)
    remind()
    assert set(reminders(TODAY)) == {"Office", "Group", "Roads officer", "Roads head"}


def test_two_units_hear_nothing_of_each_other(cast: Cast) -> None:
    roads = cast.measure(deadline=in_days(-8))
    parks = cast.measure(deadline=in_days(-8), lead_unit=cast.parks)
    remind()
    own = Reminder.objects.values_list("measure", flat=True)
    assert set(own.filter(person=cast.roads_officer)) == {roads.pk}
    assert set(own.filter(person=cast.parks_officer)) == {parks.pk}
    assert not own.filter(person__in=[cast.stranger, cast.system_admin, cast.auditor, cast.inspector]).exists()


def test_supporting_units_are_not_reminded(cast: Cast) -> None:
    cast.measure(deadline=in_days(-2), supporting_units=[cast.parks])
    remind()
    assert "Parks officer" not in reminders(TODAY)


def test_who_is_inactive_or_no_longer_appointed_is_not_told(cast: Cast) -> None:
    cast.measure(deadline=in_days(-2))
    cast.roads_head.is_active = False
    cast.roads_head.save()
    Appointment.objects.filter(user=cast.roads_officer).update(until=in_days(-1))
    remind()
    assert set(reminders(TODAY)) == {"Leader"}


def test_the_nearest_officer_above_is_told_where_the_unit_has_none(cast: Cast) -> None:
    lane = unit("Lanes", parent=cast.roads)
    user("Bureau officer", role=Role.OFFICER, over=cast.organisation)
    cast.measure(deadline=in_days(15), lead_unit=lane)
    cast.measure(deadline=in_days(15), lead_unit=cast.organisation)
    remind()
    assert reminders(TODAY) == {"Roads officer": [-20], "Bureau officer": [-20]}


def test_a_task_force_in_the_escalation(cast: Cast) -> None:
    member = user("Member")
    force = create_task_force(inspection=cast.inspection, name="Force", members=[member], by=None, at=NOW)
    steps = [*DEFAULT, EscalationStep(MEASURE, -5, 0, frozenset({"task_force"}))]
    set_escalation(inspection=cast.inspection, steps=steps, by=cast.office, at=NOW)
    cast.measure(deadline=in_days(4), issue=cast.issue(task_force=force))
    cast.measure(deadline=in_days(4))
    remind()
    assert reminders(TODAY)["Member"] == [-5]


def test_milestones_have_steps_of_their_own(cast: Cast) -> None:
    stages = [("Survey", in_days(-1)), ("Tender", in_days(7)), ("Works", in_days(30))]
    measure = cast.measure(deadline=in_days(60), mode="staged", stages=stages)
    measure.milestones.filter(title="Survey").update(reached_on=TODAY)
    remind()
    row = Reminder.objects.get()
    assert (row.person, row.stage, row.offset) == (cast.roads_officer, "Tender", -7)


def test_a_milestone_that_was_written_anew_by_an_edit_is_not_told_twice(cast: Cast) -> None:
    measure = cast.measure(deadline=in_days(60), mode="staged", stages=[("Tender", in_days(5))])
    remind()
    measure.milestones.all().delete()
    measure.milestones.create(position=1, title="Tender", due_on=in_days(5))
    assert remind(in_days(1)).digests == 0


def test_a_changed_escalation_does_not_repeat_what_was_sent(cast: Cast) -> None:
    cast.measure(deadline=in_days(9))
    remind()
    steps = [
        EscalationStep(MEASURE, -12, 0, frozenset({"officer"})),
        EscalationStep(MEASURE, 1, 0, frozenset({"officer"})),
    ]
    set_escalation(inspection=cast.inspection, steps=steps, by=cast.office, at=NOW)
    assert remind(in_days(1)).digests == 0


def test_the_number_of_queries_does_not_grow_with_the_measures(
    cast: Cast, queries: Callable[[Callable[[], Any]], int]
) -> None:
    issue = cast.issue()
    cast.measure(deadline=in_days(-8), issue=issue)
    few = queries(remind)
    for _each in range(20):
        cast.measure(deadline=in_days(-8), issue=issue)
    assert queries(lambda: remind(in_days(1))) <= few


def told_by_command(*arguments: str) -> Any:
    out = StringIO()
    call_command("send_reminders", *arguments, stdout=out)
    return out.getvalue()


def test_the_command(cast: Cast) -> None:
    cast.measure(deadline=in_days(-8))
    first = json.loads(told_by_command("--json"))
    assert first == {"digests": 5, "notifications": 5, "skipped": 0, "rest_day": False}
    assert "0 digests with 0 reminders; 5 people" in told_by_command()
    assert "rest day" in told_by_command("--date", "2026-03-01")
    with pytest.raises(SystemExit) as refused:
        call_command("send_reminders", "--date", "2026-03-03")
    assert refused.value.code == 1
