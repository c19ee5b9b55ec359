from typing import Any

import pytest

from files.models import FileScan, Rendition, StoredFile
from tests.database_constraints import constraints_of, put, refused_by
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def stored(**fields: Any) -> None:
    put(StoredFile, **{"name": "a.txt", "sha256": "0" * 64, "kind": "text", "received_at": NOW, **fields})


def test_a_file_without_bytes_is_refused_by_name() -> None:
    with refused_by("files", "file_not_empty"):
        stored(size=0, stored_as="a")
    stored(size=1, stored_as="a")
    assert StoredFile.objects.get().size == 1


def a_file() -> StoredFile:
    fields = {"name": "a.txt", "sha256": "0" * 64, "kind": "text", "received_at": NOW, "size": 1}
    return StoredFile.objects.create(**fields, stored_as=f"place {StoredFile.objects.count()}")


def test_a_scan_has_a_known_state_a_time_and_the_name_of_what_was_found() -> None:
    file = a_file()
    with refused_by("files", "scan_state_known"):
        put(FileScan, file_id=file.pk, state="odd", scanned_at=NOW, answer="x")
    with refused_by("files", "scan_verdict_has_time"):
        put(FileScan, file_id=file.pk, state="clean")
    with refused_by("files", "scan_infected_has_name"):
        put(FileScan, file_id=file.pk, state="infected", scanned_at=NOW)
    put(FileScan, file_id=file.pk, state="infected", scanned_at=NOW, answer="Eicar")
    assert FileScan.objects.get().file == file


def test_only_finished_renditions_have_pages() -> None:
    file, pages = a_file(), a_file()
    with refused_by("files", "rendition_done_has_pages"):
        put(Rendition, file_id=file.pk, state="done")
    with refused_by("files", "rendition_done_has_pages"):
        put(Rendition, file_id=file.pk, state="pending", pages_id=pages.pk)
    put(Rendition, file_id=file.pk, state="done", pages_id=pages.pk)
    assert Rendition.objects.get().pages == pages


def test_every_named_constraint_is_tried() -> None:
    scans = {"scan_state_known", "scan_verdict_has_time", "scan_infected_has_name"}
    assert set(constraints_of("files")) == {"file_not_empty", "rendition_done_has_pages"} | scans
