import pytest

from tests.signoffs.review_setup import Review


@pytest.fixture
def review(db: None) -> Review:
    return Review()
