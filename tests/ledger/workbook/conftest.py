"""The sample inspection, loaded once for a test; and a small ledger of a bureau."""

from datetime import date

import pytest

from issues.models import Inspection
from rectify.demo.sample import load_sample


@pytest.fixture
def sample(db: None) -> Inspection:
    return load_sample(as_of=date(2026, 11, 23)).inspection
