"""A Friday evening in a large installation: a thousand inspections of a thousand measures, rolled up at once."""

import os
import resource
import sys
import time
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Count

from issues.models import Inspection
from reporting.models import Snapshot, SnapshotRow
from reporting.services import roll_up_due
from tests.factories import NOW, Cast
from tests.reporting.bulk_rows import AREAS, CATEGORIES, FORCES, LEADERS, UNITS, make_masses
from tests.reporting.fridays import friday

INSPECTIONS = 1000
WITHIN = 60  # seconds
MEGABYTES = 200  # that the process may grow by


def peak() -> float:
    """The most memory that this process has had, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


@pytest.mark.slow
@pytest.mark.postgres
def test_a_thousand_inspections_of_a_thousand_measures_within_a_minute(cast: Cast, capsys: Any) -> None:
    make_masses(cast, inspections=INSPECTIONS, at=friday(-1, hours=1))
    assert Inspection.objects.filter(measures__isnull=False).distinct().count() == INSPECTIONS
    before, began, own = peak(), time.monotonic(), time.process_time()
    made = roll_up_due(at=NOW)
    took, grown, load = time.monotonic() - began, peak() - before, os.getloadavg()[0]
    own = time.process_time() - own
    told = f"{took:.1f} s, {own:.1f} s of them in this process, {grown:.0f} MB more, load of the machine {load:.1f}"
    with capsys.disabled():
        sys.stdout.write(f"\n{INSPECTIONS} inspections of 1000 measures: {told}\n")
    assert len(made) == Snapshot.objects.count() == INSPECTIONS
    assert set(Snapshot.objects.values_list("measures_total", "issues_total")) == {(1000, 100)}
    rows = SnapshotRow.objects.values("snapshot").annotate(n=Count("pk")).values_list("n", flat=True)
    assert set(rows) == {AREAS + CATEGORIES + UNITS + LEADERS + FORCES}
    assert roll_up_due(at=NOW + timedelta(minutes=1)) == []
    assert grown < MEGABYTES
    assert took < WITHIN
