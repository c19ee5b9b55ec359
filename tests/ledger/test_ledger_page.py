"""The ledger as one table: the tree, folding, filters, sorting, pages, and what a page costs."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from issues.models import Area, Category, Issue, Problem, code_of, sort_key_of
from measures.models import Measure
from tests.factories import NOW, Cast, issue, measure, problem, sign_off

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
CODES = re.compile(r'<td class="nowrap">(?:<input[^>]*> )?(\d[\d-]+)</td>')
HEADINGS = re.compile(r'id="fold-(area|category)-\d+".*?<span>([^<]*)</span>', re.DOTALL)


def listed(client: Client, cast: Cast, query: str = "") -> str:
    answer = client.get(f"/inspections/{cast.inspection.code}/ledger/{query}")
    assert answer.status_code == 200
    return answer.content.decode()


def codes(html: str) -> list[str]:
    """Codes of the measures on the page, in their order."""
    return CODES.findall(html)


def headings(html: str) -> list[str]:
    return [" ".join(title.split()) for _kind, title in HEADINGS.findall(html)]


@pytest.fixture
def plan(cast: Cast) -> list[Measure]:
    """Two areas, three categories, four issues, six measures."""
    made = []
    for area, category, count in [(1, 1, 2), (1, 2, 1), (2, 1, 2), (2, 1, 1)]:
        under = issue(cast.inspection, under=problem(cast.inspection, area=area, category=category))
        made += [measure(under, lead_unit=cast.roads, leader=cast.leader) for _each in range(count)]
    return made


ALL = ["1-1-1-01-01", "1-1-1-01-02", "1-2-1-01-01", "2-1-1-01-01", "2-1-1-01-02", "2-1-1-02-01"]


def test_the_tree_is_shown_in_the_order_of_the_plan(cast: Cast, plan: list[Measure], page_of: PageOf) -> None:
    html = listed(page_of(cast.office), cast)
    assert codes(html) == ALL
    assert headings(html) == ["(1) Area 1", "1. Category 1", "1. Category 2", "(2) Area 2", "1. Category 1"]
    assert "<strong>4</strong> issues" in html
    assert "<strong>6</strong> measures" in html


def test_a_folded_category_keeps_its_heading_and_counts(cast: Cast, plan: list[Measure], page_of: PageOf) -> None:
    category = plan[0].issue.problem.category
    html = listed(page_of(cast.office), cast, f"?toggled=c{category.pk}")
    assert codes(html) == ALL[2:]
    assert "1. Category 1" in headings(html)
    assert "<strong>6</strong> measures" in html
    assert 'aria-expanded="false"' in html


def test_a_folded_area_hides_its_categories(cast: Cast, plan: list[Measure], page_of: PageOf) -> None:
    area = plan[0].issue.problem.category.area
    html = listed(page_of(cast.office), cast, f"?toggled=a{area.pk}")
    assert headings(html) == ["(1) Area 1", "(2) Area 2", "1. Category 1"]
    assert codes(html) == ALL[3:]


@pytest.mark.parametrize(
    ("level", "shown", "bars"), [("area", 2, 0), ("category", 5, 0), ("issue", 5, 4), ("measure", 5, 4)]
)
def test_the_tree_unfolds_down_to_a_level(
    cast: Cast, plan: list[Measure], page_of: PageOf, level: str, shown: int, bars: int
) -> None:
    html = listed(page_of(cast.office), cast, f"?level={level}")
    assert len(headings(html)) == shown
    assert html.count('class="row-issue"') == bars
    assert codes(html) == (ALL if level == "measure" else [])


def test_a_folded_issue_shows_its_bar_and_not_its_measures(cast: Cast, plan: list[Measure], page_of: PageOf) -> None:
    html = listed(page_of(cast.office), cast, f"?toggled=i{plan[0].issue_id}")
    assert codes(html) == ALL[2:]
    assert html.count('class="segments"') == 4


def test_odd_folding_in_an_address_is_no_error(cast: Cast, plan: list[Measure], page_of: PageOf) -> None:
    assert codes(listed(page_of(cast.office), cast, "?toggled=zz..a-1.%00&level=attic&page=999&sort=x")) == ALL


@pytest.fixture
def varied(cast: Cast, plan: list[Measure]) -> list[Measure]:
    """The six measures, each different in what the filters look at."""
    today = timezone.localdate()
    first, second, third, fourth, fifth, sixth = plan
    _set(first, status="in_progress", deadline=today - timedelta(days=3), kinds=["rule_making"])
    _set(second, deadline=today, text="Repair the western bridge")
    _set(third, deadline=today + timedelta(days=20), lead_unit=cast.parks, leader=cast.parks_officer)
    _set(fourth, deadline=None, mode="long_term", kinds=["rule_making", "major"])
    _set(fifth, status="submitted", deadline=today - timedelta(days=30))
    sign_off(fifth)
    _set(sixth, leader=None, deadline=None)
    fourth.supporting_units.add(cast.parks)
    Issue.objects.filter(pk=third.issue_id).update(text="The market hall leaks")
    return plan


def _set(row: Measure, **values: Any) -> None:
    Measure.objects.filter(pk=row.pk).update(**values)


@pytest.mark.parametrize(
    ("query", "places"),
    [
        ("status=in_progress", [0]),
        ("status=in_progress&status=signed_off", [0, 4]),
        ("overdue=true", [0]),
        ("overdue=false", [1, 2, 3, 4, 5]),
        ("incomplete=true", [5]),
        ("mode=long_term", [3]),
        ("kind=rule_making", [0, 3]),
        ("kind=major", [3]),
        ("q=bridge", [1]),
        ("q=BRIDGE+western", [1]),
        ("q=market", [2]),
        ("q=2-1-1-01", [3, 4]),
        ("q=100%25", []),
        ("unit={parks}", [2]),
        ("unit={bureau}", [0, 1, 2, 3, 4, 5]),
        ("supporting={parks}", [3]),
        ("leader={leader}", [0, 1, 3, 4]),
        ("due_after={today}", [1, 2]),
        ("due_before={today}", [0, 1, 4]),
        ("due_after={today}&due_before={today}", [1]),
        ("area={area}", [0, 1, 2]),
        ("category={category}", [0, 1]),
        ("issue={issue}", [0, 1]),
        ("status=planned&unit={roads}&q=bridge", [1]),
        ("unit=999999", []),
    ],
)
def test_every_filter(cast: Cast, varied: list[Measure], page_of: PageOf, query: str, places: list[int]) -> None:
    above = varied[0].issue.problem.category
    words = {
        "parks": cast.parks.pk,
        "roads": cast.roads.pk,
        "cast": cast.organisation.pk,
        "leader": cast.leader.pk,
        "today": timezone.localdate(),
        "area": above.area_id,
        "category": above.pk,
        "issue": varied[0].issue_id,
    }
    html = listed(page_of(cast.office), cast, "?" + query.format(**words))
    assert codes(html) == [ALL[place] for place in places]
    number = len(places)
    assert f"<strong>{number}</strong> measure{'' if number == 1 else 's'}" in html


def test_filters_in_force_are_told_and_each_can_be_taken_away(
    cast: Cast, varied: list[Measure], page_of: PageOf
) -> None:
    html = listed(page_of(cast.office), cast, f"?unit={cast.roads.pk}&overdue=true&status=planned")
    assert 'href="?overdue=true&amp;status=planned"' in html
    assert 'href="?unit=' in html
    assert "Lead unit: Roads" in html
    assert "State: planned" in html


def test_a_filter_that_makes_no_sense_is_told_and_lists_nothing(
    cast: Cast, plan: list[Measure], page_of: PageOf
) -> None:
    answer = page_of(cast.office).get(f"/inspections/{cast.inspection.code}/ledger/?due_before=tomorrow")
    assert answer.status_code == 422
    assert "Enter a valid date" in answer.content.decode()
    assert codes(answer.content.decode()) == []


def test_a_plain_form_filters_nothing(cast: Cast, varied: list[Measure], page_of: PageOf) -> None:
    """The form sent as it first stands, every choice on all, gives the whole ledger."""
    names = "q unit leader overdue mode due_after due_before area category task_force supporting kind incomplete"
    html = listed(page_of(cast.office), cast, "?" + "&".join(f"{name}=" for name in names.split()))
    assert codes(html) == ALL
    first_choices = re.findall(r"<select[^>]*>\s*<option value=\"([^\"]*)\"", html)
    assert first_choices
    assert set(first_choices) == {""}


@pytest.mark.parametrize(
    ("sort", "places"),
    [("deadline", [4, 0, 1, 2, 3, 5]), ("-deadline", [2, 1, 0, 4, 3, 5]), ("status", [0, 1, 2, 3, 5, 4])],
)
def test_sorting_lists_measures_without_headings(
    cast: Cast, varied: list[Measure], page_of: PageOf, sort: str, places: list[int]
) -> None:
    html = listed(page_of(cast.office), cast, f"?sort={sort}")
    assert codes(html) == [ALL[place] for place in places]
    assert headings(html) == []


def test_issues_without_measures_are_shown_until_a_filter_is_set(
    cast: Cast, plan: list[Measure], page_of: PageOf
) -> None:
    empty = issue(cast.inspection, under=plan[0].issue.problem)
    assert empty.code in listed(page_of(cast.office), cast)
    assert empty.code not in listed(page_of(cast.office), cast, "?status=planned")


def test_pages_hold_every_issue_once_whatever_is_folded(cast: Cast, page_of: PageOf) -> None:
    """Three areas, thirty categories, ninety issues: walk the pages and collect what each shows."""
    _grow(cast, issues=90, each=1)
    client = page_of(cast.office)
    folded = list(Category.objects.order_by("pk").values_list("pk", flat=True))[3:12:3]
    toggled = ".".join(f"c{pk}" for pk in folded)
    whole: list[str] = []
    seen: list[str] = []
    for page in range(1, 6):
        html = listed(client, cast, f"?toggled={toggled}&page={page}")
        if page > 1 and f'aria-current="page">{page}<' not in html:
            break
        seen += re.findall(r'id="fold-issue-(\d+)"', html)
        whole += re.findall(r'id="fold-category-(\d+)"[^>]*aria-expanded="false"', html)
    hidden = set(Issue.objects.filter(problem__category__in=folded).values_list("pk", flat=True))
    expected = [str(pk) for pk in Issue.objects.order_by("sort_key").values_list("pk", flat=True) if pk not in hidden]
    assert seen == expected
    assert whole == [str(pk) for pk in folded]


def _grow(cast: Cast, *, issues: int, each: int) -> None:
    """A plan of any size, three issues a category."""
    inspection, made, categories = cast.inspection, [], {}
    areas = [Area.objects.create(inspection=inspection, position=n, title=f"Area {n}") for n in (1, 2, 3)]
    for number in range(issues):
        a, c, i = number * 3 // issues, number // 3, number % 3
        if c not in categories:
            category = Category.objects.create(inspection=inspection, area=areas[a], position=c + 1, title=f"Cat {c}")
            categories[c] = Problem.objects.create(inspection=inspection, category=category, position=1)
        places = (a + 1, c + 1, 1, i + 1)
        made.append(
            Issue(
                inspection=inspection,
                problem=categories[c],
                position=i + 1,
                code=code_of(*places),
                sort_key=sort_key_of(*places),
                text=f"Issue {number}",
            )
        )
    Issue.objects.bulk_create(made)
    Measure.objects.bulk_create(
        Measure(
            inspection=inspection,
            issue=row,
            position=n,
            code=f"{row.code}-{n:02}",
            sort_key=row.sort_key + sort_key_of(n),
            text=f"Measure {n}",
            lead_unit=cast.roads,
            leader=cast.leader,
            deadline=NOW.date() + timedelta(days=n),
        )
        for row in made
        for n in range(1, each + 1)
    )


def test_a_page_costs_twelve_queries_at_most_whatever_the_size(
    cast: Cast, page_of: PageOf, queries: Callable[[Callable[[], Any]], int]
) -> None:
    """For 243 measures and for ten times as many alike, for the office and for an officer, with filters and without."""
    asked = ["", "sort=deadline", f"unit={cast.roads.pk}&leader={cast.leader.pk}&overdue=true&q=a", "level=area"]
    readers = [page_of(cast.office), page_of(cast.roads_officer)]

    def costs() -> list[int]:
        addresses = [f"/inspections/{cast.inspection.code}/ledger/?{query}" for query in asked]
        return [queries(lambda c=c, a=a: c.get(a)) for c in readers for a in addresses]

    _grow(cast, issues=81, each=3)
    small = costs()
    _enlarge(cast, to=2_500)
    assert costs() == small
    assert max(small) <= 12, small


def _enlarge(cast: Cast, *, to: int) -> None:
    rows = list(Issue.objects.filter(inspection=cast.inspection))
    more = (to - Measure.objects.count()) // len(rows) + 1
    Measure.objects.bulk_create(
        (
            Measure(
                inspection=cast.inspection,
                issue=row,
                position=n,
                code=f"{row.code}-{n:04}",
                sort_key=row.sort_key + sort_key_of(n),
                text=f"Measure {n}",
                lead_unit=cast.roads,
                leader=cast.leader,
                deadline=NOW.date(),
            )
            for row in rows
            for n in range(10, 10 + more)
        ),
        batch_size=500,
    )
    assert Measure.objects.count() >= to
