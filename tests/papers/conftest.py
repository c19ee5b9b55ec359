import pytest

from tests.papers.paper_desk import PaperDesk


@pytest.fixture
def desk(db: None) -> PaperDesk:
    return PaperDesk()
