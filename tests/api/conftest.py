import pytest

from tests.api.client import ApiClient
from tests.signoffs.review_setup import Review
from tests.two_units import TwoUnits


@pytest.fixture
def review(db: None) -> Review:
    return Review()


@pytest.fixture
def place(db: None) -> TwoUnits:
    return TwoUnits()


@pytest.fixture
def nobody(db: None) -> ApiClient:
    return ApiClient(None)
