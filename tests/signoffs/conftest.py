import pytest

from tests.signoffs.scenes import Review


@pytest.fixture
def review(db: None) -> Review:
    return Review()
