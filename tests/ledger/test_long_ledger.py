"""A long ledger: a page renders no more rows and asks no more for ten times the measures, and nothing is lost."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from issues.models import Issue, sort_key_of
from ledger.queries import LONG, MEASURES_OF_ISSUE
from measures.models import Measure
from tests.factories import NOW, TODAY, Cast

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
ISSUES = 10


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def grow(cast: Cast, rows: list[Issue], *, to: int) -> None:
    """Measures of ten issues in turn, every third of them overdue, every second in progress."""
    start = Measure.objects.count()
    made = [
        Measure(
            inspection=cast.inspection,
            issue=rows[number % ISSUES],
            position=number // ISSUES + 1,
            code=f"{rows[number % ISSUES].code}-{number // ISSUES + 1:04}",
            sort_key=rows[number % ISSUES].sort_key + sort_key_of(number // ISSUES + 1),
            text=f"Measure {number}",
            status=("planned", "in_progress")[number // ISSUES % 2],
            lead_unit=cast.roads,
            leader=cast.leader,
            deadline=TODAY + timedelta(days=-1 if number // ISSUES % 3 == 0 else 30),
        )
        for number in range(start, to)
    ]
    Measure.objects.bulk_create(made, batch_size=500)


@pytest.fixture
def rows(cast: Cast) -> list[Issue]:
    return [cast.issue() for _each in range(ISSUES)]


def opened(client: Client, cast: Cast, query: str = "") -> str:
    answer = client.get(f"/inspections/{cast.inspection.code}/ledger/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_first_page_asks_and_renders_no_more_for_ten_times_the_measures(
    cast: Cast, rows: list[Issue], page_of: PageOf, queries: Callable[[Callable[[], Any]], int]
) -> None:
    for reader in (cast.office, cast.roads_officer):
        Measure.objects.all().delete()
        grow(cast, rows, to=250)
        client = page_of(reader)
        asked = queries(lambda c=client: opened(c, cast))
        rendered = len(re.findall("<tr class=", opened(client, cast)))
        grow(cast, rows, to=2_500)
        assert queries(lambda c=client: opened(c, cast)) == asked
        html = opened(client, cast)
        assert html.count('<tr class="row-measure">') == ISSUES * MEASURES_OF_ISSUE
        assert len(re.findall("<tr class=", html)) <= rendered


def test_a_line_leads_to_the_measures_that_are_not_shown(cast: Cast, rows: list[Issue], page_of: PageOf) -> None:
    grow(cast, rows, to=600)
    client = page_of(cast.office)
    html = opened(client, cast)
    left = 600 // ISSUES - MEASURES_OF_ISSUE
    assert html.count(f"{left} more measures of this issue") == ISSUES
    assert "<strong>600</strong> measures" in html
    address = re.search(r'<tr class="row-more">.*?href="([^"]*)"', html, re.DOTALL)
    assert address is not None
    flat = opened(client, cast, address[1].replace("&amp;", "&"))
    assert "<strong>60</strong> measures" in flat
    assert flat.count('<tr class="row-measure">') == 50  # a page of a flat list; the next one has the others


def test_the_bar_of_an_issue_counts_all_its_measures(cast: Cast, rows: list[Issue], page_of: PageOf) -> None:
    grow(cast, rows, to=600)
    seen = [measure.part(TODAY) for measure in Measure.objects.filter(issue=rows[0])]
    told = {state: seen.count(state) for state in ("in_progress", "overdue", "planned")}
    html = opened(page_of(cast.office), cast)
    bar = f"in progress {told['in_progress']}, overdue {told['overdue']}, planned {told['planned']}"
    assert html.count(f"<title>{bar}</title>") == ISSUES


def test_a_list_that_is_not_long_shows_every_measure_of_its_issues(
    cast: Cast, rows: list[Issue], page_of: PageOf
) -> None:
    grow(cast, rows, to=LONG)
    html = opened(page_of(cast.office), cast)
    assert html.count('<tr class="row-measure">') == LONG
    assert "row-more" not in html
