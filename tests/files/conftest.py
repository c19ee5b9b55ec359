from collections.abc import Iterator
from typing import Any

import pytest

from tests.files.fake_clamd import Scanner, running


@pytest.fixture
def scanner(settings: Any) -> Iterator[Scanner]:
    """Scanning is on, and this is who answers."""
    with running() as started:
        settings.CLAMD_URL = started.url
        yield started
