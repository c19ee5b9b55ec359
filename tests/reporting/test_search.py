"""Search from the top bar: words, codes, names and initials; nothing of what the person does not see."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Unit, User
from accounts.services import create_unit, create_user, edit_unit, edit_user
from core.search import initials_of
from tests.factories import NOW, Cast
from tests.html_pages import Page

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
BY: dict[str, Any] = {"by": None, "at": NOW}


def found(client: Client, words: str) -> dict[str, list[str]]:
    """Heading → the rows under it."""
    page = Page(client.get(reverse("search"), {"q": words}))
    return {
        heading.text: [" ".join(row.text_content().split()) for row in heading.getnext().xpath(".//li")]
        for heading in page.tree.xpath("//main/h2")
    }


@pytest.mark.parametrize(
    ("names", "initials"),
    [
        (["水资源科"], "szyk"),
        (["重庆路站"], "cqlz"),  # the reading of the word, not of the single character
        (["行政办公室", "行政办"], "xzbgs xzb"),
        (["副局长（供水）"], "fjzgs"),
        (["A区2站"], "aq2z"),
        (["Roads"], "roads"),
        ([""], ""),
    ],
)
def test_initials_are_those_that_people_type(names: list[str], initials: str) -> None:
    assert initials_of(*names) == initials


def test_initials_are_kept_with_the_name_and_follow_it() -> None:
    unit = create_unit(name="水资源科", short_name="水科", parent=None, **BY)
    user = create_user(username="li", name="总工程师", unit=unit, **BY)
    assert (unit.initials, user.initials) == ("szyk sk", "zgcs")
    edit_unit(unit=unit, values={"name": "供水管理处"}, **BY)
    edit_user(user=user, values={"name": "副局长"}, **BY)
    assert Unit.objects.get(pk=unit.pk).initials == "gsglc sk"
    assert User.objects.get(pk=user.pk).initials == "fjz"


def test_each_kind_is_found_by_its_words_and_leads_on(cast: Cast, page_of: PageOf) -> None:
    water = create_unit(name="水资源科", parent=cast.organisation, **BY)
    chief = create_user(username="chief", name="总工程师", unit=cast.organisation, **BY)
    under = cast.issue(text="城东管网老化")
    measure = cast.measure(issue=under, text="更换水资源监测井", lead_unit=water, leader=chief)
    client = page_of(cast.office)
    told = found(client, "水资源")
    assert list(told) == ["Measures", "Units"]
    assert told["Units"] == ["水资源科"]
    assert list(found(client, "管网")) == ["Measures", "Issues"], "a measure is found by the text of its issue too"
    assert found(client, "SZYK") == {"Units": ["水资源科"]}
    assert found(client, "zgcs") == {"People and posts": ["总工程师 Bureau"]}
    assert list(found(client, measure.code)) == ["Measures"]
    page = Page(client.get(reverse("search"), {"q": "zgcs"}))
    ledger = reverse("ledger", args=[cast.inspection.code])
    assert page.one("//ul[contains(@class, 'search-results')]//a/@href") == f"{ledger}?leader={chief.pk}"
    assert Page(client.get(f"{ledger}?leader={chief.pk}")).counted() == (1, 1)


@pytest.mark.parametrize(
    ("who", "seen"),
    [("office", ["Ours", "Theirs"]), ("roads_officer", ["Ours"]), ("parks_officer", ["Theirs"]), ("stranger", [])],
)
def test_nothing_is_found_that_is_not_seen(cast: Cast, page_of: PageOf, who: str, seen: list[str]) -> None:
    cast.measure(text="Ours: pruning")
    cast.measure(text="Theirs: pruning", lead_unit=cast.parks)
    rows = found(page_of(getattr(cast, who)), "pruning").get("Measures", [])
    assert [row.split()[1].rstrip(":") for row in rows] == seen


def test_of_another_bureau_not_even_names_are_found(cast: Cast, page_of: PageOf) -> None:
    create_unit(name="水资源科", parent=cast.organisation, **BY)
    assert found(page_of(cast.stranger), "szyk") == found(page_of(cast.stranger), "Roads") == {}


@pytest.mark.parametrize("words", ["%", "_", "\\", "'", '"', "<script>", "\x00", "  ", "x" * 500, "管\u3000网"])
def test_odd_words_are_words_like_any_other(cast: Cast, page_of: PageOf, words: str) -> None:
    cast.measure(text="Plain text")
    response = page_of(cast.office).get(reverse("search"), {"q": words})
    assert response.status_code == 200
    assert b"<script>" not in response.content.replace(b"<script src", b"")


def test_it_says_what_to_do_where_nothing_is_found(cast: Cast, page_of: PageOf) -> None:
    page = Page(page_of(cast.office).get(reverse("search"), {"q": "nowhere"}))
    assert "Nothing that you can see contains “nowhere”" in page.text("//div[@class='empty-state']")


def test_ten_of_a_kind_are_shown_and_it_is_said(cast: Cast, page_of: PageOf, queries: Any) -> None:
    client, under = page_of(cast.office), cast.issue()
    cast.measure(issue=under, text="Pruning")
    few = queries(lambda: client.get(reverse("search"), {"q": "pruning"}))
    for _each in range(15):
        cast.measure(issue=under, text="Pruning")
    page = Page(client.get(reverse("search"), {"q": "pruning"}))
    assert len(page.tree.xpath("//ul[contains(@class, 'search-results')]/li")) == 10
    assert "Only the first ten of each kind are shown" in page.text()
    assert queries(lambda: client.get(reverse("search"), {"q": "pruning"})) == few
