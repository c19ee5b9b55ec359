from collections.abc import Callable
from typing import Any

import pytest

from ledger.models import SavedFilter
from tests.database_constraints import constraints_of, put, refused_by
from tests.factories import NOW, Cast

pytestmark = pytest.mark.django_db


def saved(cast: Cast, **values: Any) -> None:
    put(
        SavedFilter,
        inspection=cast.inspection,
        user=cast.office,
        at=NOW,
        **{"name": "Late", "query": "q=a"} | values,
    )


def saved_again(cast: Cast) -> None:
    saved(cast)
    saved(cast, query="q=b")


Violation = Callable[[Cast], Any]
VIOLATIONS: list[tuple[str, Violation]] = [
    ("saved_filter_name_once", saved_again),
    ("saved_filter_says_something", lambda b: saved(b, name="")),
    ("saved_filter_says_something", lambda b: saved(b, query="")),
]


@pytest.mark.parametrize(("name", "violate"), VIOLATIONS, ids=[name for name, _violate in VIOLATIONS])
def test_the_database_refuses_it_by_name(cast: Cast, name: str, violate: Violation) -> None:
    with refused_by("ledger", name):
        violate(cast)


def test_every_named_constraint_is_tried() -> None:
    assert {name for name, _violate in VIOLATIONS} == set(constraints_of("ledger"))
