"""The clock of these tests stands on the Friday evening on which the week was rolled up."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.bulletins.two_weeks import FRIDAY, TwoWeeks


@pytest.fixture(autouse=True)
def now() -> Iterator[None]:
    with time_machine.travel(FRIDAY, tick=False):
        yield


@pytest.fixture
def scene(db: None) -> TwoWeeks:
    return TwoWeeks()
