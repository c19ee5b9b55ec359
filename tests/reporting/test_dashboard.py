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
from signoffs.queries.figures import IssueCounts, MeasureCounts
from tests.factories import NOW, TODAY, Cast, claim, inspection, issue, measure, problem, unit, user
from tests.html_pages import Page

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
QUERIES = 9
"""What the dashboard costs, session and frame included, whatever the number of measures; more than 10 it may never."""


def day(offset: int) -> date:
    return TODAY + timedelta(days=offset)


def dashboard(client: Client, shown: Inspection) -> Page:
    return Page(client.get(reverse("inspection", args=[shown.code])))


def followed(client: Client, href: str) -> tuple[int, int]:
    """How many issues and measures the list counts that a figure leads to."""
    return Page(client.get(href)).counted()


@pytest.fixture
def page(cast: Cast, page_of: PageOf) -> Client:
    return page_of(cast.office)


@pytest.fixture
def every_state(cast: Cast) -> Inspection:
    """Four issues, one in each state; eleven measures in every state, at the borders of the days."""
    rectified = cast.issue(status="rectified", completion="done")
    running = cast.issue(status="in_rectification")
    waiting = cast.issue(status="awaiting_closure")
    begun = cast.issue()
    cast.measure(issue=rectified, status="signed_off", deadline=day(-20))
    cast.measure(issue=rectified, status="cancelled", deadline=day(-3), cancellation_reason="Not needed any more")
    cast.measure(issue=waiting, status="signed_off", deadline=day(3))
    cast.measure(issue=waiting, status="submitted", deadline=day(-5))  # late, but under review
    cast.measure(issue=running, status="in_progress", deadline=day(-1))  # overdue since yesterday
    cast.measure(issue=running, status="in_progress", deadline=day(10))  # the last day that counts as soon
    cast.measure(issue=running, status="in_progress", deadline=None, mode="long_term")
    cast.measure(issue=running, status="planned", deadline=day(11))
    cast.measure(issue=begun, status="planned", deadline=day(-10))  # overdue and not begun
    cast.measure(issue=begun, status="planned", deadline=day(0))  # due today, not late
    cast.measure(issue=begun, status="planned", deadline=day(20), leader=None)  # incomplete
    return cast.inspection


def test_each_figure_counts_what_it_says(every_state: Inspection, page: Client) -> None:
    shown = dashboard(page, every_state)
    assert {label: tile.figure for label, tile in shown.tiles().items()} == {
        "overdue": 2,
        "due within 10 days": 2,
        "waiting for me": 0,
        "under review": 1,
        "returned": 0,
        "no report this week": 3,
    }
    rates = {label: told[:3] for label, told in shown.rates().items()}
    assert rates == {
        "Rate by issue": ("25%", 1, 4),
        "Rate by measure": ("20%", 2, 10),  # the cancelled one is out of the denominator
    }
    states = "Issues open 1 in rectification 1 awaiting closure 1 rectified 1 with something overdue 2"
    assert shown.text("//div[@class='issue-states']") == states
    assert "1 measure lacks a leader, a unit or a deadline" in shown.text()


def test_each_measure_is_in_one_state_and_overdue_is_taken_out_of_its_state(
    every_state: Inspection, page: Client
) -> None:
    shown = dashboard(page, every_state)
    heads = shown.texts("//table[thead/tr/th[1][.='Area']]/thead/tr/th")[1:]
    (together,) = shown.tree.xpath("//table[thead/tr/th[1][.='Area']]/tfoot/tr")
    row = dict(zip(heads, [cell.text_content().strip() for cell in together[1:]], strict=True))
    assert row == {
        "signed off": "2",
        "under review": "1",
        "in progress": "2",
        "overdue": "2",
        "planned": "3",
        "cancelled": "1",
        "all": "11",
        "rate": "20%",
    }


def test_submitted_late_is_under_review_and_not_overdue(every_state: Inspection, page: Client) -> None:
    late = [row[1] for row in dashboard(page, every_state).table("Late")]
    expected = every_state.measures.filter(deadline__in=[day(-10), day(-1)]).order_by("deadline")
    assert late == [measure.text for measure in expected]


def test_the_queue_of_extensions_is_that_of_the_inspection(cast: Cast, every_state: Inspection, page: Client) -> None:
    """It holds the requests of this inspection, not those of another one that waits too."""
    other = inspection(cast.organisation)
    for measured in (every_state.measures.filter(status="planned").first(), measure(issue(other))):
        asked = {"old_deadline": measured.deadline, "new_deadline": day(90), "reason": "The contractor is late"}
        Extension.objects.create(measure=measured, requested_by=cast.roads_head, requested_at=NOW, **asked)
    tile = dashboard(page, every_state).tiles()["extensions waiting"]
    assert len(Page(page.get(tile.href)).tree.xpath("//main//div[@class='card']")) == tile.figure == 1
    assert len(Page(page.get(reverse("extensions"))).tree.xpath("//main//div[@class='card']")) == 2


def test_long_lists_of_what_is_late_lead_to_all_of_it(cast: Cast, page: Client) -> None:
    under = cast.issue()
    for offset in range(1, 12):
        cast.measure(issue=under, deadline=day(-offset))
    shown = dashboard(page, cast.inspection)
    assert len(shown.table("Late")) == 8
    link = shown.one("//a[contains(., 'All 11 overdue measures')]/@href")
    assert followed(page, link)[1] == 11


def test_when_all_is_done_it_is_a_hundred_percent(cast: Cast, page: Client) -> None:
    under = cast.issue(status="rectified", completion="done")
    for _each in range(3):
        cast.measure(issue=under, status="signed_off")
    cast.measure(issue=under, status="cancelled", cancellation_reason="Not needed any more")
    shown = dashboard(page, cast.inspection)
    rates = {label: told[:3] for label, told in shown.rates().items()}
    assert rates == {"Rate by issue": ("100%", 1, 1), "Rate by measure": ("100%", 3, 3)}
    assert "Nothing is overdue." in shown.text()
    assert [row[2:5] for row in shown.table("Lead unit")] == [["signed off 蓝", "3 / 3", "100%"]]
    assert [row[1:3] for row in shown.table("Leader")] == [["3 / 3", "100%"]]
    assert [row[-1] for row in shown.table("Area")] == ["100%"]


@pytest.mark.parametrize(
    ("done", "all_of_them", "told"), [(79, 79, "100%"), (0, 79, "0%"), (1, 3, "33.3%"), (241, 242, "99.6%")]
)
def test_rates_are_written_with_one_decimal_at_most(done: int, all_of_them: int, told: str) -> None:
    assert percent(MeasureCounts(total=all_of_them + 2, signed_off=done, cancelled=2).rate) == told
    assert percent(IssueCounts(total=all_of_them, rectified=done).rate) == told


def test_where_nothing_counts_there_is_a_dash(cast: Cast, page: Client) -> None:
    cast.measure(status="cancelled", cancellation_reason="Not needed any more")
    shown = dashboard(page, cast.inspection)
    assert shown.rates()["Rate by measure"][:3] == ("—", 0, 0)
    assert [[row[1], *row[3:5]] for row in shown.table("Lead unit")] == [["—", "0 / 0", "—"]]
    assert percent(IssueCounts().rate) == "—"


def test_an_empty_plan_says_what_to_do_next(cast: Cast, page: Client, page_of: PageOf) -> None:
    shown = dashboard(page, cast.inspection)
    assert "The plan is still empty" in shown.text()
    assert shown.one("//div[@class='empty-state']/a/@href") == reverse("import_list")
    told = dashboard(page_of(cast.leader), cast.inspection)
    assert "Nothing of this inspection is assigned to you yet" in told.text()
    assert told.tree.xpath("//div[@class='empty-state']/a") == []


def test_units_are_ranked_by_their_rate_then_by_what_is_overdue_and_equal_ones_share_a_rank(
    cast: Cast, page: Client
) -> None:
    def led_by(lead: Unit | None, *states: str) -> None:
        for state in states:
            deadline = day(-1) if state == "late" else day(20)
            status = "planned" if state == "late" else state
            because = "Not needed any more" if state == "cancelled" else ""
            cast.measure(lead_unit=lead, status=status, deadline=deadline, cancellation_reason=because)

    names = ("Idle", "Given up", "First of two", "Second of two", "Half done", "All done", "Late once", "Late twice")
    units = {name: unit(name, parent=cast.organisation) for name in names}
    led_by(units["Given up"], "cancelled")
    led_by(units["First of two"], "planned")
    led_by(units["Second of two"], "in_progress")
    led_by(units["Half done"], "signed_off", "planned")
    led_by(units["All done"], "signed_off")
    led_by(units["Late once"], "late", "signed_off", "signed_off")
    led_by(units["Late twice"], "late", "late")
    led_by(None, "late", "late", "late")
    ranked = [(row[0], row[1]) for row in dashboard(page, cast.inspection).table("Lead unit")]
    assert ranked == [
        ("All done", "1"),
        ("Late once", "2"),
        ("Half done", "3"),
        ("First of two", "4"),
        ("Second of two", "4"),
        ("Late twice", "6 ↓2"),  # nothing of it was late when the last week ended
        ("Given up", "—"),  # nothing of it counts
        ("not assigned", "—"),
    ], "Idle has no measures and is left out"


def test_leaders_of_one_rank_stand_by_name(cast: Cast, page: Client) -> None:
    for name in ("Cao", "An", "Bai"):
        cast.measure(leader=user(name))
    cast.measure(leader=user("Zhu"), deadline=day(-1))
    assert [row[0] for row in dashboard(page, cast.inspection).table("Leader")] == ["Zhu", "An", "Bai", "Cao"]


def test_areas_stand_as_in_the_plan(cast: Cast, page: Client) -> None:
    """However much is overdue in the second one, which was made first."""
    for area, offset in ((2, -1), (1, 5)):
        cast.measure(issue=cast.issue(under=problem(cast.inspection, area=area)), deadline=day(offset))
    assert [row[0] for row in dashboard(page, cast.inspection).table("Area")] == ["Area 1", "Area 2"]


def test_claims_of_a_notice_are_told_and_not_counted(cast: Cast, page: Client) -> None:
    for completion in ("done", "basically_done"):
        claimed = cast.measure().issue
        claim(claimed, completion=completion)
    cast.measure()
    shown = dashboard(page, cast.inspection)
    assert "For 2 issues an imported notice claims a conclusion; it has not been decided here" in shown.text()
    assert shown.rates()["Rate by issue"][:3] == ("0%", 0, 3)
    assert followed(page, shown.one("//p[contains(@class, 'alert-info')]/a/@href"))[0] == 2


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
    cast: Cast, page: Client, start: int, end: int, told: str
) -> None:
    shown = Inspection.objects.filter(pk=cast.inspection.pk)
    shown.update(concentrated_from=day(start), concentrated_until=day(end))
    head = dashboard(page, cast.inspection).texts("//div[@class='page-head']//p")[0]
    assert told in head
    assert ("concentrated" in head) == bool(told)


def test_another_number_of_days_counts_as_soon(cast: Cast, page: Client) -> None:
    Inspection.objects.filter(pk=cast.inspection.pk).update(due_soon_days=3)
    for offset in (3, 4):
        cast.measure(deadline=day(offset))
    tile = dashboard(page, cast.inspection).tiles()["due within 3 days"]
    assert (tile.figure, followed(page, tile.href)[1]) == (1, 1)


def fill(cast: Cast, issues: int, each: int) -> None:
    """Measures of several units and leaders, some of them overdue, some with an extension that waits."""
    units = [unit(parent=cast.organisation) for _each in range(4)]
    leaders = [user(role=Role.LEADER, over=cast.organisation) for _each in range(4)]
    for number in range(issues):
        under = cast.issue(leader=leaders[number % 4])
        Measure.objects.bulk_create(
            Measure(
                inspection=cast.inspection,
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
def test_the_cost_does_not_grow_with_the_plan(cast: Cast, page_of: PageOf, queries: Any, who: str) -> None:
    fill(cast, 1, 5)
    client = page_of(getattr(cast, who))
    Measure.objects.update(lead_unit=cast.roads)
    address = reverse("inspection", args=[cast.inspection.code])
    few = queries(lambda: client.get(address))
    fill(cast, 50, 10)
    Measure.objects.filter(issue__in=Issue.objects.all()[:20]).update(lead_unit=cast.roads)
    assert Measure.objects.count() == 505
    many = queries(lambda: client.get(address))
    assert few == many == QUERIES
