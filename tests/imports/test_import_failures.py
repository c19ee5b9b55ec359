"""Imports that fail: an old preview, a lost file, what is no notice, who may not. Nothing is written then."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.test import Client
from django.urls import reverse

from accounts.models import Role
from imports.models import Import
from imports.services import imports as imports_service
from issues.models import Inspection, Issue
from issues.services import edit_inspection
from jobs.models import Job
from jobs.tasks import run_job
from measures.models import Measure
from tests.factories import NOW, Cast, user
from tests.html_pages import NOTICE, Page, everything, followed
from tests.imports.uploads import address, carried_out, confirm, ledger_rows, shown, stored, upload, uploaded

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
STALE = "The ledger has changed since the preview. Look at the preview again, then confirm."
TAKEN = "An inspection with this code already exists."


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def page(cast: Cast, page_of: PageOf) -> Client:
    return page_of(cast.office)


def test_a_preview_that_has_grown_old_is_refused_and_nothing_is_written(cast: Cast, page: Client) -> None:
    cast.issue()
    source = uploaded(page, inspection=cast.inspection.pk)
    old = shown(page, source).typed("base_seq")
    edit_inspection(inspection=cast.inspection, values={"title": "Changed"}, by=cast.office, at=NOW)
    before = ledger_rows()
    page.post(address(source, "confirm_import"), {"base_seq": old})
    run_job(Job.objects.get().pk)
    failed = shown(page, source)
    assert failed.texts("//p[@role='alert']") == [STALE]
    assert ledger_rows() == before
    assert "4 measures are created." in failed.text(), "the preview is a new one, and can be confirmed"
    carried_out(page, source)
    assert Measure.objects.count() == 4


@pytest.mark.parametrize("seen", ["", "x", "-1", "²", "99999999999999999999"])
def test_an_odd_state_of_the_ledger_counts_as_an_old_one(cast: Cast, page: Client, seen: str) -> None:
    cast.issue()
    source = uploaded(page, inspection=cast.inspection.pk)
    answer = page.post(address(source, "confirm_import"), {"base_seq": seen, "sent": "yes"})
    assert answer.status_code == 302
    run_job(Job.objects.get().pk)
    assert STALE in shown(page, source).text()
    assert not Measure.objects.exists()


def test_whatever_breaks_in_the_work_is_told_on_the_page(
    cast: Cast, page: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = uploaded(page)
    before = ledger_rows()

    def breaks(*_args: Any, **_how: Any) -> None:
        raise RuntimeError("a cable")

    with monkeypatch.context() as broken:
        broken.setattr(imports_service, "apply_import", breaks)
        failed = carried_out(page, source)
    (reason,) = failed.texts("//p[@role='alert']")
    assert reason == Job.objects.get().error
    assert "a cable" not in reason
    assert ledger_rows() == before
    assert "measures created" in carried_out(page, source).tiles()


def test_a_file_that_the_storage_has_lost_is_told(page: Client, tmp_path: Path) -> None:
    source = uploaded(page)
    for found in stored(tmp_path):
        found.unlink()
    lost = "The stored file is missing. Tell the administrator."
    assert shown(page, source).texts("//p[@role='alert']") == [lost]
    assert followed(page, address(source, "confirm_import"), {"base_seq": "0"}).toasts() == [lost]
    assert not Job.objects.exists()


def test_what_is_discarded_is_over(page: Client) -> None:
    source = uploaded(page)
    before = ledger_rows()
    listing = followed(page, address(source, "discard_import"))
    assert listing.toasts() == ["The import was discarded; nothing was written."]
    assert [row[2] for row in listing.table("File")] == ["discarded"]
    assert "This import was discarded" in shown(page, source).text()
    told = followed(page, address(source, "confirm_import"), {"base_seq": "0"}).toasts()
    assert told == ["This import has already been applied or discarded."]
    assert not Job.objects.exists()
    assert ledger_rows() == before


def test_what_is_discarded_while_it_waits_for_a_worker_is_not_written(page: Client) -> None:
    source = uploaded(page)
    confirm(page, source)
    before = ledger_rows()
    page.post(address(source, "discard_import"))
    run_job(Job.objects.get().pk)
    assert ledger_rows() == before
    assert not Inspection.objects.filter(code="round-9").exists()
    assert "This import was discarded" in shown(page, source).text()


# What is not taken in


def picture() -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))


def archive() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as made:
        made.writestr("readme.txt", NOTICE)
    return file.getvalue()


NEWS = "我市召开供水保障会议\n\n近日,市水务局召开会议。\n\n一是通报情况。二是部署工作。\n"
NOT_WORD = "This is not a Word document, despite its name."
UNREADABLE = {
    "nothing at all": ("notice.txt", b"", "The submitted file is empty."),
    "blank lines": ("notice.txt", b"\n \r\n\t\n", "The file is empty."),
    "a news item": ("news.txt", NEWS.encode(), "No issue with a line on how it was rectified was found in the text."),
    "a picture named as a document": ("notice.docx", picture(), NOT_WORD),
    "a picture named as text": ("notice.txt", picture(), "The file contains no readable text."),
    "another archive": ("notice.docx", archive(), NOT_WORD),
    "an old document": ("notice.doc", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "This is an old .doc document."),
}


@pytest.mark.parametrize("what", list(UNREADABLE))
def test_what_is_no_notice_leaves_nothing_behind(page: Client, tmp_path: Path, what: str) -> None:
    name, data, sentence = UNREADABLE[what]
    before = everything()
    answer = Page(upload(page, data, name=name, code="round-9"))
    errors = answer.errors()
    assert (answer.status, list(errors)) == (422, ["file"])
    assert errors["file"].startswith(sentence)
    assert len(answer.tree.xpath("//div[@class='field-error']")) == 1
    assert answer.typed("code") == "round-9"
    assert everything() == before
    assert stored(tmp_path) == []


class Heavy(FileUploadHandler):
    """Stands for the server's handler of uploads: says that fifty megabytes came in, of which nobody has read any."""

    def receive_data_chunk(self, _raw_data: bytes, _start: int) -> None:
        return None

    def file_complete(self, _file_size: int) -> UploadedFile:
        return UploadedFile(Unread(), self.file_name, "text/plain", 51 * 1024 * 1024)


class Unread(io.BytesIO):
    def read(self, *_args: Any) -> bytes:
        raise AssertionError("its size is known: not a byte of it is read")


@pytest.mark.parametrize(
    ("name", "what"),
    [("notice.txt", "20 MB; a notice"), ("整改台账.XLSX", "50 MB; a ledger"), ("a.xls", "50 MB; a ledger")],
)
def test_fifty_megabytes_are_refused_by_their_size_alone(
    page: Client, tmp_path: Path, settings: Any, name: str, what: str
) -> None:
    settings.FILE_UPLOAD_HANDLERS = [f"{__name__}.Heavy"]
    before = everything()
    answer = Page(upload(page, name=name, code="round-9"))
    told = f"The file is larger than {what} never is. Check that it is the right file."
    assert (answer.status, answer.errors()) == (422, {"file": told})
    assert everything() == before
    assert stored(tmp_path) == []


# Who may


@pytest.mark.parametrize(
    "who", ["group", "leader", "inspector", "roads_officer", "roads_head", "auditor", "system_admin", "superuser"]
)
def test_only_the_office_imports(cast: Cast, page_of: PageOf, who: str, tmp_path: Path) -> None:
    client, before = page_of(getattr(cast, who)), everything()
    assert client.get(reverse("import_list")).status_code == 403
    assert upload(client, inspection=cast.inspection.pk).status_code == 403
    assert everything() == before
    assert stored(tmp_path) == []


def test_another_office_cannot_choose_an_inspection_that_is_not_its_own(cast: Cast, page_of: PageOf) -> None:
    client = page_of(cast.stranger)
    assert Page(client.get(reverse("import_list"))).choices("inspection") == []
    answer = Page(upload(client, inspection=cast.inspection.pk))
    assert (answer.status, "inspection" in answer.errors()) == (422, True)
    assert not Import.objects.exists()


def test_another_offices_import_is_not_there(cast: Cast, page: Client, page_of: PageOf) -> None:
    """A colleague sees what goes into an inspection that the office keeps, and may confirm it."""
    theirs, source = page_of(cast.stranger), uploaded(page, inspection=cast.inspection.pk)
    before = everything()
    assert theirs.get(address(source)).status_code == 404
    for name in ("confirm_import", "discard_import"):
        assert theirs.post(address(source, name), {"base_seq": "0"}).status_code == 404
    assert Page(theirs.get(reverse("import_list"))).table("File") == []
    assert everything() == before
    colleague = page_of(user(role=Role.OFFICE, over=cast.organisation))
    assert len(Page(colleague.get(reverse("import_list"))).table("File")) == 1
    carried_out(colleague, source)
    assert Issue.objects.filter(inspection=cast.inspection).count() == 3


def test_who_is_no_longer_the_office_cannot_confirm_what_was_uploaded(cast: Cast, page: Client) -> None:
    source = uploaded(page, inspection=cast.inspection.pk)
    cast.office.appointments.all().delete()
    before = everything()
    for name in ("confirm_import", "discard_import"):
        assert page.post(address(source, name), {"base_seq": "0"}).status_code == 403
    assert everything() == before
