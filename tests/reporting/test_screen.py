"""The wall of a meeting room: the figures of the dashboard, taken anew by itself, page by page where they are many."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from reporting.views.dashboard import WALL_OVERDUE, WALL_SECONDS
from tests.factories import NOW, Cast, unit
from tests.html_pages import Page
from tests.reporting.test_dashboard import QUERIES, day

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]


def wall(client: Client, cast: Cast) -> Page:
    return Page(client.get(reverse("screen", args=[cast.inspection.code])))


def test_five_figures_and_the_time_that_they_are_of(cast: Cast, page_of: PageOf) -> None:
    cast.measure(status="signed_off")
    cast.measure(deadline=day(-1))
    cast.measure(deadline=day(4))
    shown = wall(page_of(cast.leader), cast)
    figures = dict(zip(shown.texts("//dl//dt"), shown.texts("//dl//dd"), strict=True))
    assert figures == {
        "Rate by issue": "0% 0 / 3",
        "Rate by measure": "33.3% 1 / 3",
        "time gone": "16.5%",
        "due within 10 days": "1",
        "overdue": "1",
    }
    assert shown.one("//time/@datetime") == "2026-03-02T09:00:00+08:00"
    assert shown.tree.xpath("//main//a") + shown.tree.xpath("//button") == [], "nothing to click"


def test_it_asks_for_itself_again(cast: Cast, page_of: PageOf) -> None:
    cast.measure()
    main = wall(page_of(cast.leader), cast).one("//main")
    assert main.get("hx-get") == reverse("screen", args=[cast.inspection.code])
    assert main.get("hx-trigger") == f"every {WALL_SECONDS}s"
    assert main.get("hx-select") == f"#{main.get('id')}"


def test_everything_overdue_has_its_turn(cast: Cast, page_of: PageOf) -> None:
    under = cast.issue()
    texts = [cast.measure(issue=under, deadline=day(-n)).text for n in range(1, 2 * WALL_OVERDUE)]
    client, seen = page_of(cast.leader), []
    for turn in range(2):
        with time_machine.travel(NOW + timedelta(seconds=turn * WALL_SECONDS), tick=False):
            shown = wall(client, cast)
            seen += shown.texts("//ul[@class='wall-overdue']//span[@class='wall-measure-text']")
            assert len(shown.tree.xpath("//ul[@class='wall-overdue']/li")) <= WALL_OVERDUE
    assert sorted(seen) == sorted(texts)


def test_with_nothing_overdue_it_says_so(cast: Cast, page_of: PageOf) -> None:
    cast.measure()
    assert "Nothing is overdue." in wall(page_of(cast.leader), cast).text("//ul[@class='wall-overdue']")


def test_an_empty_plan_has_a_wall_too(cast: Cast, page_of: PageOf) -> None:
    assert wall(page_of(cast.leader), cast).status == 200


def test_a_unit_sees_its_own_part_on_the_wall(cast: Cast, page_of: PageOf) -> None:
    cast.measure(text="Ours", deadline=day(-1))
    cast.measure(text="Theirs", deadline=day(-1), lead_unit=cast.parks)
    shown = wall(page_of(cast.roads_officer), cast)
    assert "Ours" in shown.text()
    assert "Theirs" not in shown.text()
    assert "Parks" not in shown.text()


def test_the_wall_costs_no_more_than_the_dashboard(cast: Cast, page_of: PageOf, queries: Any) -> None:
    client, address = page_of(cast.leader), reverse("screen", args=[cast.inspection.code])
    cast.measure(deadline=day(-1))
    few = queries(lambda: client.get(address))
    for _each in range(20):
        cast.measure(deadline=day(-1), lead_unit=unit(parent=cast.organisation))
    assert queries(lambda: client.get(address)) == few <= QUERIES
