"""Fridays of the tests: `friday(0)` ends the week before NOW, in Shanghai's time."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from issues.models import Inspection
from tests.factories import Cast, inspection, issue, measure

SHANGHAI = ZoneInfo("Asia/Shanghai")
FRIDAY = datetime(2026, 2, 27, 17, tzinfo=SHANGHAI)  # the last one before NOW, a Monday morning


def friday(weeks: int = 0, **later: float) -> datetime:
    """The end of the week so many weeks after FRIDAY, or a moment `later` than that."""
    return FRIDAY + timedelta(weeks=weeks) + timedelta(**later)


def beside(cast: Cast, *, at: datetime) -> Inspection:
    """Another inspection of the bureau with one measure, which came in at `at`."""
    other = inspection(cast.organisation)
    measure(issue(other, at=at), lead_unit=cast.roads, leader=cast.leader, at=at)
    return other
