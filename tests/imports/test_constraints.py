from collections.abc import Callable
from typing import Any

import pytest

from files.models import StoredFile
from imports.models import Import, StagedRow
from tests.database_constraints import constraints_of, put, refused_by
from tests.factories import NOW, Cast

pytestmark = pytest.mark.django_db


def stored(name: str) -> StoredFile:
    return StoredFile.objects.create(name=name, size=1, sha256="0" * 64, kind="text", stored_as=name, received_at=NOW)


def imported(cast: Cast, status: str) -> None:
    put(Import, file=stored(status), code="round", by=cast.office, at=NOW, status=status)


def row_twice(cast: Cast) -> None:
    source = Import.objects.create(file=stored("book"), code="round", by=cast.office, at=NOW)
    for _each in range(2):
        put(StagedRow, source=source, line=4, values={})


Violation = Callable[[Cast], Any]
VIOLATIONS: list[tuple[str, Violation]] = [
    ("import_status_known", lambda b: imported(b, "lost")),
    ("staged_row_once", row_twice),
]


@pytest.mark.parametrize(("name", "violate"), VIOLATIONS, ids=[name for name, _violate in VIOLATIONS])
def test_the_database_refuses_it_by_name(cast: Cast, name: str, violate: Violation) -> None:
    with refused_by("imports", name):
        violate(cast)


def test_every_named_constraint_is_tried() -> None:
    assert {name for name, _violate in VIOLATIONS} == set(constraints_of("imports"))


def test_every_state_of_an_import_is_known(cast: Cast) -> None:
    for status in Import.Status.values:
        imported(cast, status)
    assert Import.objects.count() == len(Import.Status)
