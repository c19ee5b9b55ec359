"""Dashboard, wall and search as the browser draws them: whole at every width, light, and quick to understand."""

import gzip
from collections.abc import Callable

import pytest
from playwright.sync_api import Response, expect

from tests.browser.conftest import Open
from tests.browser.office_data import OfficeData
from tests.browser.page_checks import Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KILO = 1000


@pytest.fixture
def dashboard(ground: OfficeData) -> str:
    return f"/inspections/{ground.inspection.code}/"


def weight(response: Response) -> int:
    return len(gzip.compress(response.body(), 6)) if response.status == 200 else 0


@pytest.mark.parametrize(("what", "most"), [("", 400), ("ledger/", 200), ("screen/", 200)])
def test_the_first_view_is_light(ground: OfficeData, dashboard: str, window: Open, what: str, most: int) -> None:
    """HTML, style and script together, compressed, with nothing in the browser's cache."""
    page, weights = window(ground.office), {}
    page.on("response", lambda response: weights.update({response.url: response}))
    page.goto(dashboard + what, wait_until="networkidle")
    total = sum(weight(response) for response in weights.values())
    assert len(weights) > 4
    assert 10 * KILO < total < most * KILO


@pytest.mark.parametrize("width", [360, 390, 768, 1024, 1440, 1920])
def test_nothing_is_cut_or_beyond_the_edge(
    ground: OfficeData, dashboard: str, watched: Callable[..., Watch], width: int
) -> None:
    watch = watched(ground.leader, language="zh-hans")
    for address in (dashboard, f"{dashboard}screen/", "/", "/search/?q=a"):
        watch.page.set_viewport_size({"width": width, "height": 1080})
        watch.page.goto(address)
        wide = watch.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, (address, wide)
    assert not watch.faults, watch.told()


def test_the_wall_fills_one_screen_and_takes_its_figures_anew(ground: OfficeData, dashboard: str, window: Open) -> None:
    page = window(ground.leader)
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.goto(f"{dashboard}screen/")
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080
    page.evaluate("document.querySelector('#wall h1').textContent = 'Conflict'")
    page.evaluate("htmx.ajax('GET', location.pathname, {target: '#wall', select: '#wall', swap: 'outerHTML'})")
    expect(page.locator("#wall h1")).to_have_text(ground.inspection.title)
    assert page.locator("#wall").get_attribute("hx-trigger") == "every 20s"


def test_a_wall_whose_session_has_ended_keeps_its_last_figures(
    ground: OfficeData, dashboard: str, watched: Callable[..., Watch]
) -> None:
    watch = watched(ground.leader)
    page = watch.page
    page.goto(f"{dashboard}screen/")
    page.context.clear_cookies(name="sessionid")
    with page.expect_response("**/login/**"):
        page.evaluate("htmx.ajax('GET', location.pathname, {target: '#wall', select: '#wall', swap: 'outerHTML'})")
    page.wait_for_timeout(100)
    expect(page.locator("#wall h1")).to_have_text(ground.inspection.title)
    assert not watch.faults, watch.told()


def test_the_stroke_key_leads_to_the_search_and_the_search_to_the_measure(ground: OfficeData, window: Open) -> None:
    page = window(ground.office)
    page.goto(f"/inspections/{ground.inspection.code}/")
    page.keyboard.press("/")
    page.keyboard.type("Measure")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Search")
    page.locator(".search-results a").first.click()
    expect(page.locator(".page-tabs")).to_be_visible()


def test_a_page_that_takes_long_shows_that_it_is_coming(ground: OfficeData, dashboard: str, window: Open) -> None:
    page = window(ground.office)
    page.goto(dashboard)
    line = page.locator("#loading")
    expect(line).to_have_css("opacity", "0")
    page.evaluate("window.dispatchEvent(new Event('beforeunload'))")
    expect(line).to_have_css("opacity", "1")
    page.evaluate("window.dispatchEvent(new Event('pageshow'))")
    assert line.get_attribute("class") == "loading-line htmx-indicator"
