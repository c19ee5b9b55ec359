from datetime import date, timedelta

import pytest

from measures.models import Measure
from measures.services import request_extension
from measures.services.extensions import grant_extension
from tests.factories import NOW, TODAY, Cast
from tests.measures.trail_checks import REASON

pytestmark = pytest.mark.django_db
DUE_SOON_DAYS = 10
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
LAST_OF_SOON = TODAY + timedelta(days=DUE_SOON_DAYS)
EVER = [date(2000, 1, 1), YESTERDAY, TODAY, TOMORROW, LAST_OF_SOON, LAST_OF_SOON + timedelta(days=1), date(2099, 1, 1)]

# deadline → light of what is unfinished; written out, not computed
UNFINISHED = dict(
    zip(EVER, ["overdue", "overdue", "due_soon", "due_soon", "due_soon", "on_course", "on_course"], strict=True)
)


def lights(cast: Cast, status: str) -> dict[date, str]:
    reason = REASON if status == "cancelled" else ""
    measures = [cast.measure(status=status, cancellation_reason=reason, deadline=day) for day in EVER]
    return {measure.deadline: measure.light(TODAY, DUE_SOON_DAYS) for measure in measures if measure.deadline}


@pytest.mark.parametrize("status", ["planned", "in_progress"])
def test_unfinished_work_is_overdue_from_the_day_after_its_deadline(cast: Cast, status: str) -> None:
    assert lights(cast, status) == UNFINISHED
    late = Measure.objects.overdue(TODAY).order_by("deadline")
    assert [measure.deadline for measure in late] == EVER[:2]
    soon = Measure.objects.due_within(TODAY, DUE_SOON_DAYS).order_by("deadline")
    assert [measure.deadline for measure in soon] == EVER[2:5]


@pytest.mark.parametrize(
    ("status", "light"), [("submitted", "on_course"), ("signed_off", "signed_off"), ("cancelled", "")]
)
def test_what_is_under_review_or_finished_is_never_overdue_nor_due(cast: Cast, status: str, light: str) -> None:
    assert lights(cast, status) == dict.fromkeys(EVER, light)
    assert not Measure.objects.overdue(TODAY).exists()
    assert not Measure.objects.due_within(TODAY, DUE_SOON_DAYS).exists()


def test_returned_after_its_deadline_it_is_overdue_again_at_once(cast: Cast) -> None:
    measure = cast.measure(status="submitted", deadline=YESTERDAY)
    assert not measure.is_overdue(TODAY)
    Measure.objects.filter(pk=measure.pk).update(status="in_progress")
    measure.refresh_from_db()
    assert measure.is_overdue(TODAY)
    assert Measure.objects.overdue(TODAY).get() == measure


def test_an_extension_puts_the_light_out(cast: Cast) -> None:
    measure = cast.measure(status="in_progress", deadline=YESTERDAY)
    extension = request_extension(measure=measure, new_deadline=TODAY, reason=REASON, by=cast.roads_officer, at=NOW)
    assert measure.is_overdue(TODAY)
    grant_extension(extension=extension, by=cast.office, at=NOW)
    measure.refresh_from_db()
    assert not measure.is_overdue(TODAY)
    assert measure.is_overdue(TOMORROW)


@pytest.mark.parametrize("status", ["planned", "in_progress"])
def test_work_without_a_deadline_is_neither_overdue_nor_due(cast: Cast, status: str) -> None:
    measure = cast.measure(status=status, mode="long_term", deadline=None)
    assert measure.light(TODAY, DUE_SOON_DAYS) == "on_course"
    assert not Measure.objects.overdue(date(2099, 1, 1)).exists()
    assert not Measure.objects.due_within(date(1900, 1, 1), 100_000).exists()


def test_due_within_no_days_is_due_today(cast: Cast) -> None:
    for day in (YESTERDAY, TODAY, TOMORROW):
        cast.measure(deadline=day)
    assert [measure.deadline for measure in Measure.objects.due_within(TODAY, 0)] == [TODAY]
    assert Measure.objects.get(deadline=TODAY).light(TODAY, 0) == "due_soon"
    assert Measure.objects.get(deadline=TOMORROW).light(TODAY, 0) == "on_course"


def test_incomplete_is_what_lacks_a_leader_a_unit_or_a_deadline(cast: Cast) -> None:
    lacking = [cast.measure(**{field: None}) for field in ("leader", "lead_unit", "deadline")]
    lacking.append(cast.measure(mode="long_term", deadline=None, leader=None))
    cast.measure()
    cast.measure(mode="long_term", deadline=None)
    cast.measure(deadline=None, status="cancelled", cancellation_reason=REASON)  # no one will start it any more
    assert set(Measure.objects.incomplete()) == set(lacking)


def test_what_a_row_says_of_itself_the_query_says_too(cast: Cast) -> None:
    """Every state × every border of days × with and without leader, unit, deadline."""
    complete = {"leader": cast.leader, "lead_unit": cast.roads}
    for status in Measure.Status.values:
        reason = REASON if status == "cancelled" else ""
        for deadline in EVER:
            cast.measure(status=status, cancellation_reason=reason, deadline=deadline, **complete)
        cast.measure(status=status, cancellation_reason=reason, deadline=None, mode="long_term", **complete)
    for lacks in ({"leader": None}, {"lead_unit": None}, {"deadline": None}):
        for status in ("planned", "cancelled"):
            cast.measure(status=status, cancellation_reason=REASON, **{**complete, "deadline": TODAY, **lacks})
    rows = list(Measure.objects.all())
    assert len(rows) == 46
    for today in (YESTERDAY, TODAY, TOMORROW, LAST_OF_SOON):
        light_of_row = {row: row.light(today, DUE_SOON_DAYS) for row in rows}
        assert set(Measure.objects.overdue(today)) == {row for row in rows if row.is_overdue(today)}
        assert {row for row in rows if light_of_row[row] == "overdue"} == {row for row in rows if row.is_overdue(today)}
        due_soon = {row for row in rows if light_of_row[row] == "due_soon"}
        assert set(Measure.objects.due_within(today, DUE_SOON_DAYS)) == due_soon
    unwritten = {row for row in rows if not row.is_complete}
    assert set(Measure.objects.incomplete()) == {row for row in unwritten if row.status != "cancelled"}
