from collections.abc import Callable
from typing import Any

import pytest

from ledger.models import SavedFilter
from tests.constraints import constraints_of, put, refused_by
from tests.factories import NOW, Bureau

pytestmark = pytest.mark.django_db


def saved(bureau: Bureau, **values: Any) -> None:
    put(
        SavedFilter,
        inspection=bureau.inspection,
        user=bureau.office,
        at=NOW,
        **{"name": "Late", "query": "q=a"} | values,
    )


def saved_again(bureau: Bureau) -> None:
    saved(bureau)
    saved(bureau, query="q=b")


Violation = Callable[[Bureau], Any]
VIOLATIONS: list[tuple[str, Violation]] = [
    ("saved_filter_name_once", saved_again),
    ("saved_filter_says_something", lambda b: saved(b, name="")),
    ("saved_filter_says_something", lambda b: saved(b, query="")),
]


@pytest.mark.parametrize(("name", "violate"), VIOLATIONS, ids=[name for name, _violate in VIOLATIONS])
def test_the_database_refuses_it_by_name(bureau: Bureau, name: str, violate: Violation) -> None:
    with refused_by("ledger", name):
        violate(bureau)


def test_every_named_constraint_is_tried() -> None:
    assert {name for name, _violate in VIOLATIONS} == set(constraints_of("ledger"))
