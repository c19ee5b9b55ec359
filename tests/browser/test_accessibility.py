"""Every page of the program, looked at by axe: nothing stands between a page and whoever cannot see or point.

The walk is held against the list of addresses: a page that is neither visited nor excused here fails the test.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils.translation import override
from playwright.sync_api import Page, Route

from tests.browser.conftest import Open
from tests.browser.office_data import OfficeData
from tests.browser.page_checks import Watch, hindrances, hindrances_at_both_widths
from tests.browser.published_data import Published
from tests.test_architecture import example

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# The office sees nearly every template in every state; the others are asked for what it does not see.
ROLES = ["office", "roads_officer", "group", "leader", "inspector", "auditor", "system_admin", "visitor"]
# Addresses that take nothing but forms: each answers 405 to whoever opens it, and leads back to a page.
FORMS = """
logout revoke_token retry_job clear_calendar_day start_measure make_pages accept_application
return_application request_archive verify_audit make_paper submit_paper approve_paper return_paper issue_paper
discard_paper revise_paper comment_on_paper export_paper answer_comment approve_disclosure refuse_disclosure
compare_import confirm_import discard_import urge_measure answer_feedback close_feedback edit_bulletin
preview_bulletin request_bulletin_paper mark_all_read send_again retry_webhook export_ledger
save_filter delete_saved_filter
"""
ONLY_FORMS = set(FORMS.split())
# Addresses that are no pages.
NO_PAGES = {
    "set_language": "leads back to the page that it was chosen on",
    "healthz": "a word for a machine",
    "readyz": "a line for a machine",
    "job_progress": "a part of the page of a job",
    "job_result": "a file",
    "download_evidence": "a file",
    "preview_evidence": "a file, framed by the page of the evidence",
    "application_form": "a file",
    "issue_archive": "a file",
    "ledger_template": "a file",
    "marked_import": "a file",
}
LATER = {
    "batch_done": "follows a decision alone; looked at where a meeting decides several at once",
    "batch_measures_done": "follows a batch alone; looked at where the office uses one verb on several measures",
}


def kind_of(address: str) -> str:
    return re.sub(r"[0-9]+", "#", address)


def pages(ground: Published, role: str, known: set[str]) -> list[str]:
    """What the role opens beyond what was seen of its kind before; the first page differs from role to role."""
    fresh = [address for address in ground.pages(role) if address == "/" or kind_of(address) not in known]
    known |= {kind_of(address) for address in fresh}
    return fresh


def names_of_addresses(patterns: list[Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Name (or route, where there is none) and route of each address outside the admin and the API's data."""
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if route.startswith(("admin/", "api/v1/")):
            continue
        if isinstance(pattern, URLResolver):
            yield from names_of_addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route not in {"api/^", "api/schema/"}:
            yield pattern.name or route, route


ADDRESSES = dict(names_of_addresses(get_resolver().url_patterns))


def name_of(address: str) -> str:
    found = resolve(address.split("?")[0])
    return found.url_name or found.route


def test_no_page_of_any_role_hinders_anybody(watched: Callable[..., Watch]) -> None:
    """Each at both widths, with nothing said in the console."""
    ground = Published()
    found, visited, known = [], set(), set[str]()
    for role in ROLES:
        watch = watched(None if role == "visitor" else getattr(ground, role), language="zh-hans")
        for address in pages(ground, role, known):
            watch.page.goto(address, wait_until="networkidle" if address.startswith("/api/") else "load")
            found += hindrances_at_both_widths(watch.page)
            visited.add(name_of(address))
        found += watch.faults
        watch.page.context.close()
    assert not found, "\n".join(found)
    assert set(ADDRESSES) - visited == {*ONLY_FORMS, *NO_PAGES, *LATER}


def test_what_takes_only_forms_is_no_page(ground: OfficeData, client: Client) -> None:
    client.force_login(ground.office, backend="django.contrib.auth.backends.ModelBackend")
    answers = {name: client.get(example(ADDRESSES[name])).status_code for name in ONLY_FORMS}
    assert {name: status for name, status in answers.items() if status != 405} == {}


def test_the_log_in_and_its_mistake_hinder_nobody(window: Open, transactional_db: None) -> None:
    page = window(language="zh-hans")
    page.goto("/login/")
    page.locator("#id_username").fill("nobody")
    page.locator("#id_password").fill("wrong")
    page.locator(".action-bar button").click()
    page.locator(".alert-danger").wait_for()
    found = hindrances_at_both_widths(page)
    assert not found, "\n".join(found)


def test_a_form_with_mistakes_and_open_menus_hinder_nobody(window: Open, ground: OfficeData) -> None:
    page = window(ground.office, language="zh-hans")
    page.goto(f"/issues/{ground.issues[0].pk}/plan-measure/")
    page.locator("form.form-page").evaluate("form => { form.noValidate = true; }")
    page.locator("form.form-page button[type=submit]").click()
    page.locator("#id_text_error").wait_for()
    found = hindrances_at_both_widths(page)
    for menu in page.locator("details.drop-menu").all():
        menu.evaluate("menu => { menu.open = true; }")
        found += hindrances_at_both_widths(page)
        menu.evaluate("menu => { menu.open = false; }")
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_of_mishaps_hinder_nobody(language: str, window: Open, transactional_db: None) -> None:
    """RuleViolation, not found, and those that no test should bring about: they are drawn as the server draws them."""
    page, found = window(language=language), []

    def mishap(route: Route) -> None:
        name = route.request.url.rsplit("/", 1)[-1]
        with override(language):
            body = render_to_string("registration/locked.html" if name == "locked" else f"{name}.html")
        route.fulfill(status=200, content_type="text/html; charset=utf-8", body=body)

    page.route("**/mishap/*", mishap)
    for name in ("400", "403", "403_csrf", "404", "500", "locked"):
        page.goto(f"/mishap/{name}")
        found += hindrances_at_both_widths(page)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("spoilt", "rule"),
    [
        ("document.querySelectorAll('label').forEach(label => label.remove())", "label"),
        ("document.documentElement.removeAttribute('lang')", "html-has-lang"),
        ("document.querySelector('label').style.color = '#ccc'", "color-contrast"),
        ("document.body.append(...[1, 2].map(small))", "target-size"),
    ],
)
def test_axe_would_see_a_hindrance(spoilt: str, rule: str, window: Open, transactional_db: None) -> None:
    """The check itself: a page that is whole has none, and each way to spoil it is found."""
    page: Page = window(language="zh-hans")
    page.goto("/login/")
    assert hindrances(page) == []
    small = "() => Object.assign(document.createElement('button'), {textContent: 'x', className: 'small'})"
    page.evaluate(f"() => {{ const small = {small}; {spoilt}; }}")
    page.evaluate(
        "() => document.querySelectorAll('.small').forEach(button => Object.assign(button.style,"
        " {width: '9px', height: '9px', padding: 0, border: 0}))"
    )
    assert any(f": {rule} at" in found for found in hindrances(page)), hindrances(page)
