"""What all tests share."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories import Cast


def pytest_configure() -> None:
    """Tests run without collected static files and with a cheap password hash."""
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.STORAGES = {
        **django_settings.STORAGES,
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }


@pytest.fixture(autouse=True)
def own_data_folder(tmp_path: Any, settings: Any) -> None:
    """No test writes into the data folder of the developer; pages are in English so that ids can be compared."""
    settings.DATA_DIR = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }
    settings.LANGUAGE_CODE = "en"
    settings.API_RATE = settings.API_WRITE_RATE = ""


@pytest.fixture
def cast(db: None) -> Cast:
    return Cast()


@pytest.fixture
def page_of() -> Callable[[Any], Client]:
    """A browser in which this person is logged in."""

    def logged_in(user: Any) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return logged_in


@pytest.fixture
def queries() -> Callable[[Callable[[], Any]], int]:
    """Count the queries that a call makes."""

    def counted(call: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as context:
            call()
        return len(context)

    return counted
