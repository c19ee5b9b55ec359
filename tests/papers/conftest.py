import pytest

from tests.papers.scenes import Desk


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()
