"""When weeks end and which are due: rest days, new years, changed settings, outages."""

from datetime import date, datetime, time, timedelta

import pytest

from issues.models import Inspection
from issues.services import edit_inspection
from reporting.models import Week
from reporting.queries.weeks import due_weeks, week_of
from reporting.services import roll_up_due, roll_up_week
from tests.factories import NOW, Cast, inspection
from tests.reporting.fridays import SHANGHAI, beside, friday

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("day", "label"),
    [
        (date(2026, 3, 1), "2026-W09"),  # a Sunday belongs to the week that it closes
        (date(2026, 3, 2), "2026-W10"),
        (date(2026, 1, 1), "2026-W01"),
        (date(2027, 1, 1), "2026-W53"),  # a Friday: the week that ends on it is the old year's last
        (date(2024, 12, 30), "2025-W01"),
    ],
)
def test_a_week_bears_the_number_of_the_calendar_week(day: date, label: str) -> None:
    assert str(Week.of(day)) == label
    assert Week.read(label) == Week.of(day)
    assert Week.read(label).next.previous == Week.read(label)


@pytest.mark.parametrize("label", ["2026-W54", "2025-W53", "2026-W00", "2026-W7", "2026-07", "", "0000-W01", "W07"])
def test_what_is_no_week_is_refused(label: str) -> None:
    with pytest.raises(ValueError):
        Week.read(label)


def test_a_week_ends_at_five_on_friday_in_shanghai_also_on_a_rest_day(cast: Cast) -> None:
    """2 October 2026 is a Friday of the National Day holiday."""
    due = week_of(cast.inspection.pk, Week(2026, 40))
    assert due.ends_at == datetime(2026, 10, 2, 17, tzinfo=SHANGHAI)


def test_each_inspection_ends_its_week_when_its_settings_say(cast: Cast) -> None:
    other = inspection(cast.organisation, week_ends_weekday=7, week_ends_at=time(23, 59))
    assert week_of(other.pk, Week(2026, 9)).ends_at == datetime(2026, 3, 1, 23, 59, tzinfo=SHANGHAI)


def labels(now: datetime, **only: list[int]) -> list[str]:
    return [str(each.week) for each in due_weeks(now=now, **only)]


def test_a_week_is_due_once_it_has_ended_and_not_at_its_last_moment(cast: Cast) -> None:
    cast.measure(at=friday(-1, seconds=1))
    assert labels(friday()) == []
    assert labels(friday(microseconds=1)) == ["2026-W09"]


def test_weeks_before_the_plan_are_not_due(cast: Cast) -> None:
    """The inspection is older; its first measure came in two weeks ago, at the last moment of a week."""
    assert labels(friday(microseconds=1)) == []
    cast.measure(at=friday(-2))
    assert labels(friday(microseconds=1)) == ["2026-W07", "2026-W08", "2026-W09"]


def test_an_outage_leaves_every_week_due_and_one_turn_makes_them_all_up(cast: Cast) -> None:
    cast.measure(at=friday(-1))
    assert [each.week_label for each in roll_up_due(at=NOW)] == ["2026-W08", "2026-W09"]
    after = friday(4, hours=6)
    assert labels(after) == ["2026-W10", "2026-W11", "2026-W12", "2026-W13"]
    made = roll_up_due(at=after)
    assert [each.ends_at for each in made] == [friday(week) for week in range(1, 5)]
    assert {each.taken_at for each in made} == {after}
    assert labels(after) == []
    assert roll_up_due(at=after) == []


def test_a_week_missing_in_the_middle_is_found(cast: Cast) -> None:
    """Of one inspection one week alone is there, of another all of them are."""
    cast.measure(at=friday(-2))
    other = beside(cast, at=friday(-2))
    roll_up_due(at=NOW, inspections=[other.pk])
    roll_up_week(inspection=cast.inspection, week=Week(2026, 8), by=None, at=NOW)
    due = [(each.inspection, str(each.week)) for each in due_weeks(now=NOW)]
    assert due == [(cast.inspection.pk, "2026-W07"), (cast.inspection.pk, "2026-W09")]


def change(shown: Inspection, at: datetime, cast: Cast, **values: object) -> None:
    edit_inspection(inspection=shown, values=values, by=cast.office, at=at)


def test_another_end_of_the_week_counts_from_the_next_monday_on(cast: Cast) -> None:
    """Changed on a Wednesday from Friday five o'clock to Thursday noon: this week still ends on its Friday."""
    cast.measure(at=friday(-1))
    shown = Inspection.objects.get(pk=cast.inspection.pk)
    change(shown, friday(0, days=5), cast, week_ends_weekday=4, week_ends_at=time(12))
    ends = {str(each.week): each.ends_at for each in due_weeks(now=friday(3))}
    thursday = datetime(2026, 3, 12, 12, tzinfo=SHANGHAI)
    assert ends == {
        "2026-W08": friday(-1),
        "2026-W09": friday(),
        "2026-W10": friday(1),
        "2026-W11": thursday,
        "2026-W12": thursday + timedelta(weeks=1),
    }


def test_settings_that_were_changed_twice_and_back_are_those_of_their_time(cast: Cast) -> None:
    cast.measure(at=friday(-1))
    shown = Inspection.objects.get(pk=cast.inspection.pk)
    change(shown, friday(0, days=1), cast, week_ends_weekday=3)
    change(shown, friday(1, days=1), cast, week_ends_weekday=6, due_soon_days=3)
    change(shown, friday(2, days=2), cast, week_ends_weekday=5, due_soon_days=20)
    ends = [each.ends_at.isoweekday() for each in due_weeks(now=friday(3, hours=1))]
    assert ends == [5, 5, 3, 6, 5]
    assert [each.due_soon_days for each in due_weeks(now=friday(3, hours=1))] == [10, 10, 10, 3, 20]


def test_looking_for_what_is_due_costs_the_same_for_more_inspections(cast: Cast, queries: object) -> None:
    cast.measure(at=friday(-2))
    roll_up_due(at=NOW)
    few = queries(lambda: due_weeks(now=NOW))  # type: ignore[operator]
    for _number in range(4):
        beside(cast, at=friday(-2))
    roll_up_due(at=NOW)
    assert queries(lambda: due_weeks(now=NOW)) == few == 3  # type: ignore[operator]
