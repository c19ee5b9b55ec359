"""Several inspections side by side: what each counts, which stands first, what it costs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Role, Unit
from issues.models import Inspection
from measures.models import ProgressReport
from reporting.models import Snapshot, Week
from reporting.queries import compare_inspections
from signoffs.queries.figures import IssueCounts, MeasureCounts
from tests.factories import NOW, TODAY, inspection, issue, measure, unit, user
from tests.html_pages import Page
from tests.reporting.test_dashboard import day

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]


@pytest.fixture
def city(db: None) -> Unit:
    return unit("City")


def bureau_of(city: Unit, title: str, *deadlines: int, done: int = 0, **settings: Any) -> Inspection:
    """A bureau of the city with its own inspection: measures due in so many days, and some that are signed off."""
    made = inspection(unit(f"Bureau of {title}", parent=city), title=title, **settings)
    under = issue(made)
    for offset in deadlines:
        measure(under, deadline=day(offset))
    for _each in range(done):
        measure(under, status="signed_off")
    return made


def snapshot(of: Inspection, number: int, signed_off: int, total: int) -> None:
    week = Week(2026, number)
    ends_at = week.ends_at(weekday=5, clock=NOW.time())
    counts = MeasureCounts(total=total, planned=total - signed_off, signed_off=signed_off)
    kept = Snapshot.columns(counts, IssueCounts(total=1, planned=1))
    told = {"due_soon_days": 10, "fingerprint": "0" * 64}
    Snapshot.objects.create(
        inspection=of,
        year=week.year,
        week=week.number,
        ends_at=ends_at,
        taken_at=ends_at + timedelta(minutes=1),
        **told,
        **kept,
    )


def test_the_most_overdue_stands_first_then_what_is_furthest_behind_its_time(city: Unit, page_of: PageOf) -> None:
    bureau_of(city, "On time", 20, done=9)
    bureau_of(city, "Behind", 20, 20)
    bureau_of(city, "Late twice", -1, -2, done=8)
    bureau_of(city, "Late once", -1)
    bureau_of(city, "Empty")
    mayor = user("Inspector of the city", role=Role.INSPECTOR, over=city)
    page = Page(page_of(mayor).get("/"))
    assert page.texts("//th[@scope='row']/a") == ["Late twice", "Late once", "Behind", "Empty", "On time"]


def test_every_number_is_that_of_its_list(city: Unit, page_of: PageOf) -> None:
    """Each inspection counts its own days as soon."""
    ten = bureau_of(city, "Ten days", -1, 9, 11, done=2)
    silent, heard = (measure(issue(ten), deadline=day(40), status="in_progress") for _each in range(2))
    for told_of, at in ((silent, NOW - timedelta(days=9)), (heard, NOW)):
        ProgressReport.objects.create(measure=told_of, text="Going on", by=user(), unit=ten.organisation, at=at)
    bureau_of(city, "Three days", 3, 4, due_soon_days=3)
    client = page_of(user("Inspector of the city", role=Role.INSPECTOR, over=city))
    page = Page(client.get("/"))
    told = {row[0].split(" Bureau")[0]: row[1:] for row in page.table("Inspection")}
    assert told["Ten days"][:2] == ["0% 0 / 3", "28.6% 2 / 7"]
    assert told["Ten days"][4:] == ["1", "1", "0", "1", "0"]
    assert told["Three days"][4:] == ["0", "1", "0", "0", "0"]
    followed = 0
    for link in page.tree.xpath("//table//td//a[contains(@href, '/ledger/')]"):
        number = int(link.text_content().split("/")[0])
        counted = Page(client.get(link.get("href"))).counted()
        assert counted["issue_status" not in link.get("href")] == number, link.get("href")
        followed += 1
    assert followed == 8


def test_the_line_of_the_last_weeks_is_drawn_from_the_weekly_roll_ups(city: Unit, page_of: PageOf) -> None:
    shown = bureau_of(city, "Rolled up", 20, done=1)
    bureau_of(city, "Not yet", 20)
    for week, done in ((7, 0), (8, 1), (9, 2)):
        snapshot(shown, week, done, 4)
    page = Page(page_of(user("Inspector of the city", role=Role.INSPECTOR, over=city)).get("/"))
    assert page.tree.xpath("//*[@class='sparkline']/@aria-label") == ["0%, 25%, 50%"]


def test_only_what_one_stands_above_is_listed(city: Unit, page_of: PageOf) -> None:
    bureau_of(city, "Ours", 20)
    bureau_of(city, "Ours too", 20)
    inspection(unit("Another city"), title="Theirs")
    page = Page(page_of(user("Inspector of the city", role=Role.INSPECTOR, over=city)).get("/"))
    assert sorted(page.texts("//th[@scope='row']/a")) == ["Ours", "Ours too"]


def test_a_hundred_inspections_cost_as_much_as_two(city: Unit, page_of: PageOf, queries: Any) -> None:
    client = page_of(user("Inspector of the city", role=Role.INSPECTOR, over=city))
    for title in ("One", "Two"):
        snapshot(bureau_of(city, title, -1, 20), 8, 0, 2)
    few = queries(lambda: client.get("/"))
    for number in range(3, 103):
        made = inspection(unit(f"Bureau {number}", parent=city), title=f"Round {number}", due_soon_days=number % 5)
        measure(issue(made), deadline=TODAY + timedelta(days=number))
    assert queries(lambda: client.get("/")) == few <= 10
    page = Page(client.get("/"))
    assert len(page.tree.xpath("//th[@scope='row']")) == 100
    assert len(Page(client.get("/?page=2")).tree.xpath("//th[@scope='row']")) == 2


def test_time_gone_counts_first_and_last_day(city: Unit) -> None:
    shown = bureau_of(city, "Half", 20, concentrated_from=day(-4), concentrated_until=day(5))
    shown.refresh_from_db()
    (line,) = compare_inspections([shown], user=user(role=Role.INSPECTOR, over=city), now=timezone.localtime(NOW))
    assert (line.elapsed, line.lag) == (0.5, 0.5)
