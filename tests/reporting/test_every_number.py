"""Every number on a dashboard against the list that it leads to, and against the API, for each role and two units."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from core.templatetags.components import percent
from issues.models import Inspection
from measures.models import Measure, ProgressReport
from reporting.services import roll_up_due
from tests.factories import NOW
from tests.html_pages import Page
from tests.reporting.test_dashboard import day
from tests.signoffs.review_setup import Review, give_back
from tests.two_units import TwoUnits

pytestmark = pytest.mark.django_db
ROLES = ["office", "group", "leader", "inspector", "roads_officer", "roads_head", "parks_officer", "member"]
OF_ISSUES = "ancestor::div[@class='issue-states'] or contains(@href, 'issue_status') or contains(@href, 'claimed')"
RANKING = "//table[@class='wall-ranking']/tbody/tr"


@pytest.fixture
def review(db: None) -> Review:
    """Two units, two leaders and nobody; every state; returned once and twice; reported this week and before."""
    place = Review()
    shared: dict[str, Any] = {"issue": place.issue(leader=place.leader), "leader": place.other_leader}
    for offset in (-4, 4):
        give_back(place.applied(deadline=day(offset)), by=place.office)
    again = give_back(place.applied(deadline=day(6)), by=place.office).application.measure
    place.applied(again)  # applied for a second time: under review, not returned
    place.applied(deadline=day(-9))
    for state, offset, lead in (
        ("planned", -2, place.parks),
        ("planned", 30, place.parks),
        ("in_progress", -1, place.roads),
        ("in_progress", 5, place.parks),
        ("signed_off", -20, place.roads),
        ("signed_off", 3, place.parks),
        ("cancelled", -3, place.roads),
    ):
        because = "Not needed any more" if state == "cancelled" else ""
        place.measure(status=state, deadline=day(offset), lead_unit=lead, cancellation_reason=because, **shared)
    place.measure(status="planned", lead_unit=None, leader=None, deadline=day(-2))
    place.measure(status="planned", lead_unit=place.parks, leader=place.leader, deadline=None)
    lasting = place.measure(status="in_progress", mode="long_term", deadline=None, supporting_units=[place.parks])
    ProgressReport.objects.create(measure=lasting, text="Kept up", by=place.roads_officer, unit=place.roads, at=NOW)
    place.issue(status="open")  # nobody has planned anything for it yet
    place.issue(status="rectified", completion="basically_done")
    return place


def numbers(page: Page) -> list[tuple[str, int, bool]]:
    """Every link of the page that says a number: where it leads, the number, whether it counts issues.

    Headings are left out: they are names, and may have a number in them.
    """
    found = []
    for link in page.tree.xpath("//main//a[contains(@href, '/ledger/')][not(ancestor::th)]"):
        told = re.search(r"\d+", " ".join(link.xpath("string(.//span[@class='tile-figure'])").split()) or _plain(link))
        if told:
            found.append((link.get("href"), int(told[0]), bool(link.xpath(f"boolean({OF_ISSUES})"))))
    return found


def _plain(link: Any) -> str:
    """The number of a link: the first one of `3 / 7`, the last one of `overdue 3`."""
    words = " ".join(link.text_content().split())
    return words.split("/")[0] if "/" in words else (re.findall(r"\d+", words) or [""])[-1]


def counted(client: Client, href: str) -> tuple[int, int]:
    page = Page(client.get(href))
    assert page.status == 200, href
    return page.counted()


@pytest.mark.parametrize("who", ROLES)
def test_every_number_of_the_dashboard_is_that_of_its_list_and_of_the_api(
    review: Review, page_of: Callable[[Any], Client], who: str
) -> None:
    client = page_of(getattr(review, who))
    page = Page(client.get(reverse("inspection", args=[review.inspection.code])))
    told = numbers(page)
    assert len(told) > (40 if who in ROLES[:4] else 12)
    for href, number, is_of_issues in dict.fromkeys(told):
        issues, measures = counted(client, href)
        if is_of_issues or (href.endswith("?overdue=true") and number != measures):
            assert issues == number, href
            continue
        assert measures == number, href
        asked = {**dict(parse_qsl(urlsplit(href).query)), "inspection": review.inspection.code, "page_size": 1}
        asked.pop("sort", None)  # the order of a page, no filter
        answer = client.get("/api/v1/measures/", asked)
        assert answer.status_code == 200, answer.content
        assert answer.json()["count"] == number, href


@pytest.mark.parametrize("who", ["roads_officer", "roads_head", "parks_officer"])
def test_every_number_above_my_work_is_that_of_its_list_and_of_the_api(
    review: Review, page_of: Callable[[Any], Client], who: str
) -> None:
    client = page_of(getattr(review, who))
    page = Page(client.get("/"))
    told = numbers(page)
    assert len(told) > 4
    for href, number, is_of_issues in told:
        assert counted(client, href)[not is_of_issues] == number, href
    ((_title, by_issue, by_measure, _time, _weeks, late, soon, *_rest),) = page.table("Inspection")
    figures = stats_of(review, client)
    issues, measures = figures["issues"], figures["measures"]
    assert by_issue == f"{percent(issues['rate'])} {issues['rectified']} / {issues['total']}"
    assert by_measure == f"{percent(measures['rate'])} {measures['signed_off']} / {measures['counted']}"
    assert (late, soon) == (str(measures["overdue"]), str(measures["due_soon"]))


@pytest.mark.parametrize(("who", "seen"), [("office", 14), ("roads_officer", 8), ("parks_officer", 6), ("member", 4)])
def test_the_figures_together_count_what_the_person_sees(
    review: Review, page_of: Callable[[Any], Client], who: str, seen: int
) -> None:
    """The denominator is not a link; it is all that is seen without the cancelled ones."""
    person = getattr(review, who)
    page = Page(page_of(person).get(reverse("inspection", args=[review.inspection.code])))
    visible = Measure.objects.visible_to(person)
    assert page.rates()["Rate by measure"][2] == visible.exclude(status="cancelled").count()
    assert visible.count() == seen
    assert sum(int(row[-2]) for row in page.table("Area")) == seen
    for heading in ("Lead unit", "Leader"):
        denominators = [int(row[-4].split("/")[1]) for row in page.table(heading)]
        assert sum(denominators) == visible.exclude(status="cancelled").count(), heading


def test_a_leader_sees_what_is_their_own_responsibility(review: Review, page_of: Callable[[Any], Client]) -> None:
    address = reverse("inspection", args=[review.inspection.code])
    mine = Page(page_of(review.other_leader).get(address)).text("//section[contains(@class, 'my-measures')]")
    assert mine.startswith("My responsibility 7 measures signed off 2 33.3% under review 0 overdue 2 due soon 1")
    assert Page(page_of(review.office).get(address)).tree.xpath("//section[contains(@class, 'my-measures')]") == []


def test_what_came_back_stands_with_its_reason_in_full(review: Review, page_of: Callable[[Any], Client]) -> None:
    page = Page(page_of(review.office).get(reverse("inspection", args=[review.inspection.code])))
    rows = page.table("Returned on")
    assert len(rows) == 2
    assert {row[2] for row in rows} == {"the task is not done Two holes beside the school are still open."}


def stats_of(review: Review, client: Client, group_by: str = "") -> Any:
    asked = {"inspection": review.inspection.code} | ({"group_by": group_by} if group_by else {})
    answer = client.get("/api/v1/stats/", asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def told_of(figures: dict[str, Any]) -> dict[str, Any]:
    """The figures of a group by the API in the words of a row of the dashboard: what is overdue is in no state."""
    return {
        "Signed off": f"{figures['signed_off']} / {figures['counted']}",
        "Overdue": str(figures["overdue"]),
        "Due soon": str(figures["due_soon"]),
        "signed off": str(figures["signed_off"]),
        "under review": str(figures["under_review"]),
        "overdue": str(figures["overdue"]),
        "cancelled": str(figures["cancelled"]),
        "all": str(figures["total"]),
        "unfinished": figures["planned"] + figures["in_progress"],
        "rate": percent(figures["rate"]),
    }


def rows_of(page: Page, heading: str) -> dict[str, dict[str, Any]]:
    """The rows of a table by their first cell, each as label → words."""
    table = page.tree.xpath(f"//table[.//th[normalize-space()='{heading}']]")[0]
    found = {}
    for row in table.xpath(".//tbody/tr | .//tfoot/tr"):
        cells: dict[str, Any] = {
            cell.get("data-label"): " ".join(cell.text_content().split()) for cell in row.xpath("./td")
        }
        cells["rate"] = (cells.get("rate") or cells["Rate"]).split()[0]
        if "planned" in cells:
            cells["unfinished"] = sum(int(cells[name]) for name in ("in progress", "overdue", "planned"))
        found[" ".join(row.xpath("string(./th//a | ./th[not(.//a)])").split())] = cells
    return found


@pytest.mark.parametrize("who", ROLES)
def test_the_dashboard_and_the_figures_of_the_api_are_the_same(
    review: Review, page_of: Callable[[Any], Client], who: str
) -> None:
    """Whole, by area, by unit and by leader: the page counts by its own queries, the API by those of the weeks."""
    client = page_of(getattr(review, who))
    page = Page(client.get(reverse("inspection", args=[review.inspection.code])))
    whole = stats_of(review, client)
    measures, issues = whole["measures"], whole["issues"]
    rates = page.rates()
    assert rates["Rate by measure"][:3] == (percent(measures["rate"]), measures["signed_off"], measures["counted"])
    assert rates["Rate by issue"][:3] == (percent(issues["rate"]), issues["rectified"], issues["total"])
    tiles = page.tiles()
    told = {"overdue": "overdue", "due within 10 days": "due_soon", "under review": "under_review"}
    assert {name: tiles[name].figure for name in told} == {name: measures[key] for name, key in told.items()}
    for heading, group_by in {"Area": "area", "Lead unit": "unit", "Leader": "leader"}.items():
        shown = rows_of(page, heading)
        counted = {group["name"]: group for group in stats_of(review, client, group_by)["groups"]}
        groups = {name or "not assigned": group["measures"] for name, group in counted.items()}
        if heading == "Area":
            groups["Together"] = measures
        groups = {name: figures for name, figures in groups.items() if figures["total"]}
        assert shown.keys() == groups.keys()
        for name, cells in shown.items():
            expected = told_of(groups[name])
            same = cells.keys() & expected.keys()
            assert len(same) > 3
            assert {key: cells[key] for key in same} == {key: expected[key] for key in same}, (heading, name)
            if "Rank" in cells and name != "not assigned":
                assert cells["Rank"].split()[0] == str(counted[name]["rank"])


@pytest.mark.parametrize("who", ROLES)
def test_the_wall_and_the_figures_of_the_api_are_the_same(
    review: Review, page_of: Callable[[Any], Client], who: str
) -> None:
    client = page_of(getattr(review, who))
    wall = Page(client.get(reverse("screen", args=[review.inspection.code])))
    told = dict(zip(wall.texts("//dl//dt"), wall.texts("//dl//dd"), strict=True))
    whole = stats_of(review, client)
    measures, issues = whole["measures"], whole["issues"]
    assert told["Rate by issue"] == f"{percent(issues['rate'])} {issues['rectified']} / {issues['total']}"
    assert told["Rate by measure"] == f"{percent(measures['rate'])} {measures['signed_off']} / {measures['counted']}"
    assert (told["due within 10 days"], told["overdue"]) == (str(measures["due_soon"]), str(measures["overdue"]))
    counted = {group["name"] or "not assigned": group for group in stats_of(review, client, "unit")["groups"]}
    rows = [["".join(cell.itertext()).split() for cell in row] for row in wall.tree.xpath(RANKING)]
    assert len(rows) == len([group for group in counted.values() if group["measures"]["total"]])
    for _rank, name, _light, done, rate, overdue in rows:
        figures = counted[" ".join(name)]["measures"]
        assert " ".join(done) == f"{figures['signed_off']} / {figures['counted']}"
        assert (rate, overdue) == ([percent(figures["rate"])], [str(figures["overdue"])])


@pytest.mark.parametrize("who", ["office", "leader", "roads_officer", "parks_officer", "member"])
def test_the_weeks_of_the_chart_and_of_the_api_are_the_same(page_of: Callable[[Any], Client], who: str) -> None:
    """Each week that has been rolled up, as who looks may see it, signed off by then."""
    place = TwoUnits()
    begun = {"concentrated_from": date(2026, 2, 9)}  # the chart begins there, the roll-ups with the first measure
    Inspection.objects.filter(pk=place.inspection.pk).update(**begun)
    done = [
        place.measure(status="signed_off", lead_unit=lead, at=NOW - timedelta(weeks=weeks))
        for lead, weeks in ((place.roads, 2), (place.parks, 1))
    ]
    roll_up_due(at=NOW)
    client = page_of(getattr(place, who))
    page = Page(client.get(reverse("inspection", args=[place.inspection.code])))
    chart = {row[0]: row[2] for row in page.table("Week until") if "today" not in row[0]}
    answer = client.get("/api/v1/stats/", {"inspection": place.inspection.code, "group_by": "week"})
    weeks = {group["name"]: group["measures"] for group in answer.json()["groups"]}
    ends = {"2026-W07": "02/13/2026", "2026-W08": "02/20/2026", "2026-W09": "02/27/2026"}
    assert list(weeks) == list(ends)
    told = {ends[label]: str(figures["signed_off"]) for label, figures in weeks.items()}
    assert {day: chart[day] for day in told} == told
    assert told["02/27/2026"] == str(
        Measure.objects.visible_to(getattr(place, who)).filter(pk__in=[each.pk for each in done]).count()
    )
