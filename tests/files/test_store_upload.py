"""A file comes in through the gate: stored, hashed, its kind decided by its content; or refused with nothing left."""

import hashlib
import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import docx
import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction

from core.exceptions import RuleViolation
from files.models import StoredFile
from files.services import LIMIT, read_whole, receiving, store_upload
from tests.factories import NOW, Cast

pytestmark = pytest.mark.django_db
OFFICE_TYPE = "application/vnd.openxmlformats-officedocument.{}.main+xml"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))


def send(content: bytes, name: str = "file", **extra: Any) -> StoredFile:
    return store_upload(stream=io.BytesIO(content), name=name, by=None, at=NOW, **extra)


def left_behind(tmp_path: Path) -> list[Path]:
    return [path for path in (tmp_path / "files").rglob("*") if path.is_file()]


def container(parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def office(kind: str, main: str, **more: bytes) -> bytes:
    types = f'<Types xmlns="x"><Override PartName="/{main}" ContentType="{OFFICE_TYPE.format(kind)}"/></Types>'
    return container({"[Content_Types].xml": types, main: "<x/>", **more})


def word() -> bytes:
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("整改情况")
    document.save(out)
    return out.getvalue()


CONTENTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "real Word document": ("docx", word),
    "workbook": ("xlsx", lambda: office("spreadsheetml.sheet", "xl/workbook.xml")),
    "presentation": ("pptx", lambda: office("presentationml.presentation", "ppt/presentation.xml")),
    "OFD": ("ofd", lambda: container({"OFD.xml": "<ofd/>", "Doc_0/Document.xml": "<x/>"})),
    "PDF": ("pdf", lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
    "PNG": ("png", lambda: PNG),
    "JPEG": ("jpeg", lambda: b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"),
    "video": ("mp4", lambda: b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00" + b"\x00" * 40),
    "text in UTF-8": ("text", lambda: "巡察整改进展情况\r\n(一)领导责任".encode()),
    "text in UTF-8 with mark": ("text", lambda: "巡察整改".encode("utf-8-sig")),
    "text in GB18030": ("text", lambda: ("巡察整改进展情况" * 20_000).encode("gb18030")),
    "text in UTF-16": ("text", lambda: "巡察整改".encode("utf-16")),
    "text longer than a chunk, a character across the border": ("text", lambda: ("a" + "整" * 60_000).encode()),
    "saved page": ("html", lambda: "<!DOCTYPE html>\n<html><body>通报</body></html>".encode()),
    "saved page in GB18030 with comment": ("html", lambda: "<!-- 保存 --><html lang=zh>通报".encode("gb18030")),
    "page called text": ("html", lambda: b"hello <script>alert(1)</script>"),
    "drawing with script": ("drawing", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'),
    "XML": ("drawing", lambda: b'<?xml version="1.0"?><x/>'),
    "binary": ("unknown", lambda: bytes(range(256)) * 10),
    "text with a NUL": ("unknown", lambda: b"abc\x00def"),
    "text that ends in half a character": ("unknown", lambda: "整".encode()[:2] + b"\xff"),
    "program": ("program", lambda: b"MZ\x90\x00\x03\x00\x00\x00"),
    "old Word document": ("unknown", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 500),
    "plain zip": ("zip", lambda: container({"a.txt": "a"})),
    "cut-off zip": ("unknown", lambda: word()[:500]),
    "zip with a program that calls itself a document": (
        "active",
        lambda: office("wordprocessingml.document", "word/document.xml", **{"word/media/a.EXE": b"MZ"}),
    ),
    "document with macros": (
        "active",
        lambda: office("wordprocessingml.document", "word/document.xml", **{"word/vbaProject.bin": b"x"}),
    ),
    "document that lacks its main part": (
        "unknown",
        lambda: container(
            {
                "[Content_Types].xml": '<Types><Override PartName="/word/document.xml" ContentType="'
                + OFFICE_TYPE.format("wordprocessingml.document")
                + '"/></Types>'
            }
        ),
    ),
    "list of types that blows up": (
        "active",
        lambda: container({"[Content_Types].xml": '<!DOCTYPE x [<!ENTITY a "b">]><Types>&a;</Types>'}),
    ),
}


@pytest.mark.parametrize(("kind", "make"), CONTENTS.values(), ids=CONTENTS.keys())
def test_the_kind_is_decided_by_the_content(kind: str, make: Callable[[], bytes]) -> None:
    content = make()
    stored = send(content, name="anything.docx")
    assert stored.kind == kind
    assert (stored.size, stored.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert read_whole(file=stored) == content


def test_the_name_stays_and_the_place_in_the_storage_is_random(cast: Cast) -> None:
    upload = SimpleUploadedFile("整改报告（终稿）.pdf", b"%PDF-1.7")
    stored = store_upload(stream=upload, name="整改报告（终稿）.pdf", by=cast.roads_officer, at=NOW)
    assert (stored.name, stored.received_from, stored.received_at) == (
        "整改报告（终稿）.pdf",
        cast.roads_officer,
        NOW,
    )
    assert "整改" not in stored.stored_as
    assert stored.key.hex in stored.stored_as


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("folder/a..b.txt", "a..b.txt"),
        ("C:\\Users\\x\\台账.txt", "台账.txt"),
        ("a\x00b\r\n.txt", "ab.txt"),
        ("report\u202efdp.docx", "reportfdp.docx"),
        (" a b .txt ", "a b .txt"),
        ("长" * 255, "长" * 255),
    ],
)
def test_of_a_name_only_folders_and_control_characters_are_dropped(sent: str, kept: str) -> None:
    assert send(b"text", name=sent).name == kept


@pytest.mark.parametrize("name", ["", "..", "/", "\x01", "x" * 256, "../../etc/passwd", "a\\..\\b.txt"])
def test_a_name_that_cannot_be_kept_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(RuleViolation):
        send(b"text", name=name)
    assert left_behind(tmp_path) == []


RUNNING = ["发票.js", "setup.BAT", "start.vbs", "page.html", "drawing.svg", "mail.mht", "link.url", "setup.bat."]
RUNNING += ["setup.bat. .", "setup.ba\u200bt", "setup.bat\ufeff", "a.js::$DATA", "page.html\u00a0.", "a.library-ms"]


@pytest.mark.parametrize("name", RUNNING)
def test_a_text_that_its_name_would_make_run_is_no_text(name: str, tmp_path: Path) -> None:
    with pytest.raises(RuleViolation, match="By its content"):
        send(b"WScript.Echo 1", name=name, kinds=["text"])
    assert left_behind(tmp_path) == []


def test_what_fails_after_the_file_came_in_takes_the_file_along(tmp_path: Path) -> None:
    sent: dict[str, Any] = {"stream": io.BytesIO(b"text"), "name": "a.txt", "by": None, "at": NOW}
    with pytest.raises(RuleViolation, match="not here"), receiving(**sent) as file:
        assert StoredFile.objects.get() == file
        raise RuleViolation("not here")
    assert left_behind(tmp_path) == []
    assert not StoredFile.objects.exists()


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleViolation, match="empty"):
        send(b"")
    assert left_behind(tmp_path) == []


def test_a_file_over_the_limit_is_refused_without_being_read_to_its_end(tmp_path: Path) -> None:
    class Endless:
        read_bytes = 0

        def read(self, size: int) -> bytes:
            self.read_bytes += size
            return b"a" * size

    stream = Endless()
    with pytest.raises(RuleViolation, match=r"1.0\sMB"):
        store_upload(stream=stream, name="a.txt", by=None, at=NOW, limit=1024 * 1024)
    assert stream.read_bytes < 1024 * 1024 + 200_000
    assert left_behind(tmp_path) == []
    assert not StoredFile.objects.exists()
    assert LIMIT == 100 * 1024 * 1024


def test_a_file_of_exactly_the_limit_comes_in() -> None:
    assert send(b"a" * 1000, limit=1000).size == 1000
    with pytest.raises(RuleViolation):
        send(b"a" * 1001, limit=1000)


def test_a_picture_called_docx_is_refused_by_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(RuleViolation) as refused:
        send(PNG, name="通报.docx", kinds=("docx", "text"))
    assert "picture (PNG)" in refused.value.message
    assert "Word document (.docx) or plain text" in refused.value.message
    assert left_behind(tmp_path) == []


def test_a_stream_that_breaks_leaves_nothing_behind(tmp_path: Path) -> None:
    class ChainFault:
        parts = iter([b"first part", b"second part"])

        def read(self, _size: int) -> bytes:
            for part in self.parts:
                return part
            raise ConnectionResetError("the browser went away")

    with pytest.raises(ConnectionResetError):
        store_upload(stream=ChainFault(), name="a.txt", by=None, at=NOW)
    assert left_behind(tmp_path) == []
    assert not StoredFile.objects.exists()


def test_a_row_that_cannot_be_written_leaves_no_bytes_behind(tmp_path: Path, monkeypatch: Any) -> None:
    def refuse(**_fields: Any) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(StoredFile.objects, "create", refuse)
    with pytest.raises(DatabaseError):
        send(b"text")
    assert left_behind(tmp_path) == []


def test_bytes_that_were_altered_or_lost_are_noticed() -> None:
    altered, lost = send(b"text"), send(b"more text")
    Path(default_storage.path(altered.stored_as)).write_bytes(b"TEXT")
    with pytest.raises(RuleViolation, match="altered"):
        read_whole(file=altered)
    default_storage.delete(lost.stored_as)
    with pytest.raises(RuleViolation, match="missing"):
        read_whole(file=lost)


def test_nobody_else_on_the_machine_can_read_the_file() -> None:
    stored = send(b"text")
    assert os.stat(default_storage.path(stored.stored_as)).st_mode & 0o077 == 0


def test_a_stored_file_never_changes() -> None:
    stored = send(b"text")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE files_storedfile SET name = 'other' WHERE id = %s", [stored.pk])
