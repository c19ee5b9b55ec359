from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from bulletins.models import Bulletin
from core import guards
from tests.bulletins.two_weeks import FIRST, FRIDAY, TwoWeeks
from tests.database_constraints import change, constraints_of, put, refused_by

pytestmark = pytest.mark.django_db


def row(scene: TwoWeeks, **fields: Any) -> None:
    taken = scene.snapshot()
    values = {
        "inspection": scene.inspection,
        "organisation": scene.organisation,
        "snapshot": taken,
        "year": taken.year,
        "week": taken.week,
        "title": "Title",
        "content": {},
        "drafted_at": FRIDAY,
    }
    put(Bulletin, **{**values, **fields})


def edition_twice(scene: TwoWeeks) -> None:
    row(scene)
    row(scene)


def number_twice(scene: TwoWeeks) -> None:
    """The guard of the turn is quicker than the constraint; it is lifted to see this one."""
    first, second = scene.draft(FIRST), scene.draft()
    scene.published(first)
    told = {"number_year": 2026, "number": 1, "published_at": FRIDAY, "chain_seq": 9, "chain_hash": "0" * 64}
    with guards.lifted(connection), transaction.atomic():
        change(second, status="published", **told)


BROKEN: dict[str, Callable[[TwoWeeks], None]] = {
    "bulletin_edition_once": edition_twice,
    "bulletin_number_once": number_twice,
    "bulletin_iso_week": lambda scene: row(scene, week=54),
    "bulletin_correction_names_the_corrected": lambda scene: row(scene, edition=2),
    "bulletin_published_has_number_and_event": lambda scene: change(scene.draft(), number=1),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_the_database_refuses(scene: TwoWeeks, name: str) -> None:
    with refused_by("bulletins", name):
        BROKEN[name](scene)


def test_every_constraint_is_tried() -> None:
    assert set(BROKEN) == set(constraints_of("bulletins"))
