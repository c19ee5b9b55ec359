"""Filters of the ledger under a name: one's own, always working, and gone when they are removed."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.exceptions import Forbidden, RuleViolation
from ledger.models import SavedFilter
from ledger.services.saved_filters import MOST, delete_saved_filter, save_filter
from tests.factories import NOW, Bureau
from tests.pages import Page

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]


def saved(bureau: Bureau, name: str = "Late", query: str = "overdue=true", by: Any = None) -> SavedFilter:
    return save_filter(inspection=bureau.inspection, name=name, query=query, by=by or bureau.office, at=NOW)


def ledger(client: Client, bureau: Bureau, query: str = "") -> Page:
    return Page(client.get(f"{reverse('ledger', args=[bureau.inspection.code])}?{query}"))


def names(page: Page) -> list[str]:
    return page.texts("//div[@class='saved-filters']//li/a")


def test_save_find_again_use_and_remove(bureau: Bureau, page_of: PageOf) -> None:
    client = page_of(bureau.office)
    bureau.measure(text="Only this one", status="signed_off")
    bureau.measure()
    page = ledger(client, bureau, "status=signed_off&page=3&sort=deadline&level=area")
    query = page.one("//form[contains(@action, 'save-filter')]//input[@name='query']/@value")
    assert query == "status=signed_off&sort=deadline&level=area"
    answer = client.post(reverse("save_filter", args=[bureau.inspection.code]), {"name": "  Done ", "query": query})
    assert answer["Location"].endswith(f"/ledger/?{query}")
    assert names(ledger(client, bureau)) == ["Done"]
    again = ledger(client, bureau, ledger(client, bureau).one("//div[@class='saved-filters']//li/a/@href")[1:])
    assert again.listed() == ["Only this one"]
    assert again.texts("//div[@class='saved-filters']//li[@class='is-active']/a") == ["Done"]
    client.post(reverse("delete_saved_filter", args=[SavedFilter.objects.get().pk]))
    assert names(ledger(client, bureau)) == []


def test_the_same_name_gets_the_new_filters(bureau: Bureau) -> None:
    saved(bureau)
    saved(bureau, query="status=planned")
    assert SavedFilter.objects.get().query == "status=planned"


def test_nobody_sees_or_removes_those_of_others(bureau: Bureau, page_of: PageOf) -> None:
    own = saved(bureau)
    other = page_of(bureau.leader)
    assert names(ledger(other, bureau)) == []
    assert other.post(reverse("delete_saved_filter", args=[own.pk])).status_code == 404
    with pytest.raises(Forbidden):
        delete_saved_filter(saved=own, by=bureau.leader)
    assert SavedFilter.objects.count() == 1


def test_what_is_no_filter_or_not_right_is_left_out(bureau: Bureau, page_of: PageOf) -> None:
    client = page_of(bureau.office)
    query = "q=holes&status=planned&status=nonsense&due_after=yesterday&page=2&next=https://elsewhere.example/"
    client.post(reverse("save_filter", args=[bureau.inspection.code]), {"name": "Mine", "query": query})
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
def test_a_mistake_is_said_and_nothing_is_saved(
    bureau: Bureau, page_of: PageOf, data: dict[str, str], words: str
) -> None:
    client = page_of(bureau.office)
    answer = client.post(reverse("save_filter", args=[bureau.inspection.code]), data)
    assert words in Page(client.get(answer["Location"])).text("//div[contains(@class, 'toasts')]")
    assert not SavedFilter.objects.exists()


def test_twenty_are_enough(bureau: Bureau) -> None:
    for number in range(MOST):
        saved(bureau, name=str(number))
    saved(bureau, name="0", query="q=a")
    with pytest.raises(RuleViolation, match="You have 20 saved filters here"):
        saved(bureau, name="one more")


@pytest.mark.parametrize("query", ["overdue=true&sort=" + "整" * 400, "q=a" + "&q=" + "整" * 199])
def test_what_grows_by_being_written_as_an_address_fits_or_is_refused(
    bureau: Bureau, page_of: PageOf, query: str
) -> None:
    """An order that there is not is left out; of several values where one is meant, the last one counts."""
    page_of(bureau.office).post(reverse("save_filter", args=[bureau.inspection.code]), {"name": "Mine", "query": query})
    assert all(len(each.query) <= SavedFilter.LONGEST for each in SavedFilter.objects.all())
    with pytest.raises(RuleViolation, match="too long"):
        saved(bureau, query="q=" + "a" * SavedFilter.LONGEST)


def test_an_issue_that_a_link_has_chosen_is_told_by_its_code(bureau: Bureau, page_of: PageOf) -> None:
    measure = bureau.measure()
    page = ledger(page_of(bureau.office), bureau, f"issue={measure.issue_id}&sort=deadline")
    assert f"Issue: {measure.issue.code}" in page.text("//ul[@class='active-filters']")


@pytest.mark.parametrize("values", [{"name": " "}, {"query": ""}])
def test_a_name_and_filters_are_needed(bureau: Bureau, values: dict[str, str]) -> None:
    with pytest.raises(RuleViolation):
        saved(bureau, **values)
