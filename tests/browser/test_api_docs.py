"""The API's own pages: they load nothing from elsewhere, break no policy, and a verb can be tried on them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.browser.office_data import OfficeData
from tests.browser.page_checks import Watch, hindrances_at_both_widths

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def scroll_to(page: Page, place: str) -> None:
    """Go down the page until the place is there: of a long description the package draws what is in sight alone."""
    page.locator(".opblock").first.wait_for()
    for _step in range(200):
        if page.locator(place).count():
            return
        page.mouse.wheel(0, 400)
        page.wait_for_timeout(50)
    raise AssertionError(f"{place} is nowhere on the page")


def test_the_pages_of_the_api_are_whole_under_the_strict_policy(
    ground: OfficeData, watched: Callable[..., Watch]
) -> None:
    watch = watched(ground.office)
    watch.page.goto("/api/docs/")
    scroll_to(watch.page, "#operations-measures-measures_list")
    watch.page.locator("#operations-measures-measures_list").click()
    watch.page.locator("#operations-measures-measures_list .try-out__btn").click()
    with watch.page.expect_response(lambda answer: "/api/v1/measures/" in answer.url) as answered:
        watch.page.locator("#operations-measures-measures_list button.execute").click()
    assert answered.value.status == 200
    assert answered.value.json()["count"] > 0
    watch.page.locator("#operations-measures-measures_list .live-responses-table").wait_for()
    assert hindrances_at_both_widths(watch.page, "#operations-measures-measures_list") == []
    assert not watch.faults, watch.told()
