"""Every kind of page, looked at by axe: nothing serious stands between a page and whoever cannot see or point."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.eyes import Watch
from tests.browser.ground import Ground

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
GRAVE = {"serious", "critical"}
# The office sees nearly every template in every state; the others are asked for what it does not see.
ROLES = ["office", "roads_officer", "group", "auditor", "system_admin"]


def pages(ground: Ground, role: str) -> list[str]:
    kinds = {_kind(address) for address in ground.addresses("office")} if role != "office" else set()
    return [address for address in ground.addresses(role) if address == "/" or _kind(address) not in kinds]


def _kind(address: str) -> str:
    return re.sub(r"[0-9]+", "#", address)


def hindrances(page: Page) -> list[str]:
    """What axe finds grave on the page as it is shown, each with the first places."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{page.url}: {_told(rule)}" for rule in found if rule["impact"] in GRAVE]


def _told(rule: dict[str, Any]) -> str:
    places = [node["target"] for node in rule["nodes"][:3]]
    return f"{rule['id']} at {places} {rule['nodes'][0]['failureSummary']}"


def test_no_page_of_any_role_hinders_anybody(watched: Callable[..., Watch]) -> None:
    ground = Ground("zh-hans")
    found = []
    for role in ROLES:
        watch = watched(getattr(ground, role), language="zh-hans")
        for address in pages(ground, role):
            watch.page.goto(address)
            found += hindrances(watch.page)
        watch.page.context.close()
    assert not found, "\n".join(found)


def test_the_log_in_and_its_mistake_hinder_nobody(window: Open, transactional_db: None) -> None:
    page = window(language="zh-hans")
    page.goto("/login/")
    found = hindrances(page)
    page.locator("#id_username").fill("nobody")
    page.locator("#id_password").fill("wrong")
    page.locator(".action-bar button").click()
    page.locator(".alert-danger").wait_for()
    found += hindrances(page)
    assert not found, "\n".join(found)


def test_a_form_with_mistakes_and_open_menus_hinder_nobody(window: Open, ground: Ground) -> None:
    page = window(ground.office, language="zh-hans")
    page.goto(f"/issues/{ground.issues[0].pk}/plan-measure/")
    page.locator("form.form-page").evaluate("form => { form.noValidate = true; }")
    page.locator("form.form-page button[type=submit]").click()
    page.locator("#id_text_error").wait_for()
    for menu in page.locator("details.menu").all():
        menu.evaluate("menu => menu.setAttribute('open', '')")
    found = hindrances(page)
    assert not found, "\n".join(found)


def test_axe_would_see_a_hindrance(window: Open, transactional_db: None) -> None:
    """The check itself: a field that loses its label is found, policy of the page or not."""
    page = window(language="zh-hans")
    page.goto("/login/")
    page.evaluate("document.querySelectorAll('label').forEach(label => label.remove())")
    assert any(": label at" in found for found in hindrances(page))
