from collections.abc import Callable
from typing import Any

import pytest

from files.models import StoredFile
from ledger.models import Import, Notice, StagedRow
from tests.constraints import constraints_of, put, refused_by
from tests.factories import NOW, Bureau

pytestmark = pytest.mark.django_db


def stored(name: str) -> StoredFile:
    return StoredFile.objects.create(name=name, size=1, sha256="0" * 64, kind="text", stored_as=name, received_at=NOW)


def imported(bureau: Bureau, status: str) -> None:
    put(Import, file=stored(status), code="round", by=bureau.office, at=NOW, status=status)


def notice(bureau: Bureau, file: StoredFile | None) -> Notice:
    return Notice.objects.create(inspection=bureau.inspection, file=file, title="Notice", at=NOW)


def notice_again(bureau: Bureau) -> None:
    there = notice(bureau, stored("a"))
    put(Notice, inspection=bureau.inspection, file=there.file, title="Another title", at=NOW)


def row_twice(bureau: Bureau) -> None:
    source = Import.objects.create(file=stored("book"), code="round", by=bureau.office, at=NOW)
    for _each in range(2):
        put(StagedRow, source=source, line=4, values={})


Violation = Callable[[Bureau], Any]
VIOLATIONS: list[tuple[str, Violation]] = [
    ("import_status_known", lambda b: imported(b, "lost")),
    ("notice_once_per_file", notice_again),
    ("staged_row_once", row_twice),
]


@pytest.mark.parametrize(("name", "violate"), VIOLATIONS, ids=[name for name, _violate in VIOLATIONS])
def test_the_database_refuses_it_by_name(bureau: Bureau, name: str, violate: Violation) -> None:
    with refused_by("ledger", name):
        violate(bureau)


def test_every_named_constraint_is_tried() -> None:
    assert {name for name, _violate in VIOLATIONS} == set(constraints_of("ledger"))


def test_what_the_rules_allow_the_database_allows(bureau: Bureau) -> None:
    """Two notices without a file are two notices; every state of an import is known."""
    for status in Import.Status.values:
        imported(bureau, status)
    for _number in range(3):
        notice(bureau, None)
    assert (Import.objects.count(), Notice.objects.count()) == (len(Import.Status), 3)
