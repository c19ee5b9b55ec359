"""The dashboard: every figure against a set made by hand, and against the list that it leads to."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Role, Unit
from core.templatetags.components import percent
from issues.models import Inspection, Issue
from measures.models import Extension, Measure
from progress.queries import IssueFigures, MeasureFigures
from tests.factories import NOW, TODAY, Bureau, claim, inspection, issue, measure, problem, unit, user
from tests.pages import Page

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
QUERIES = {"office": 16, "roads_head": 15}
"""What the dashboard costs, session and frame included, whatever the number of measures; more than 16 it may never."""


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def dashboard(client: Client, shown: Inspection) -> Page:
    return Page(client.get(reverse("inspection", args=[shown.code])))


def followed(client: Client, href: str) -> tuple[int, int]:
    """How many issues and measures the list counts that a figure leads to."""
    return Page(client.get(href)).counted()


@pytest.fixture
def page(bureau: Bureau, page_of: PageOf) -> Client:
    return page_of(bureau.office)


@pytest.fixture
def every_state(bureau: Bureau) -> Inspection:
    """Four issues, one in each state; eleven measures in every state, at the borders of the days."""
    rectified = bureau.issue(status="rectified", completion="done")
    running = bureau.issue(status="in_rectification")
    waiting = bureau.issue(status="awaiting_closure")
    begun = bureau.issue()
    bureau.measure(issue=rectified, status="signed_off", deadline=day(-20))
    bureau.measure(issue=rectified, status="cancelled", deadline=day(-3), cancelled_because="Not needed any more")
    bureau.measure(issue=waiting, status="signed_off", deadline=day(3))
    bureau.measure(issue=waiting, status="submitted", deadline=day(-5))  # late, but under review
    bureau.measure(issue=running, status="in_progress", deadline=day(-1))  # overdue since yesterday
    bureau.measure(issue=running, status="in_progress", deadline=day(10))  # the last day that counts as soon
    bureau.measure(issue=running, status="in_progress", deadline=None, mode="long_term")
    bureau.measure(issue=running, status="planned", deadline=day(11))
    bureau.measure(issue=begun, status="planned", deadline=day(-10))  # overdue and not begun
    bureau.measure(issue=begun, status="planned", deadline=day(0))  # due today, not late
    bureau.measure(issue=begun, status="planned", deadline=day(20), leader=None)  # incomplete
    return bureau.inspection


def test_each_figure_counts_what_it_says(every_state: Inspection, page: Client) -> None:
    shown = dashboard(page, every_state)
    tiles = {label: (tile.figure, tile.of) for label, tile in shown.tiles().items()}
    assert tiles == {
        "issues rectified": (1, 4),
        "measures signed off": (2, 10),  # the cancelled one is out of the denominator
        "overdue": (2, None),
        "due within 10 days": (2, None),
        "under review": (1, None),
    }
    assert "Rate by issue 25% (1 / 4) · Rate by measure 20% (2 / 10)" in shown.text()
    assert "1 measure lacks a leader, a unit or a deadline" in shown.text()


def test_each_measure_is_in_one_segment_and_overdue_is_taken_out_of_its_state(
    every_state: Inspection, page: Client
) -> None:
    legend = dashboard(page, every_state).texts("//ul[@class='legend']/li")
    assert legend == ["signed off 2", "under review 1", "in progress 2", "overdue 2", "planned 3", "cancelled 1"]
    assert sum(int(words.rsplit(" ", 1)[1]) for words in legend) == 11


def test_submitted_late_is_under_review_and_not_overdue(every_state: Inspection, page: Client) -> None:
    late = [row[1] for row in dashboard(page, every_state).table("Late")]
    expected = every_state.measures.filter(deadline__in=[day(-10), day(-1)]).order_by("deadline")
    assert late == [measure.text for measure in expected]


def test_every_tile_leads_to_the_list_that_makes_it_up(
    bureau: Bureau, every_state: Inspection, page: Client, page_of: PageOf
) -> None:
    """Also the queue: it holds the requests of this inspection, not those of another one that waits too."""
    other = inspection(bureau.organisation)
    for measured in (every_state.measures.filter(status="planned").first(), measure(issue(other))):
        asked = {"old_deadline": measured.deadline, "new_deadline": day(90), "reason": "The contractor is late"}
        Extension.objects.create(measure=measured, requested_by=bureau.roads_head, requested_at=NOW, **asked)
    tiles = dashboard(page, every_state).tiles()
    assert set(tiles) == {
        "issues rectified",
        "measures signed off",
        "overdue",
        "due within 10 days",
        "under review",
        "extensions that wait",
    }
    for label, tile in tiles.items():
        if label == "extensions that wait":
            queue = Page(page.get(tile.href))
            assert len(queue.tree.xpath("//main//div[@class='card']")) == tile.figure == 1
        else:
            issues, measures = followed(page, tile.href)
            assert (issues if label == "issues rectified" else measures) == tile.figure, label
    everything = followed(page, reverse("ledger", args=[every_state.code]))
    assert (tiles["issues rectified"].of, tiles["measures signed off"].of) == (4, 10)
    assert everything == (4, 11), "the cancelled one is listed too"
    assert len(Page(page.get(reverse("extensions"))).tree.xpath("//main//div[@class='card']")) == 2


def test_every_link_in_the_tables_leads_to_as_many(bureau: Bureau, every_state: Inspection, page: Client) -> None:
    """A unit's figures are its own: what a part below it leads is counted at that part, and listed there."""
    part = unit("Bridges", parent=bureau.roads)
    bureau.measure(lead_unit=part, deadline=day(-2))
    bureau.measure(lead_unit=None, leader=None, deadline=day(-2))
    shown = dashboard(page, every_state)
    tables = {heading: shown.table(heading) for heading in ("Area", "Lead unit", "Leader")}
    assert {heading: len(rows) for heading, rows in tables.items()} == {"Area": 1, "Lead unit": 3, "Leader": 2}
    ledger = reverse("ledger", args=[every_state.code])
    followed_links = 0
    for row in shown.tree.xpath("//table[contains(@class, 'figures')]/tbody/tr"):
        drawn = sum(int(part.rsplit(" ", 1)[1]) for part in row.xpath("string(.//title)").split(", "))
        for link in row.xpath(".//a"):
            assert link.get("href").startswith(f"{ledger}?")
            count = int(link.text_content()) if link.get("class") == "late" else drawn
            assert followed(page, link.get("href"))[1] == count, link.get("href")
            followed_links += 1
    assert followed_links == 1 + 1 + 2 + 2 + 1 + 1, "names, and the figures of those with something overdue"
    assert [row[-2] for row in tables["Lead unit"]] == ["2", "1", "1"]
    (all_of_them,) = shown.tree.xpath("//p[@class='alert alert-warning']/a/@href")
    assert followed(page, all_of_them) == (2, 2)


def test_long_lists_of_what_is_late_lead_to_all_of_it(bureau: Bureau, page: Client) -> None:
    under = bureau.issue()
    for offset in range(1, 12):
        bureau.measure(issue=under, deadline=day(-offset))
    shown = dashboard(page, bureau.inspection)
    assert len(shown.table("Late")) == 8
    link = shown.one("//a[contains(., 'All 11 overdue measures')]/@href")
    assert followed(page, link)[1] == 11


def test_when_all_is_done_it_is_a_hundred_percent(bureau: Bureau, page: Client) -> None:
    under = bureau.issue(status="rectified", completion="done")
    for _each in range(3):
        bureau.measure(issue=under, status="signed_off")
    bureau.measure(issue=under, status="cancelled", cancelled_because="Not needed any more")
    shown = dashboard(page, bureau.inspection)
    assert "Rate by issue 100% (1 / 1) · Rate by measure 100% (3 / 3)" in shown.text()
    assert "Nothing is overdue." in shown.text()
    for heading in ("Area", "Lead unit", "Leader"):
        assert [row[2] for row in shown.table(heading)] == ["3 / 3 100%"]


@pytest.mark.parametrize(
    ("done", "all_of_them", "told"), [(79, 79, "100%"), (0, 79, "0%"), (1, 3, "33.3%"), (241, 242, "99.6%")]
)
def test_rates_are_written_with_one_decimal_at_most(done: int, all_of_them: int, told: str) -> None:
    assert percent(MeasureFigures(total=all_of_them + 2, signed_off=done, cancelled=2).rate) == told
    assert percent(IssueFigures(total=all_of_them, rectified=done).rate) == told


def test_where_nothing_counts_there_is_a_dash(bureau: Bureau, page: Client) -> None:
    bureau.measure(status="cancelled", cancelled_because="Not needed any more")
    shown = dashboard(page, bureau.inspection)
    assert "Rate by measure — (0 / 0)" in shown.text()
    assert [row[2] for row in shown.table("Lead unit")] == ["0 / 0 —"]
    assert percent(IssueFigures().rate) == "—"


def test_an_empty_plan_says_what_to_do_next(bureau: Bureau, page: Client, page_of: PageOf) -> None:
    shown = dashboard(page, bureau.inspection)
    assert "The plan is still empty" in shown.text()
    assert shown.one("//div[@class='empty']/a/@href") == reverse("imports")
    told = dashboard(page_of(bureau.leader), bureau.inspection)
    assert "Nothing of this inspection is assigned to you yet" in told.text()
    assert told.tree.xpath("//div[@class='empty']/a") == []


def test_units_stand_by_what_is_overdue_then_by_the_lower_rate_then_as_in_the_tree(
    bureau: Bureau, page: Client
) -> None:
    def led_by(lead: Unit | None, *states: str) -> None:
        for state in states:
            deadline = day(-1) if state == "late" else day(20)
            status = "planned" if state == "late" else state
            because = "Not needed any more" if state == "cancelled" else ""
            bureau.measure(lead_unit=lead, status=status, deadline=deadline, cancelled_because=because)

    names = ("Idle", "Given up", "First of two", "Second of two", "Half done", "All done", "Late once", "Late twice")
    units = {name: unit(name, parent=bureau.organisation) for name in names}
    led_by(units["Given up"], "cancelled")
    led_by(units["First of two"], "planned")
    led_by(units["Second of two"], "in_progress")
    led_by(units["Half done"], "signed_off", "planned")
    led_by(units["All done"], "signed_off")
    led_by(units["Late once"], "late", "signed_off", "signed_off")
    led_by(units["Late twice"], "late", "late")
    led_by(None, "late", "late", "late")
    ranked = [row[0] for row in dashboard(page, bureau.inspection).table("Lead unit")]
    worst_first = ["Late twice", "Late once", "First of two", "Second of two", "Half done"]
    nothing_open = ["Given up", "All done"]  # nothing that counts is not worse than everything done
    assert ranked == [*worst_first, *nothing_open, "not assigned"], "Idle has no measures and is left out"


def test_leaders_of_one_rank_stand_by_name(bureau: Bureau, page: Client) -> None:
    for name in ("Cao", "An", "Bai"):
        bureau.measure(leader=user(name))
    bureau.measure(leader=user("Zhu"), deadline=day(-1))
    assert [row[0] for row in dashboard(page, bureau.inspection).table("Leader")] == ["Zhu", "An", "Bai", "Cao"]


def test_areas_stand_as_in_the_plan(bureau: Bureau, page: Client) -> None:
    """However much is overdue in the second one, which was made first."""
    for area, offset in ((2, -1), (1, 5)):
        bureau.measure(issue=bureau.issue(under=problem(bureau.inspection, area=area)), deadline=day(offset))
    assert [row[0] for row in dashboard(page, bureau.inspection).table("Area")] == ["Area 1", "Area 2"]


def test_claims_of_a_notice_are_told_and_not_counted(bureau: Bureau, page: Client) -> None:
    for completion in ("done", "basically_done"):
        claimed = bureau.measure().issue
        claim(claimed, completion=completion)
    bureau.measure()
    shown = dashboard(page, bureau.inspection)
    assert "For 2 issues an imported notice claims a conclusion; nobody has decided it here" in shown.text()
    tile = shown.tiles()["issues rectified"]
    assert (tile.figure, tile.of) == (0, 3)
    assert "Rate by issue 0% (0 / 3)" in shown.text()


@pytest.mark.parametrize(
    ("start", "end", "told"),
    [
        (0, 90, "week 1 of 13 of the concentrated period · 90 days left"),
        (-62, 28, "week 9 of 13 of the concentrated period · 28 days left"),
        (-90, 0, "week 13 of 13 of the concentrated period · due today"),
        (-91, -1, "the concentrated period is over"),
        (1, 91, ""),
    ],
)
def test_the_page_says_where_in_the_concentrated_period_it_is(
    bureau: Bureau, page: Client, start: int, end: int, told: str
) -> None:
    shown = Inspection.objects.filter(pk=bureau.inspection.pk)
    shown.update(concentrated_from=day(start), concentrated_until=day(end))
    head = dashboard(page, bureau.inspection).texts("//div[@class='page-head']//p")[0]
    assert told in head
    assert ("concentrated" in head) == bool(told)


def test_another_number_of_days_counts_as_soon(bureau: Bureau, page: Client) -> None:
    Inspection.objects.filter(pk=bureau.inspection.pk).update(due_soon_days=3)
    for offset in (3, 4):
        bureau.measure(deadline=day(offset))
    tile = dashboard(page, bureau.inspection).tiles()["due within 3 days"]
    assert (tile.figure, followed(page, tile.href)[1]) == (1, 1)


def fill(bureau: Bureau, issues: int, each: int) -> None:
    """Measures of several units and leaders, some of them overdue, some with an extension that waits."""
    units = [unit(parent=bureau.organisation) for _each in range(4)]
    leaders = [user(role=Role.LEADER, over=bureau.organisation) for _each in range(4)]
    for number in range(issues):
        under = bureau.issue(leader=leaders[number % 4])
        Measure.objects.bulk_create(
            Measure(
                inspection=bureau.inspection,
                issue=under,
                position=position,
                code=f"{under.code}-{position}",
                sort_key=f"{under.sort_key}{position:04}",
                text="Do it",
                lead_unit=units[position % 4],
                leader=leaders[position % 4],
                deadline=day(position - 3),
                status="in_progress" if position % 2 else "planned",
            )
            for position in range(1, each + 1)
        )


@pytest.mark.parametrize("who", ["office", "roads_head"])
def test_the_cost_does_not_grow_with_the_plan(bureau: Bureau, page_of: PageOf, queries: Any, who: str) -> None:
    fill(bureau, 1, 5)
    client = page_of(getattr(bureau, who))
    Measure.objects.update(lead_unit=bureau.roads)
    address = reverse("inspection", args=[bureau.inspection.code])
    few = queries(lambda: client.get(address))
    fill(bureau, 50, 10)
    Measure.objects.filter(issue__in=Issue.objects.all()[:20]).update(lead_unit=bureau.roads)
    assert Measure.objects.count() == 505
    many = queries(lambda: client.get(address))
    assert few == many == QUERIES[who]
