"""Filters of the ledger under a name: one's own, always working, and gone when they are removed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.exceptions import Forbidden, RuleViolation
from ledger.models import SavedFilter
from ledger.services.saved_filters import MOST, delete_saved_filter, save_filter
from tests.factories import NOW, Cast
from tests.html_pages import Page

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]


def saved(cast: Cast, name: str = "Late", query: str = "overdue=true", by: Any = None) -> SavedFilter:
    return save_filter(inspection=cast.inspection, name=name, query=query, by=by or cast.office, at=NOW)


def ledger(client: Client, cast: Cast, query: str = "") -> Page:
    return Page(client.get(f"{reverse('ledger', args=[cast.inspection.code])}?{query}"))


def names(page: Page) -> list[str]:
    return page.texts("//div[@class='saved-filters']//li/a")


def test_save_find_again_use_and_remove(cast: Cast, page_of: PageOf) -> None:
    client = page_of(cast.office)
    cast.measure(text="Only this one", status="signed_off")
    cast.measure()
    page = ledger(client, cast, "status=signed_off&page=3&sort=deadline&level=area")
    query = page.one("//form[contains(@action, 'save-filter')]//input[@name='query']/@value")
    assert query == "status=signed_off&sort=deadline&level=area"
    answer = client.post(reverse("save_filter", args=[cast.inspection.code]), {"name": "  Done ", "query": query})
    assert answer["Location"].endswith(f"/ledger/?{query}")
    assert names(ledger(client, cast)) == ["Done"]
    again = ledger(client, cast, ledger(client, cast).one("//div[@class='saved-filters']//li/a/@href")[1:])
    assert again.listed() == ["Only this one"]
    assert again.texts("//div[@class='saved-filters']//li[@class='is-active']/a") == ["Done"]
    client.post(reverse("delete_saved_filter", args=[SavedFilter.objects.get().pk]))
    assert names(ledger(client, cast)) == []


def test_the_same_name_gets_the_new_filters(cast: Cast) -> None:
    saved(cast)
    saved(cast, query="status=planned")
    assert SavedFilter.objects.get().query == "status=planned"


def test_nobody_sees_or_removes_those_of_others(cast: Cast, page_of: PageOf) -> None:
    own = saved(cast)
    other = page_of(cast.leader)
    assert names(ledger(other, cast)) == []
    assert other.post(reverse("delete_saved_filter", args=[own.pk])).status_code == 404
    with pytest.raises(Forbidden):
        delete_saved_filter(saved=own, by=cast.leader)
    assert SavedFilter.objects.count() == 1


def test_what_is_no_filter_or_not_right_is_left_out(cast: Cast, page_of: PageOf) -> None:
    client = page_of(cast.office)
    query = "q=holes&status=planned&status=nonsense&due_after=yesterday&page=2&next=https://elsewhere.example/"
    client.post(reverse("save_filter", args=[cast.inspection.code]), {"name": "Mine", "query": query})
    assert SavedFilter.objects.get().query == "q=holes"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"name": "Mine", "query": ""}, "Set a filter first"),
        ({"name": "Mine", "query": "page=2"}, "Set a filter first"),
        ({"name": " ", "query": "q=a"}, "required"),
        ({"name": "x" * 31, "query": "q=a"}, "at most 30"),
        ({"name": "Mine", "query": "q=" + "a" * 2001}, "at most 2000"),
    ],
)
def test_a_mistake_is_said_and_nothing_is_saved(cast: Cast, page_of: PageOf, data: dict[str, str], words: str) -> None:
    client = page_of(cast.office)
    answer = client.post(reverse("save_filter", args=[cast.inspection.code]), data)
    assert words in Page(client.get(answer["Location"])).text("//div[contains(@class, 'toasts')]")
    assert not SavedFilter.objects.exists()


def test_twenty_are_enough(cast: Cast) -> None:
    for number in range(MOST):
        saved(cast, name=str(number))
    saved(cast, name="0", query="q=a")
    with pytest.raises(RuleViolation, match="You have 20 saved filters here"):
        saved(cast, name="one more")


@pytest.mark.parametrize("query", ["overdue=true&sort=" + "整" * 400, "q=a" + "&q=" + "整" * 199])
def test_what_grows_by_being_written_as_an_address_fits_or_is_refused(cast: Cast, page_of: PageOf, query: str) -> None:
    """An order that there is not is left out; of several values where one is meant, the last one counts."""
    page_of(cast.office).post(reverse("save_filter", args=[cast.inspection.code]), {"name": "Mine", "query": query})
    assert all(len(each.query) <= SavedFilter.LONGEST for each in SavedFilter.objects.all())
    with pytest.raises(RuleViolation, match="too long"):
        saved(cast, query="q=" + "a" * SavedFilter.LONGEST)


def test_an_issue_that_a_link_has_chosen_is_told_by_its_code(cast: Cast, page_of: PageOf) -> None:
    measure = cast.measure()
    page = ledger(page_of(cast.office), cast, f"issue={measure.issue_id}&sort=deadline")
    assert f"Issue: {measure.issue.code}" in page.text("//ul[@class='active-filters']")


@pytest.mark.parametrize("values", [{"name": " "}, {"query": ""}])
def test_a_name_and_filters_are_needed(cast: Cast, values: dict[str, str]) -> None:
    with pytest.raises(RuleViolation):
        saved(cast, **values)
