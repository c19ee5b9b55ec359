from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from core import guards
from reporting.models import Snapshot, SnapshotRow
from reporting.services import roll_up_due
from tests.database_constraints import change, constraints_of, refused_by
from tests.factories import NOW, Cast
from tests.reporting.fridays import friday

pytestmark = pytest.mark.django_db


@pytest.fixture
def snapshot(cast: Cast) -> Snapshot:
    """The first of two, with a part of every kind; one measure in progress that is not late."""
    cast.measure(at=friday(-1), status="in_progress")
    return roll_up_due(at=NOW)[0]


def row(snapshot: Snapshot, **values: Any) -> None:
    change(snapshot.rows.get(kind="unit", object_id__isnull=False), **values)


def second_row(snapshot: Snapshot, *same: str) -> None:
    """One more row of the unit, which differs from the first in everything but `same`."""
    first = snapshot.rows.get(kind="unit", object_id__isnull=False)
    values = {"object_id": 99, "position": 99} | {name: getattr(first, name) for name in same}
    first.pk = None
    for name, value in values.items():
        setattr(first, name, value)
    first.save(force_insert=True)


def another_week(snapshot: Snapshot) -> None:
    other = Snapshot.objects.exclude(pk=snapshot.pk).get()
    change(snapshot, year=other.year, week=other.week)


Violation = Callable[[Snapshot], Any]
VIOLATIONS: list[tuple[str, Violation]] = [
    ("snapshot_week_once", another_week),
    ("snapshot_iso_week", lambda s: change(s, week=0)),
    ("snapshot_iso_week", lambda s: change(s, week=54)),
    ("snapshot_of_an_ended_week", lambda s: change(s, taken_at=s.ends_at)),
    ("snapshot_measures_add_up", lambda s: change(s, measures_planned=1)),
    ("snapshot_issues_add_up", lambda s: change(s, issues_total=2)),
    ("snapshot_of_which_is_part", lambda s: change(s, measures_overdue=2)),
    ("snapshot_of_which_is_part", lambda s: change(s, measures_due_soon=2)),
    ("snapshot_of_which_is_part", lambda s: change(s, measures_overdue=1, measures_overdue_planned=1)),
    ("snapshot_of_which_is_part", lambda s: change(s, issues_basically_done=1)),
    ("snapshot_of_which_is_part", lambda s: change(s, issues_overdue=2)),
    ("snapshot_of_which_is_part", lambda s: change(s, issues_claimed=2)),
    ("snapshot_row_once", lambda s: second_row(s, "object_id")),
    ("snapshot_row_position_once", lambda s: second_row(s, "position")),
    ("snapshot_row_kind_known", lambda s: row(s, kind="problem")),
    ("snapshot_row_measures_add_up", lambda s: row(s, measures_under_review=1)),
    ("snapshot_row_issues_add_up", lambda s: row(s, issues_planned=5)),
    ("snapshot_row_of_which_is_part", lambda s: row(s, measures_overdue=2)),
]


@pytest.mark.parametrize(("name", "violate"), VIOLATIONS, ids=[name for name, _violate in VIOLATIONS])
def test_the_database_refuses_it_by_name(snapshot: Snapshot, name: str, violate: Violation) -> None:
    """Guards are lifted: what they say of the same rows is tried beside."""
    with guards.lifted(connection), refused_by("reporting", name):
        violate(snapshot)


def test_every_named_constraint_is_tried() -> None:
    assert {name for name, _violate in VIOLATIONS} == set(constraints_of("reporting"))


def test_what_the_rules_allow_the_database_allows(snapshot: Snapshot) -> None:
    """All that is under way may be late, or due soon; a part may belong to nobody."""
    with guards.lifted(connection):
        change(snapshot, measures_overdue=1)
        change(snapshot, measures_overdue=0, measures_due_soon=1, week=53)
        row(snapshot, kind="leader", position=99, object_id=None)
    assert SnapshotRow.objects.filter(position=99, object_id=None).exists()
