"""Every role walks through every page that it can open, on a desk and on a phone, in both languages."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.office_data import OfficeData
from tests.browser.page_checks import Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
ROLES = ["office", "group", "leader", "roads_officer", "roads_head", "inspector", "auditor", "system_admin"]
Watched = Callable[..., Watch]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_of_every_role_is_whole_at_both_widths_in_its_language(language: str, watched: Watched) -> None:
    """One bureau for all of them: looking changes nothing."""
    ground, faults = OfficeData(language), {}
    for role in ROLES:
        watch = watched(language=language)
        watch.log_in(getattr(ground, role).username)
        for address, status in ground.addresses(role).items():
            watch.visit(address, status=status)
            watch.read(language, ground.is_data)
        faults[role] = watch.told()
        watch.page.context.close()
    assert not any(faults.values()), "\n".join(f"{role}\n{told}" for role, told in faults.items() if told)


@pytest.mark.parametrize(
    ("spoilt", "told"),
    [
        ("document.body.insertAdjacentHTML('beforeend', '<h1>Twice</h1>')", "has 2 headings"),
        ("document.title = ' · rectify'", "has the title"),
        ("document.querySelector('h1').textContent = '整改'", "says in the wrong language: ['整改']"),
        (
            "document.body.append(new Image()); document.body.lastChild.src = 'http://127.0.0.1:1/a.png'",
            "policy: img-src",
        ),
        ("document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">Red</p>')", "policy: style-src"),
        ("document.querySelector('.card').style.width = '1000px'", "wide at 390"),
        ("Object.assign(document.querySelector('.card p').style, {height: '2px', overflow: 'hidden'})", "cuts text at"),
        ("setTimeout(() => { nowhere(); })", "script error"),
        ("console.debug('left behind')", "console says: left behind"),
    ],
)
def test_the_watch_sees_what_is_wrong(spoilt: str, told: str, watched: Watched) -> None:
    """The check itself: a page that is whole has no fault, and each way to spoil it is told."""
    watch = watched(language="en")
    watch.visit("/login/")
    watch.read("en", lambda _found: False)
    assert not watch.faults
    watch.page.evaluate(f"() => {{ {spoilt} }}")
    watch.page.wait_for_timeout(50)
    watch.look()
    watch.read("en", lambda _found: False)
    assert told in watch.told()


def test_a_request_to_elsewhere_is_told(watched: Watched, server: str) -> None:
    watch = watched(language="en", bypass_csp=True)
    watch.visit("/login/")
    watch.page.route("http://elsewhere.test/**", lambda route: route.fulfill(body=""))
    watch.page.evaluate("fetch('http://elsewhere.test/a.js', {mode: 'no-cors'})")
    assert "asks elsewhere: http://elsewhere.test/a.js" in watch.told()


def test_the_pages_of_mishaps_are_whole(watched: Watched, settings: Any) -> None:
    """A form that expired, and a log-in that is locked for a while."""
    settings.AXES_FAILURE_LIMIT = 1
    for language in ("zh-hans", "en"):
        watch = watched(language=language)
        watch.visit("/login/")
        watch.expected = 403
        watch.page.context.clear_cookies(name="csrftoken")
        _try_to_log_in(watch)
        _look_and_read(watch, language)
        assert watch.page.locator("form").count() == 0
        watch.visit("/login/")
        watch.expected = 429
        _try_to_log_in(watch)
        _look_and_read(watch, language)
        assert watch.page.locator("form").count() == 0
        assert not watch.faults, watch.told()


def _try_to_log_in(watch: Watch) -> None:
    watch.page.locator("#id_username").fill("nobody")
    watch.page.locator("#id_password").fill("wrong")
    watch.page.locator(".action-bar button").click()
    watch.page.wait_for_load_state()


def _look_and_read(watch: Watch, language: str) -> None:
    watch.look()
    watch.read(language, lambda _found: False)
