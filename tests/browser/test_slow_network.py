"""A network that is slow or breaks, a session that ended: one is told, nothing is sent twice, nothing is lost."""

import time
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, Route, expect

from measures import services
from measures.models import ProgressReport
from measures.services import report_progress
from tests.browser.conftest import Open
from tests.factories import Cast

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "城东管网已更换12公里，涉及9个小区，余下的在雨季前完成。"
# What the line said while the page was left: the driver itself waits for the next page.
NOTE = """() => {
  const line = document.querySelector("#loading");
  new MutationObserver(() => sessionStorage.setItem("shown", line.className)).observe(line, {attributes: true});
}"""


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return Cast()


def reporting(people: Cast, window: Open) -> Page:
    """An officer has typed a report."""
    page = window(people.roads_officer)
    page.goto(reverse("report_progress", args=[people.measure(status="in_progress").pk]))
    page.locator("#id_text").fill(WORDS)
    return page


def slow(page: Page, milliseconds: int) -> None:
    network: dict[str, Any] = {"offline": False, "downloadThroughput": -1, "uploadThroughput": -1}
    page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", {**network, "latency": milliseconds})


def test_who_clicks_again_after_seven_seconds_of_waiting_sends_nothing_twice(
    people: Cast, window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slowly(**values: Any) -> Any:
        time.sleep(8)
        return report_progress(**values)

    monkeypatch.setattr(services, "report_progress", slowly)
    page = reporting(people, window)
    button = page.locator("form.form-page button[type=submit]").bounding_box()
    assert button is not None
    for wait in (7000, 0):
        page.mouse.click(button["x"] + 10, button["y"] + 10)
        page.wait_for_timeout(wait)
    expect(page.locator(".toast-line")).to_be_visible(timeout=10_000)
    assert ProgressReport.objects.count() == 1


def test_a_slow_page_and_a_slow_list_show_that_they_are_coming(people: Cast, window: Open) -> None:
    people.measure()
    page = window(people.office)
    page.goto(reverse("ledger", args=[people.inspection.code]))
    slow(page, 2500)
    page.get_by_label("planned").check()
    expect(page.locator("#loading")).to_have_css("opacity", "1")
    expect(page.locator(".active-filters")).to_be_visible(timeout=10_000)
    expect(page.locator("#loading")).to_have_css("opacity", "0")
    page.evaluate(NOTE)
    page.locator(".side-nav a[href='/bulletins/']").click()
    page.wait_for_url("**/bulletins/")
    assert "leaving" in page.evaluate("sessionStorage.getItem('shown')")


def test_a_connection_that_breaks_over_a_form_costs_no_text(people: Cast, window: Open) -> None:
    page, broken = reporting(people, window), list[str]()

    def cut(route: Route) -> None:
        if route.request.method == "POST" and not broken:
            broken.append(route.request.url)
            route.abort("connectionreset")
        else:
            route.continue_()

    address = page.url
    page.route("**/report-progress/", cut)
    page.locator("form.form-page button[type=submit]").click()
    page.wait_for_url("chrome-error://**")
    page.goto(address)
    expect(page.locator("#id_text")).to_have_value(WORDS)
    page.locator("form.form-page button[type=submit]").click()
    expect(page.locator(".toast-line")).to_be_visible()
    assert ProgressReport.objects.get().text == WORDS


def test_a_list_that_is_filtered_after_the_session_ended_says_so_and_stays(people: Cast, window: Open) -> None:
    people.measure()
    page = window(people.office)
    page.goto(reverse("ledger", args=[people.inspection.code]))
    rows = page.locator("#ledger tbody tr").count()
    assert rows > 1
    Session.objects.all().delete()
    page.get_by_label("planned").check()
    expect(page.locator("#session-ended")).to_be_visible()
    expect(page.locator("#session-ended a")).to_have_attribute("href", "/login/")
    assert page.locator("#ledger tbody tr").count() == rows
