"""The burn-up: what the script draws is what the table says, and both are the figures of the weeks."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from measures.models import Measure
from reporting.queries import burn_up_of
from tests.factories import NOW, Cast
from tests.html_pages import Page
from tests.reporting.test_dashboard import day

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
PLACES = ["inspection", "screen"]
BLOCK = "//figure/script[@type='application/json']"


@pytest.fixture
def course(cast: Cast) -> Cast:
    """Five measures that count, one of them signed off; the sixth is cancelled."""
    cast.measure(status="signed_off", deadline=day(-10))
    for offset in (-12, -3, 6, 40):
        cast.measure(deadline=day(offset))
    cast.measure(status="cancelled", deadline=day(-10), cancellation_reason="Not needed any more")
    return cast


def shown(page_of: PageOf, cast: Cast, place: str) -> Page:
    return Page(page_of(cast.leader).get(reverse(place, args=[cast.inspection.code])))


def drawn(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.one(BLOCK).text)
    return found


def number(cell: str) -> int | None:
    return int(cell.replace("−", "-")) if cell else None


@pytest.mark.parametrize("place", PLACES)
def test_what_is_drawn_is_what_the_table_says_and_what_the_weeks_were(
    course: Cast, page_of: PageOf, place: str
) -> None:
    page = shown(page_of, course, place)
    block = drawn(page)
    course.inspection.refresh_from_db()
    points = burn_up_of(course.inspection, Measure.objects.all(), now=timezone.localtime(NOW)).points
    expected = [(point.planned, point.signed_off) for point in points]
    assert [(week["planned"], week["signed_off"]) for week in block["weeks"]] == expected
    rows = [[number(cell) for cell in row[1:]] for row in page.table("Week until")]
    assert [tuple(row[:2]) for row in rows] == expected
    assert [row[2] for row in rows] == [None if done is None else done - planned for planned, done in expected]
    assert {row[3] for row in rows} == {block["counted"]} == {5}
    assert [week["at"] for week in block["weeks"]] == [round(point.ends_at.timestamp()) for point in points]


def test_the_words_of_a_week_and_of_the_ends_tell_its_figures(course: Cast, page_of: PageOf) -> None:
    block = drawn(shown(page_of, course, "inspection"))
    (present,) = [week for week in block["weeks"] if week["is_present"]]
    assert present["title"] == "03/02/2026 · today"
    assert present["figures"] == ["Planned 3", "Signed off 1", "Gap −2"]  # what is due in six days is not yet due
    assert block["weeks"][-1]["figures"] == ["Planned 5"]
    assert block["weeks"][-1]["title"].startswith("week until ")
    assert block["words"] == {"planned": "to be done 5", "signed_off": "signed off 1", "today": "today"}


def test_it_is_told_in_a_sentence_to_who_hears_the_page(course: Cast, page_of: PageOf) -> None:
    drawing = shown(page_of, course, "inspection").one("//canvas[@data-burn-up]")
    assert drawing.get("role") == "img"
    told = "Planned and signed off by week: by today 3 were due, 1 are signed off."
    assert drawing.get("aria-label") == told


def test_before_the_period_begins_nothing_is_signed_off_yet(cast: Cast, page_of: PageOf) -> None:
    cast.inspection.concentrated_from = day(7)
    cast.inspection.save()
    cast.measure(deadline=day(20))
    page = shown(page_of, cast, "inspection")
    block = drawn(page)
    assert block["words"]["signed_off"] == ""
    assert all(week["signed_off"] is None and not week["is_present"] for week in block["weeks"])
    assert page.one("//canvas/@aria-label") == "Planned and signed off by week; nothing has happened yet."


def test_only_a_page_with_a_chart_loads_the_library_and_waits_for_neither_script(cast: Cast, page_of: PageOf) -> None:
    script = "//script[contains(@src, 'chart')]"
    assert not shown(page_of, cast, "inspection").tree.xpath(script), "an empty plan has no chart"
    cast.measure(deadline=day(1))
    for place in PLACES:
        assert len(shown(page_of, cast, place).tree.xpath(f"{script}[@defer]")) == 2
    assert not shown(page_of, cast, "ledger").tree.xpath(script)


@pytest.mark.parametrize("place", PLACES)
def test_a_course_of_a_single_week_is_drawn_too(cast: Cast, page_of: PageOf, place: str) -> None:
    cast.inspection.concentrated_from, cast.inspection.concentrated_until = day(1), day(2)
    cast.inspection.save()
    cast.measure(deadline=day(0))
    assert len(drawn(shown(page_of, cast, place))["weeks"]) == 1
