"""One browser for the whole folder; every test gets fresh windows and a bureau at work."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from accounts.models import User
from conftest import CHROMIUM, OLD_CHROMIUM
from jobs.tasks import run_job
from tests.browser.office_data import OfficeData
from tests.browser.page_checks import WIDE, Watch

PATIENCE = 15_000  # milliseconds; two cores may be busy with other tests
Open = Callable[..., Page]


@pytest.fixture(scope="package")
def driver() -> Iterator[Playwright]:
    """Start the driver of browsers once.

    It keeps an event loop in this thread, and Django refuses its database to a thread with a loop. Nothing
    is awaited here, so it may be told that this is safe; only as long as the browser runs.
    """
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as driver:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        expect.set_options(timeout=PATIENCE)
        yield driver


@pytest.fixture(scope="package")
def chromium(driver: Playwright) -> Iterator[Browser]:
    """Start Chromium once."""
    browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def old_chromium(driver: Playwright) -> Iterator[Browser]:
    """Start the oldest browser that the pages are made for."""
    browser = driver.chromium.launch(executable_path=OLD_CHROMIUM, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def asked_for(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The jobs that pages ask for; no message leaves for a real worker, the test does the work itself."""
    sent: list[int] = []
    monkeypatch.setattr(run_job, "delay", sent.append)
    return sent


@pytest.fixture
def server(live_server: Any, asked_for: list[int]) -> str:
    return str(live_server.url)


@pytest.fixture
def window(chromium: Browser, server: str) -> Iterator[Open]:
    yield from windows(chromium, server)


@pytest.fixture
def old_window(old_chromium: Browser, server: str) -> Iterator[Open]:
    yield from windows(old_chromium, server)


def windows(browser: Browser, server: str) -> Iterator[Open]:
    """Open a window of its own for a person (None: nobody is logged in); all are closed in the end."""
    opened = []

    def open_window(user: User | None = None, *, language: str = "en", **options: Any) -> Page:
        context = browser.new_context(base_url=server, viewport=dict(WIDE), **options)
        opened.append(context)
        context.set_default_timeout(PATIENCE)
        cookies = {django_settings.LANGUAGE_COOKIE_NAME: language}
        if user is not None:
            cookies[django_settings.SESSION_COOKIE_NAME] = session_of(user)
        context.add_cookies([{"name": name, "value": value, "url": server} for name, value in cookies.items()])
        return context.new_page()

    yield open_window
    for context in opened:
        context.close()


@pytest.fixture
def watched(window: Open, server: str) -> Callable[..., Watch]:
    """Open a window whose console, requests and policy are written down."""

    def open_watched(user: User | None = None, **options: Any) -> Watch:
        return Watch(window(user, **options), server)

    return open_watched


@pytest.fixture
def ground(transactional_db: None) -> OfficeData:
    return OfficeData()


def session_of(user: User) -> str:
    """Log a person in without the form, where the log-in is not the point."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
