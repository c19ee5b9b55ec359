import pytest

from tests.ledger.papers.scenes import Desk


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk()
