"""The manuals: one for each role, opened from the menu, with pictures that are there."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from rectify.templatetags.manual import as_page
from rectify.views.manual import FOLDER, MANUALS
from tests.factories import Cast
from tests.html_pages import Page

PageOf = Callable[[Any], Client]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("who", "title"),
    [
        ("office", "整改办使用手册"),
        ("group", "党组（领导小组）使用手册"),
        ("leader", "责任领导使用手册"),
        ("inspector", "巡察组、巡察办使用手册"),
        ("roads_officer", "经办人、单位负责人使用手册"),
        ("roads_head", "经办人、单位负责人使用手册"),
        ("auditor", "审计管理员使用手册"),
        ("system_admin", "系统管理员使用手册"),
    ],
)
def test_the_menu_leads_to_the_manual_of_ones_own_role(cast: Cast, page_of: PageOf, who: str, title: str) -> None:
    client = page_of(getattr(cast, who))
    menu = Page(client.get(reverse("account"))).tree.xpath("//div[@class='drop-menu-body']/a/@href")
    assert reverse("manuals") in menu
    page = Page(client.get(reverse("manuals")))
    assert page.text("//h1") == title
    assert page.one("//article/@lang") == "zh-CN"
    for link in page.tree.xpath("//nav[@class='page-tabs']/a/@href"):
        assert client.get(link).status_code == 200


@pytest.mark.django_db
def test_a_manual_that_there_is_none_of_is_not_there(cast: Cast, page_of: PageOf) -> None:
    assert page_of(cast.office).get(reverse("manual", args=["nobody"])).status_code == 404


@pytest.mark.parametrize("name", MANUALS)
def test_every_mark_of_a_manual_is_understood_and_every_picture_is_there(name: str) -> None:
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    html = as_page(text)
    assert not re.search(r"\*\*|`|!\[|^#|<p>(-|\d+\.) ", html, re.MULTILINE)
    for picture in re.findall(r"images/([\w-]+\.png)", text):
        assert finders.find(f"manual/{picture}"), picture
    assert html.count("<img") == text.count("![")


def test_what_is_no_mark_is_shown_as_it_is_written() -> None:
    told = "# A <b>\nnext\n\n- one **two**\n- `three`\n\n1. four\n2. five\n\n![a](../x.png) <script>"
    assert as_page(told).split("\n") == [
        "<h1>A &lt;b&gt;</h1>",
        "<p>next</p>",
        "<ul><li>one <strong>two</strong></li><li><code>three</code></li></ul>",
        "<ol><li>four</li><li>five</li></ol>",
        "<p>![a](../x.png) &lt;script&gt;</p>",
    ]
