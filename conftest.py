"""What this machine offers to the tests: database under test, Redis, Chromium.

A test says what it needs by its marker and is skipped, with the reason, where the machine does not have it. In CI
(`CI` set) nothing is skipped for want of Redis or Chromium: what is missing there is an error of the set-up.
"""

import gc
import os
import shutil

import hypothesis
import pytest
import redis
from django.db import connection
from django.test import SimpleTestCase

from tools import old_browser

CI = bool(os.environ.get("CI"))
CHROMIUM = next(
    (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
)
OLD_CHROMIUM = next((str(path) for path in [old_browser.BROWSER] if path.is_file()), "")
TEST_REDIS_URL = os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379"

# `make test` tries the same examples in every run, `make test-slow` others each time: see tests/randomness.py.
hypothesis.settings.register_profile("ordinary", deadline=None, derandomize=True, print_blob=True)
hypothesis.settings.register_profile("long", deadline=None, derandomize=False, print_blob=True, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ordinary"))


def redis_answers() -> bool:
    try:
        return bool(redis.Redis.from_url(TEST_REDIS_URL, socket_timeout=2, socket_connect_timeout=2).ping())
    except redis.RedisError:
        return False


# What these try is pages, forms, permissions, texts and reading, each through queries that other tests run on both
# databases: it cannot differ between them, and runs on SQLite where both are under test.
ONE_DATABASE = {
    *("api/test_abilities", "api/test_choices", "api/test_etags", "api/test_everything", "api/test_guide"),
    *("api/test_hostile", "api/test_import_refusals", "api/test_imports", "api/test_inbox", "api/test_matrix"),
    *("api/test_office", "api/test_oneself", "api/test_papers", "api/test_paperwork", "api/test_roles"),
    *(
        "api/test_tokens",
        "api/test_verbs",
        "bulletins/test_pages",
        "bulletins/test_papers",
        "bulletins/test_public_pages",
    ),
    *(
        "imports/test_commands",
        "imports/test_correct_reading",
        "imports/test_import_pages",
        "imports/workbook/test_pages",
    ),
    *("imports/workbook/test_generated", "imports/workbook/test_unreadable", "ledger/test_batch_measures"),
    *(
        "measures/test_evidence_pages",
        "measures/test_pages",
        "measures/test_permission_matrix",
        "measures/test_plan_pages",
    ),
    *("measures/test_rules", "notifications/test_pages", "papers/test_pages_matrix", "reporting/test_home"),
    *("signoffs/test_issue_file", "signoffs/test_pages", "signoffs/test_pages_matrix", "signoffs/test_pages_office"),
    *("signoffs/test_papers", "signoffs/test_permission_matrix", "supervision/test_feedback", "files/test_file_types"),
    *("files/test_previews", "test_architecture", "test_translations", "test_visibility"),
}

DATABASE_FIXTURES = {"db", "transactional_db", "live_server", "machine"}


def needs_database(item: pytest.Item) -> bool:
    """Return whether a test touches the database under test."""
    fixtures = set(getattr(item, "fixturenames", ()))
    is_case = isinstance(getattr(item, "cls", None), type) and issubclass(item.cls, SimpleTestCase)  # type: ignore[attr-defined]
    return bool(item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES or is_case)


def place_of(item: pytest.Item) -> str:
    """Return the file of a test as `ONE_DATABASE` names it."""
    return item.nodeid.partition("::")[0].removeprefix("tests/").removesuffix(".py")


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector of garbage need not walk it again and again (a sixth of all time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what the machine cannot run, each with its reason; what needs no database runs once, not on each of them."""
    if os.environ.get("TEST_ONCE_ELSEWHERE"):
        elsewhere = [
            item
            for item in items
            if not needs_database(item) or item.get_closest_marker("once") or place_of(item) in ONE_DATABASE
        ]
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]
    reasons = {}
    if connection.vendor != "postgresql":
        reasons["postgres"] = "the database under test is not PostgreSQL"
    if not CI and not CHROMIUM:
        reasons["browser"] = "Chromium is not installed"
    if not OLD_CHROMIUM:
        reasons["old_browser"] = f"Chromium {old_browser.MAJOR} is not here; tools/old_browser.py brings it"
    if not CI and any(item.get_closest_marker("redis") for item in items) and not redis_answers():
        reasons["redis"] = f"no Redis answers at {TEST_REDIS_URL}"
    for item in items:
        for marker, reason in reasons.items():
            if item.get_closest_marker(marker):
                item.add_marker(pytest.mark.skip(reason=reason))
