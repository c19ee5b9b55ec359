"""What the tests of notifications share: a mail server, a gateway, the machine of the tests of jobs."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.jobs.conftest import database_url, eventually, machine, migrated_machine
from tests.notifications.fake_servers import FakeMailServer, Gateway, gateway, postbox


@pytest.fixture
def box(settings: Any) -> Iterator[FakeMailServer]:
    """A real mail server that records, and settings that lead to it."""
    with postbox() as found:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", found.port
        settings.EMAIL_IS_SET, settings.EMAIL_TIMEOUT = True, 5
        settings.BASE_URL = "https://rectify.bureau.example"
        yield found


@pytest.fixture
def door() -> Iterator[Gateway]:
    """A real web server that records."""
    with gateway() as found:
        yield found


__all__ = ["database_url", "eventually", "machine", "migrated_machine"]
