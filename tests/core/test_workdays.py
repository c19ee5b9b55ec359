from datetime import date

import pytest
from chinese_calendar import is_workday

from core.workdays import WorkingCalendar
from issues.queries import calendar_years, working_calendar


def test_weekends_rest_and_weekdays_work_without_any_table() -> None:
    plain = WorkingCalendar()
    assert plain.is_working_day(date(2026, 3, 2))
    assert not plain.is_working_day(date(2026, 3, 1))
    assert not plain.knows(date(2026, 3, 2))


@pytest.mark.django_db
def test_the_shipped_table_agrees_with_the_published_calendar_day_by_day() -> None:
    calendar = working_calendar()
    days = [date.fromordinal(n) for n in range(date(2025, 1, 1).toordinal(), date(2027, 1, 1).toordinal())]
    assert [day for day in days if calendar.is_working_day(day) != is_workday(day)] == []
    assert calendar_years() == [2025, 2026]


@pytest.mark.django_db
def test_a_year_outside_the_table_is_known_to_be_unknown() -> None:
    assert working_calendar().knows(date(2026, 10, 1))
    assert not working_calendar().knows(date(2027, 1, 1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "following"),
    [
        (date(2026, 9, 30), date(2026, 9, 30)),
        (date(2026, 10, 1), date(2026, 10, 8)),  # National Day
        (date(2026, 10, 10), date(2026, 10, 10)),  # a make-up Saturday
        (date(2026, 2, 14), date(2026, 2, 14)),
        (date(2026, 2, 15), date(2026, 2, 24)),  # Spring Festival
    ],
)
def test_what_falls_on_a_rest_day_goes_to_the_next_working_day(day: date, following: date) -> None:
    assert working_calendar().next_working_day(day) == following


@pytest.mark.django_db
def test_counting_working_days_forth_and_back_over_national_day() -> None:
    calendar = working_calendar()
    assert calendar.working_days_between(date(2026, 9, 30), date(2026, 10, 12)) == 4
    assert calendar.working_days_between(date(2026, 10, 12), date(2026, 9, 30)) == -4
    assert calendar.previous_working_day(date(2026, 10, 7)) == date(2026, 9, 30)


def test_a_calendar_in_which_nobody_ever_works_is_an_error_and_not_a_loop() -> None:
    rest = frozenset(date.fromordinal(date(2026, 1, 1).toordinal() + n) for n in range(100))
    with pytest.raises(ValueError, match="no working day"):
        WorkingCalendar(rest_days=rest).next_working_day(date(2026, 1, 1))
