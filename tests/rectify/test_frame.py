"""The frame of all pages: the menu by role, the switch, the bell; and that only pages which show it pay for it."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client, RequestFactory
from django.urls import reverse

from rectify.context_processors import frame
from tests.factories import Cast
from tests.html_pages import Page

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]


def test_nothing_is_queried_before_it_is_rendered(cast: Cast, rf: RequestFactory, queries: Any) -> None:
    request = rf.get("/")
    request.user = cast.office
    assert queries(lambda: frame(request)["frame"].of_page(cast.inspection)) == 0


def test_each_part_is_queried_once(cast: Cast, rf: RequestFactory, queries: Any) -> None:
    request = rf.get("/")
    request.user = cast.office
    whole = frame(request)["frame"]
    assert [each.code for each in whole.inspections] == [cast.inspection.code]
    page = whole.of_page(cast.inspection)
    assert queries(lambda: (whole.inspections, whole.unread, page.others)) == 0
    assert page.others == []
    assert whole.of_page(None).others == [cast.inspection]


def test_a_page_without_an_inspection_leads_to_the_newest_one(cast: Cast, page_of: PageOf) -> None:
    page = Page(page_of(cast.office).get(reverse("account")))
    menu = page.tree.xpath("//nav[@class='side-nav']//a/@href")
    assert reverse("ledger", args=[cast.inspection.code]) in menu
    assert page.texts("//div[@class='inspection-name']/a") == []
    own = Page(page_of(cast.office).get(reverse("inspection", args=[cast.inspection.code])))
    assert own.texts("//div[@class='inspection-name']/a") == [cast.inspection.title]
    assert own.tree.xpath("//nav[@class='side-nav']//a[@aria-current='page']/@href") == [
        reverse("inspection", args=[cast.inspection.code])
    ]
