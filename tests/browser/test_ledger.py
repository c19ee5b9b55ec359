"""The ledger under a person's hands: folding, filtering, sharing its address, going back; without a script too."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from measures.models import Measure
from tests.browser.conftest import Open
from tests.factories import Cast, issue, problem

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AREAS, ISSUES = 3, 12  # more than a page of 25 issues, and more than a screen


@pytest.fixture
def plan(transactional_db: None) -> Cast:
    """Three areas with a dozen issues each; every issue has a planned measure and one in hand."""
    cast = Cast()
    for area in range(1, AREAS + 1):
        under = problem(cast.inspection, area=area)
        for _number in range(ISSUES):
            each = issue(cast.inspection, under=under)
            cast.measure(issue=each)
            cast.measure(issue=each, status="in_progress", lead_unit=cast.parks)
    return cast


def address(cast: Cast, query: str = "") -> str:
    return f"/inspections/{cast.inspection.code}/ledger/{query}"


def listed(page: Page) -> list[str]:
    """The lines of the table, from top to bottom."""
    return [" ".join(text.split()) for text in page.locator("#ledger tbody tr").all_inner_texts()]


def asked(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def come_back(page: Page, lines: list[str]) -> None:
    """Wait until the page is there to its last line, then compare."""
    expect(page.locator("#ledger tbody tr")).to_have_count(len(lines))
    assert listed(page) == lines


def counted(page: Page) -> Any:
    return page.locator("#ledger .count-line strong")


def heading(page: Page, number: int) -> Any:
    return page.locator("tr.row-category a.tree-toggle").nth(number)


def test_folding_keeps_focus_and_scroll_and_changes_the_address(plan: Cast, window: Open) -> None:
    page = window(plan.office)
    page.goto(address(plan))
    page.evaluate("window.unloaded = false; addEventListener('pagehide', () => { window.unloaded = true; })")
    fold = page.locator("tr.row-issue a.tree-toggle").nth(9)
    name = fold.get_attribute("id")
    fold.scroll_into_view_if_needed()
    fold.focus()
    before, rows = page.evaluate("scrollY"), len(listed(page))
    assert before > 300
    page.keyboard.press("Enter")
    expect(page.locator(f"#{name}")).to_have_attribute("aria-expanded", "false")
    expect(page.locator(f"#{name}")).to_be_focused()
    assert page.evaluate("scrollY") == before
    assert len(listed(page)) == rows - 2
    assert asked(page) == {"toggled": [name.replace("fold-issue-", "i")]}
    page.keyboard.press("Enter")
    expect(page.locator(f"#{name}")).to_have_attribute("aria-expanded", "true")
    expect(page.locator(f"#{name}")).to_be_focused()
    assert asked(page) == {}
    assert page.evaluate("window.unloaded") is False, "the page was exchanged, not loaded anew"


def test_a_colleague_who_opens_the_address_sees_the_same_list(plan: Cast, window: Open) -> None:
    mine = window(plan.office)
    mine.goto(address(plan))
    heading(mine, 0).click()
    expect(heading(mine, 0)).to_have_attribute("aria-expanded", "false")
    mine.get_by_label("planned").check()
    expect(counted(mine).nth(1)).to_have_text(str(AREAS * ISSUES))
    theirs = window(plan.leader)
    theirs.goto(mine.url)
    assert len(listed(mine)) > ISSUES
    assert listed(theirs) == listed(mine)
    expect(theirs.get_by_label("planned")).to_be_checked()


def test_a_filter_is_applied_when_it_changes_and_taken_away_where_it_is_told(plan: Cast, window: Open) -> None:
    page = window(plan.office)
    page.goto(address(plan))
    expect(counted(page).nth(1)).to_have_text("72")
    page.get_by_label("Lead unit").select_option(str(plan.parks.pk))
    expect(counted(page).nth(1)).to_have_text("36")
    assert asked(page)["unit"] == [str(plan.parks.pk)]
    page.locator("#id_q").fill("no such words")
    page.wait_for_timeout(300)
    expect(counted(page).nth(1)).to_have_text("36")
    page.locator("#id_q").press("Enter")
    expect(page.locator("#ledger .empty-state")).to_be_visible()
    page.locator(".active-filters a", has_text="no such words").click()
    expect(counted(page).nth(1)).to_have_text("36")
    expect(page.locator("#id_q")).to_have_value("")
    page.locator(".active-filters a", has_text="Clear all filters").click()
    expect(counted(page).nth(1)).to_have_text("72")
    expect(page.get_by_label("Lead unit")).to_have_value("")


def test_a_filter_leaves_the_order_and_the_unfolding_as_they_were_chosen(plan: Cast, window: Open) -> None:
    page = window(plan.office)
    page.goto(address(plan))
    page.get_by_role("link", name="Deadline").click()
    expect(page.get_by_role("link", name="In the order of the plan")).to_be_visible()
    page.get_by_label("in progress").check()
    expect(counted(page).nth(1)).to_have_text("36")
    assert asked(page)["sort"] == ["deadline"]
    page.get_by_role("link", name="In the order of the plan").click()
    page.get_by_role("link", name="categories").click()
    expect(page.locator("tr.row-issue")).to_have_count(0)
    page.get_by_label("planned").check()
    expect(counted(page).nth(1)).to_have_text("72")
    assert asked(page)["level"] == ["category"]
    assert "sort" not in asked(page)


def test_the_back_button_brings_the_earlier_list_which_still_works(plan: Cast, window: Open) -> None:
    page = window(plan.office)
    page.goto(address(plan))
    first = listed(page)
    page.get_by_label("Overdue", exact=True).select_option("true")
    expect(page.locator("#ledger .active-filters")).to_be_visible()
    filtered = listed(page)
    page.locator("a.tree-toggle").first.click()
    expect(page.locator("a.tree-toggle").first).to_have_attribute("aria-expanded", "false")
    page.go_back()
    expect(page.locator("a.tree-toggle").first).to_have_attribute("aria-expanded", "true")
    come_back(page, filtered)
    expect(page.get_by_label("Overdue", exact=True)).to_have_value("true")
    page.go_back()
    expect(page.locator("#ledger .active-filters")).to_have_count(0)
    come_back(page, first)
    expect(page.get_by_label("Overdue", exact=True)).to_have_value("")
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.locator("a.tree-toggle").first.click()
    expect(page.locator("a.tree-toggle").first).to_have_attribute("aria-expanded", "false")
    assert len([url for url in requests if "/ledger/" in url]) == 1, "one click, one question"
    page.locator("header details.drop-menu summary").last.click()
    page.locator("header .btn-language").click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_an_ended_session_is_told_and_the_list_stays(plan: Cast, window: Open) -> None:
    page = window(plan.office)
    page.goto(address(plan))
    before = listed(page)
    page.context.clear_cookies(name="sessionid")
    page.locator("tr.row-issue a.tree-toggle").nth(9).click()
    expect(page.locator("#session-ended")).to_be_visible()
    expect(page.locator("#session-ended")).to_be_in_viewport()
    assert listed(page) == before
    assert asked(page) == {}


def test_without_a_script_the_ledger_folds_filters_sorts_and_turns_pages(plan: Cast, window: Open) -> None:
    page = window(plan.office, java_script_enabled=False)
    page.goto(address(plan))
    assert counted(page).all_inner_texts() == [str(AREAS * ISSUES), str(2 * AREAS * ISSUES)]
    heading(page, 0).click()
    assert heading(page, 0).get_attribute("aria-expanded") == "false"
    assert list(asked(page)) == ["toggled"]
    page.goto(address(plan))
    page.locator("nav .page-links a", has_text="2").click()
    assert asked(page)["page"] == ["2"]
    assert page.locator("tr.row-issue").count() == AREAS * ISSUES - 25
    page.get_by_label("planned").check()
    page.locator("main").get_by_role("button", name="Search").click()
    assert counted(page).all_inner_texts() == ["36", "36"]
    Measure.objects.filter(pk=Measure.objects.last().pk, status="in_progress").update(deadline="2026-01-01")
    page.goto(address(plan))
    page.get_by_role("link", name="Deadline").click()
    assert asked(page)["sort"] == ["deadline"]
    first = page.locator("tr.row-measure td:first-child").first.inner_text()
    page.get_by_role("link", name="Deadline").click()
    assert asked(page)["sort"] == ["-deadline"]
    assert page.locator("tr.row-measure td:first-child").first.inner_text() != first
    page.get_by_role("link", name="In the order of the plan").click()
    page.get_by_role("link", name="areas").click()
    assert page.locator("tr.row-area").count() == AREAS
    assert page.locator("tr.row-issue").count() == 0
