from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from core.exceptions import Forbidden, RuleViolation
from issues.models import CalendarDay
from issues.queries import working_calendar
from issues.services import clear_calendar_day, set_calendar_day
from tests.factories import NOW, Cast

pytestmark = pytest.mark.django_db
NEW_YEAR = date(2027, 1, 1)  # a Friday


def test_the_office_enters_a_holiday_and_takes_it_back(cast: Cast, page_of: Callable[[Any], Client]) -> None:
    page = page_of(cast.office)
    page.post(reverse("calendar"), {"day": "2027-01-01", "kind": "rest", "name": "New Year"})
    assert not working_calendar().is_working_day(NEW_YEAR)
    page.post(reverse("clear_calendar_day", args=["2027-01-01"]))
    assert working_calendar().is_working_day(NEW_YEAR)


def test_the_page_says_which_years_are_missing(cast: Cast, page_of: Callable[[Any], Client]) -> None:
    CalendarDay.objects.all().delete()
    text = page_of(cast.system_admin).get(reverse("calendar")).content.decode()
    assert "The table has no entry for" in text


def test_a_make_up_day_on_a_weekday_is_refused(cast: Cast) -> None:
    with pytest.raises(RuleViolation):
        set_calendar_day(day=NEW_YEAR, kind="make_up", name="", by=cast.office, at=NOW)


@pytest.mark.parametrize("who", ["group", "leader", "inspector", "roads_officer", "auditor"])
def test_nobody_else_edits_the_calendar(cast: Cast, page_of: Callable[[Any], Client], who: str) -> None:
    person = getattr(cast, who)
    assert page_of(person).get(reverse("calendar")).status_code == 403
    assert page_of(person).post(reverse("clear_calendar_day", args=["2026-10-01"])).status_code == 403
    with pytest.raises(Forbidden):
        clear_calendar_day(day=date(2026, 10, 1), by=person, at=NOW)
    assert not working_calendar().is_working_day(date(2026, 10, 1))


def test_nonsense_in_the_address_is_not_found(cast: Cast, page_of: Callable[[Any], Client]) -> None:
    assert page_of(cast.office).post("/calendar/2026-13-45/clear/").status_code == 404


def test_the_database_refuses_an_unknown_kind_of_day() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarDay.objects.create(day=NEW_YEAR, kind="holiday")
