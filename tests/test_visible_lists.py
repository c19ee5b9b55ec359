"""What is seen on the pages: every list, count, figure and choice, for persons who must not see each other's work."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from issues.models import Inspection
from ledger.queries import SORTS
from measures.filters import MeasureFilter
from measures.models import Measure
from tests.factories import NOW, issue, measure
from tests.factories import inspection as inspection_of
from tests.html_pages import Page
from tests.two_units import TwoUnits, at_their_desks

pytestmark = pytest.mark.django_db


# What each person sees of the five measures of the place.
SEES = """
                   roads  parks  verges  both  nursery
    office         yes    yes    yes     yes   yes
    group          yes    yes    yes     yes   yes
    leader         yes    yes    yes     yes   yes
    inspector      yes    yes    yes     yes   yes
    roads_officer  yes    -      -       yes   -
    roads_head     yes    -      -       yes   -
    parks_officer  -      yes    yes     yes   yes
    member         -      yes    yes     -     -
"""
# The address of the ledger → the measures that match it, whoever looks; what is in braces is the number of that row.
FILTERS = {
    "": "roads parks verges both nursery",
    "q=holes": "roads",
    "q=lindens": "parks verges",
    "q=saplings": "nursery",
    "q=shade": "both nursery",
    "q=1-1-1": "roads",
    "unit={roads}": "roads both",
    "unit={parks}": "parks verges nursery",
    "unit={bureau}": "roads parks verges both nursery",
    "lead_unit={parks}": "parks verges nursery",
    "lead_unit={bureau}": "",
    "supporting={parks}": "both",
    "leader={Roads chief}": "roads",
    "leader={Parks chief}": "parks",
    "area={Area 1}": "roads",
    "area={Area 2}": "parks verges",
    "category={Category of parks}": "parks verges",
    "issue={issue of roads}": "roads",
    "issue={issue of both}": "both nursery",
    "task_force={Grey force}": "roads",
    "task_force={Green force}": "parks verges",
    "issue_status=open": "roads parks verges both nursery",
    "issue_status=rectified": "",
    "status=planned": "parks verges both",
    "status=in_progress&status=submitted": "roads nursery",
    "mode=time_limited": "roads parks verges both nursery",
    "kind=campaign": "roads",
    "overdue=true": "roads nursery",
    "overdue=false": "parks verges both",
    "due_after=2026-03-02": "parks both",
    "due_before=2026-03-01": "roads nursery",
    "incomplete=true": "verges",
    "lacking=leader": "verges",
    "lacking=lead_unit": "",
    "completion=done": "",
    "claimed=false": "roads parks verges both nursery",
    "claimed=true": "",
    "returned=false": "roads parks verges both nursery",
    "returned=true": "",
    "unreported_since=2026-02-27T17:00:00%2B08:00": "roads nursery",
    "signed_off_until=2026-03-02T17:00:00%2B08:00": "",
    "q=holes&unit={parks}": "",
}
ONE_OF_EACH = ("inspector", "roads_officer", "parks_officer", "member")
ISSUE_OF = {"roads": "roads", "parks": "parks", "verges": "parks", "both": "both", "nursery": "both"}
AREA_OF = {"roads": "Area 1", "parks": "Area 2", "both": "Area 3"}


def seen_by_person() -> dict[str, set[str]]:
    head, *lines = [line.split() for line in SEES.strip().splitlines()]
    return {who: {name for name, mark in zip(head, marks, strict=True) if mark == "yes"} for who, *marks in lines}


SEEN = seen_by_person()


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def place(db: None) -> TwoUnits:
    return TwoUnits()


@pytest.fixture
def browsers(place: TwoUnits) -> dict[str, Client]:
    return at_their_desks(place, SEEN)


def traces(place: TwoUnits, names: set[str]) -> list[str]:
    """Words that would give away what is not among `names`: texts, codes, leaders, reasons, headings, task forces."""
    words = []
    for name in set(place.measures) - names:
        measure = place.measures[name]
        words += [measure.text, measure.code]
        words += [measure.leader.name, f"Reason of {measure.leader}"] if measure.leader else []
    for name in set(place.issues) - {ISSUE_OF[name] for name in names}:
        force = place.issues[name].task_force
        words += [place.issues[name].text, AREA_OF[name], *([force.name] if force else [])]
    return words


def assert_nothing_leaks(place: TwoUnits, who: str, page: Page) -> None:
    """Word by word: a code that is the beginning of another one gives nothing away."""
    found = [words for words in traces(place, SEEN[who]) if re.search(rf"{re.escape(words)}(?![-\w])", page.html)]
    assert found == [], who


def filled(place: TwoUnits, query: str) -> str:
    numbers = {"roads": place.roads, "parks": place.parks, "cast": place.organisation}
    numbers |= {f"{force}": force for force in (place.green, place.grey)}
    numbers |= {f"{measure.leader}": measure.leader for measure in place.measures.values()}
    numbers |= {f"issue of {name}": found for name, found in place.issues.items()}
    numbers |= {f"Category of {name}": found.problem.category for name, found in place.issues.items()}
    numbers |= {AREA_OF[name]: found.problem.category.area for name, found in place.issues.items()}
    return re.sub(r"\{(.+?)\}", lambda name: str(numbers[name[1]].pk), query)


@pytest.mark.parametrize("query", list(FILTERS))
def test_the_ledger_lists_and_counts_only_what_the_person_sees(
    place: TwoUnits, browsers: dict[str, Client], query: str
) -> None:
    people, sorts = (SEEN, ["", *SORTS]) if not query else (ONE_OF_EACH, ["", "deadline"])
    for who in people:
        expected = SEEN[who] & set(FILTERS[query].split())
        for sort in sorts:
            address = f"{place.address('ledger')}?{filled(place, query)}&sort={sort}"
            page = Page(browsers[who].get(address))
            assert sorted(page.listed()) == sorted(place.measures[name].text for name in expected), (who, sort)
            assert page.counted() == (len({ISSUE_OF[name] for name in expected}), len(expected)), (who, sort)
            assert_nothing_leaks(place, who, page)


def test_every_filter_is_tried() -> None:
    assert {name for query in FILTERS for name in re.findall(r"(\w+)=", query)} == set(MeasureFilter.base_filters)


CHOICES: dict[str, dict[str, list[str]]] = {
    "office": {
        "unit": ["Roads", "Parks"],
        "supporting": ["Parks"],
        "leader": ["Both chief", "Nursery chief", "Parks chief", "Roads chief"],
        "area": ["(1) Area 1", "(2) Area 2", "(3) Area 3"],
        "category": ["1. Category 1"] * 3,
        "task_force": ["Green force", "Grey force"],
    },
    "roads_officer": {
        "unit": ["Roads"],
        "supporting": ["Parks"],
        "leader": ["Both chief", "Roads chief"],
        "area": ["(1) Area 1", "(3) Area 3"],
        "category": ["1. Category 1"] * 2,
        "task_force": ["Grey force"],
    },
    "parks_officer": {
        "unit": ["Roads", "Parks"],
        "supporting": ["Parks"],
        "leader": ["Both chief", "Nursery chief", "Parks chief"],
        "area": ["(2) Area 2", "(3) Area 3"],
        "category": ["1. Category 1"] * 2,
        "task_force": ["Green force"],
    },
    "member": {
        "unit": ["Parks"],
        "supporting": [],
        "leader": ["Parks chief"],
        "area": ["(2) Area 2"],
        "category": ["1. Category 1"],
        "task_force": ["Green force"],
    },
}


@pytest.mark.parametrize("who", list(CHOICES))
def test_the_filters_offer_only_what_the_person_sees(place: TwoUnits, browsers: dict[str, Client], who: str) -> None:
    page = Page(browsers[who].get(place.address("ledger")))
    assert {name: page.choices(name) for name in CHOICES[who]} == CHOICES[who]
    headings = Page(browsers[who].get(f"{place.address('ledger')}?level=area")).texts("//tr[@class='row-area']")
    told = {"1": "1 issue · 1 measure", "2": "1 issue · 2 measures", "3": "1 issue · 2 measures"}
    if who == "roads_officer":
        told["3"] = "1 issue · 1 measure"
    assert headings == [f"{area} {told[area[1]]}" for area in CHOICES[who]["area"]]


# The figures on top; then each table row by row: area and states, heading, done / counted, overdue, due soon.
DASHBOARDS: dict[str, dict[str, Any]] = {
    "inspector": {
        "figures": "0/3 rectified, 0/5 signed off, 2 overdue, 1 soon, 0 for me, 0 under review, 0 returned, 2 silent, "
        "2 waiting",
        "Area": ["Area 1 0 0 0 1 0 0 1", "Area 2 0 0 0 0 2 0 2", "Area 3 0 0 0 1 1 0 2"],
        "Lead unit": ["Roads 0/2 1 0", "Parks 0/3 1 1"],
        "Leader": ["Nursery chief 0/1 1 0", "Roads chief 0/1 1 0", "Both chief 0/1 0 0", "Parks chief 0/1 0 1"],
        "unassigned": "not assigned 0/1 0 0",
        "Late": ["roads", "nursery"],
    },
    "roads_officer": {
        "figures": "0/2 rectified, 0/2 signed off, 1 overdue, 0 soon, 0 for me, 0 under review, 0 returned, 1 silent, "
        "1 waiting",
        "Area": ["Area 1 0 0 0 1 0 0 1", "Area 3 0 0 0 0 1 0 1"],
        "Lead unit": ["Roads 0/2 1 0"],
        "Leader": ["Roads chief 0/1 1 0", "Both chief 0/1 0 0"],
        "unassigned": "",
        "Late": ["roads"],
    },
    "parks_officer": {
        "figures": "0/2 rectified, 0/4 signed off, 1 overdue, 1 soon, 0 for me, 0 under review, 0 returned, 1 silent, "
        "1 waiting",
        "Area": ["Area 2 0 0 0 0 2 0 2", "Area 3 0 0 0 1 1 0 2"],
        "Lead unit": ["Roads 0/1 0 0", "Parks 0/3 1 1"],
        "Leader": ["Nursery chief 0/1 1 0", "Both chief 0/1 0 0", "Parks chief 0/1 0 1"],
        "unassigned": "not assigned 0/1 0 0",
        "Late": ["nursery"],
    },
    "member": {
        "figures": "0/1 rectified, 0/2 signed off, 0 overdue, 1 soon, 0 for me, 0 under review, 0 returned, 0 silent, "
        "1 waiting",
        "Area": ["Area 2 0 0 0 0 2 0 2"],
        "Lead unit": ["Parks 0/2 0 1"],
        "Leader": ["Parks chief 0/1 0 1"],
        "unassigned": "not assigned 0/1 0 0",
        "Late": [],
    },
}
SAME = {"office": "inspector", "group": "inspector", "leader": "inspector", "roads_head": "roads_officer"}


def figures_of(page: Page) -> str:
    words = {"Rate by issue": "rectified", "Rate by measure": "signed off", "extensions waiting": "waiting"}
    words |= {"due within 10 days": "soon", "no report this week": "silent", "waiting for me": "for me"}
    rates = [(f"{done}/{of}", words[label]) for label, (_rate, done, of, _href) in page.rates().items()]
    tiles = [(t.figure, words.get(t.label, t.label)) for t in page.tiles().values()]
    return ", ".join(f"{figure} {word}" for figure, word in [*rates, *tiles])


def rows_of(page: Page, heading: str) -> list[str]:
    """Heading, done / counted, overdue, due soon; the ranks of units are those of whoever sees the whole."""
    return [f"{row[0]} {row[-4].replace(' ', '')} {row[-2]} {row[-1]}" for row in page.table(heading)]


def states_of(page: Page) -> list[str]:
    """Area, signed off, under review, in progress, overdue, planned, cancelled, all."""
    return [" ".join(row[:-1]) for row in page.table("Area")]


@pytest.mark.parametrize("who", list(SEEN))
def test_every_figure_of_the_dashboard_counts_what_the_person_sees(
    place: TwoUnits, browsers: dict[str, Client], who: str
) -> None:
    page = Page(browsers[who].get(place.address("inspection")))
    expected = DASHBOARDS[SAME.get(who, who)]
    assert figures_of(page) == expected["figures"]
    assert states_of(page) == expected["Area"]
    assert rows_of(page, "Lead unit") == expected["Lead unit"]
    assert rows_of(page, "Leader") == [*expected["Leader"], *filter(None, [expected["unassigned"]])]
    late = [place.measures[name].text for name in expected["Late"]]
    assert [row[1] for row in page.table("Late")] == late
    lacking = "verges" in SEEN[who]
    assert ("1 measure lacks a leader, a unit or a deadline" in page.text()) == lacking
    assert_nothing_leaks(place, who, page)


@pytest.mark.parametrize("who", list(SEEN))
def test_the_page_of_an_issue_shows_the_measures_that_the_person_sees(
    place: TwoUnits, browsers: dict[str, Client], who: str
) -> None:
    for name in {ISSUE_OF[name] for name in SEEN[who]}:
        page = Page(browsers[who].get(place.address(f"issue {name}")))
        seen = [key for key in place.measures if key in SEEN[who] and ISSUE_OF[key] == name]
        assert page.texts("//div[contains(@class, 'measure-card')]/p[1]/a") == [
            f"{place.measures[key].code} {place.measures[key].text}" for key in seen
        ]
        assert page.texts("//h2")[0] == f"{len(seen)} measure{'s' if len(seen) > 1 else ''}"
        assert sum(int(words.rsplit(" ", 1)[1]) for words in page.texts("//ul[@class='legend']/li")) == len(seen)
        assert_nothing_leaks(place, who, page)


@pytest.mark.parametrize("who", list(SEEN))
def test_the_pages_of_measures_and_their_tabs_tell_nothing_of_others(
    place: TwoUnits, browsers: dict[str, Client], who: str
) -> None:
    """Also where a measure is done again that was another unit's."""
    Measure.objects.filter(pk=place.measures["both"].pk).update(redo_of=place.measures["nursery"])
    for name in SEEN[who]:
        for tab in ("", "?tab=milestones", "?tab=extensions", "?tab=history"):
            page = Page(browsers[who].get(place.address(f"measure {name}") + tab))
            assert page.status == 200
            assert_nothing_leaks(place, who, page)


QUEUES = {"roads_officer": ["roads"], "roads_head": ["roads"], "parks_officer": ["parks"], "member": ["parks"]}


@pytest.mark.parametrize("who", list(SEEN))
def test_the_queue_of_extensions_holds_what_the_person_sees(
    place: TwoUnits, browsers: dict[str, Client], who: str
) -> None:
    page = Page(browsers[who].get(reverse("extensions")))
    waiting = QUEUES.get(who, ["roads", "parks"])
    assert page.texts("//div[@class='card']/p/a") == [
        f"{place.measures[name].code} {place.measures[name].text}" for name in waiting
    ]
    assert_nothing_leaks(place, who, page)


@pytest.mark.parametrize(
    ("who", "work", "told"),
    [
        ("roads_officer", ["roads", "both"], "2 measures are late or due within 30 days, of 2 unfinished ones"),
        ("roads_head", ["roads", "both"], "2 measures are late or due within 30 days, of 2 unfinished ones"),
        ("parks_officer", ["nursery", "parks", "both"], "3 measures are late or due within 30 days, of 4 unfinished"),
    ],
)
def test_my_work_is_the_work_of_ones_own_unit(
    place: TwoUnits, browsers: dict[str, Client], who: str, work: list[str], told: str
) -> None:
    page = Page(browsers[who].get(reverse("home")))
    assert page.texts("//div[contains(@class, 'work-line')]//a[contains(@href, '/measures/')][span]") == [
        f"{place.measures[name].code} {place.measures[name].text}" for name in work
    ]
    assert told in page.text()
    assert_nothing_leaks(place, who, page)


SWITCHES = {
    "parks_officer": ["First"],
    "member": ["First"],
    "stranger": ["Theirs"],
    "auditor": [],
    "system_admin": [],
    "superuser": [],
}


@pytest.mark.parametrize("who", [*SEEN, "stranger", "auditor", "system_admin", "superuser"])
def test_the_switch_between_inspections_leads_only_where_one_may_go(place: TwoUnits, who: str) -> None:
    """A second inspection of the bureau holds work of Roads alone; a third one is another bureau's."""
    Inspection.objects.filter(pk=place.inspection.pk).update(title="First")
    second = inspection_of(place.organisation, title="Second")
    measure(issue(second, text="Kerbs are broken"), lead_unit=place.roads, leader=place.leader)
    inspection_of(place.stranger.unit, title="Theirs")
    browser = at_their_desks(place, [who])[who]
    page = Page(browser.get(reverse("account")))
    expected = SWITCHES.get(who, ["First", "Second"])
    assert sorted(page.texts("//details[.//span='Switch']//a")) == expected
    home = Page(browser.get(reverse("home"), follow=True))
    if expected == ["First"] and who != "parks_officer" or expected == ["Theirs"]:
        assert home.texts("//h1") == expected, "the only inspection is shown at once"
    else:
        assert sorted(home.texts("//table//th[@scope='row']/a")) == expected
