import pytest

from tests.api.caller import Caller
from tests.place import Place
from tests.signoffs.scenes import Review


@pytest.fixture
def review(db: None) -> Review:
    return Review()


@pytest.fixture
def place(db: None) -> Place:
    return Place()


@pytest.fixture
def nobody(db: None) -> Caller:
    return Caller(None)
