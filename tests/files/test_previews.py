"""Pages of Word and Excel: made by LibreOffice where it is there, once, never of a locked file; else a download."""

import io
import struct
import threading
import zlib
from collections.abc import Callable
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE

from audit.models import Event
from core.exceptions import RuleViolation
from files.adapters import preview_of, preview_response, process_soon
from files.models import FileScan, Rendition, StoredFile
from files.services import ask_for_rendition, make_rendition, open_preview, previews, renditions_due, store_upload
from files.services.previews import converter
from files.tasks import render, sweep
from tests.factories import NOW, Cast
from tests.files.fake_clamd import EICAR, Scanner
from tests.files.test_store_upload import left_behind, office, word

pytestmark = pytest.mark.django_db
needs_office = pytest.mark.skipif(not converter(), reason="LibreOffice is not installed")
MINUTE = timedelta(minutes=1)


def document(content: bytes | None = None, name: str = "整改报告（终稿）.docx") -> StoredFile:
    return store_upload(stream=io.BytesIO(content or word()), name=name, by=None, at=NOW)


def fresh(file: StoredFile) -> StoredFile:
    return StoredFile.objects.select_related("rendition__pages").get(pk=file.pk)


@pytest.fixture
def pretend(monkeypatch: Any) -> Callable[[Any], list[int]]:
    """A converter that is there and does what the test says instead of real work; returns what it was asked for."""

    def put(outcome: Any) -> list[int]:
        asked: list[int] = []

        def pages(file: StoredFile, folder: Path) -> Path:
            asked.append(file.pk)
            if isinstance(outcome, BaseException):
                raise outcome
            made = folder / "document.pdf"
            made.write_bytes(outcome)
            return made

        monkeypatch.setattr(previews, "converter", lambda: "soffice")
        monkeypatch.setattr(previews, "_pages", pages)
        return asked

    return put


@needs_office
def test_a_word_document_becomes_pages_and_the_look_at_it_leaves_an_event(cast: Cast) -> None:
    file = document()
    assert preview_of(fresh(file)) == "pages"
    assert ask_for_rendition(file=file)
    assert make_rendition(file_id=file.pk, at=NOW) == "done"
    assert preview_of(fresh(file)) == "frame"
    with open_preview(file=fresh(file), by=cast.group, at=NOW) as opened:
        assert opened.read(5) == b"%PDF-"
    event = Event.objects.get(verb="preview")
    assert (event.actor_id, event.object_id) == (cast.group.pk, file.pk), "the document was looked at, not a copy"
    assert file.sha256 in event.text


@needs_office
def test_a_document_that_asks_for_a_picture_of_another_machine_does_not_get_it() -> None:
    asked: list[str] = []

    class Spy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_HEAD = do_OPTIONS = do_PROPFIND = do_GET

    server = HTTPServer(("127.0.0.1", 0), Spy)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        file = document(linked(f"http://127.0.0.1:{server.server_port}/spy.png"))
        ask_for_rendition(file=file)
        assert make_rendition(file_id=file.pk, at=NOW) == "done"
    finally:
        server.shutdown()
        server.server_close()
    assert asked == []


def linked(address: str) -> bytes:
    """A document whose picture lies elsewhere."""
    made = docx.Document()
    paragraph = made.add_paragraph("整改")
    png = picture()
    paragraph.add_run().add_picture(io.BytesIO(png))
    relation = made.part.relate_to(address, RELATIONSHIP_TYPE.IMAGE, is_external=True)
    blip = made.element.xpath("//a:blip")[0]
    space = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
    del blip.attrib[f"{space}embed"]
    blip.set(f"{space}link", relation)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def picture() -> bytes:
    """A PNG of one point."""

    def part(name: bytes, content: bytes) -> bytes:
        return struct.pack("!I", len(content)) + name + content + struct.pack("!I", zlib.crc32(name + content))

    head = struct.pack("!IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    parts = part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0\xb3\x26\x1e")) + part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def test_where_there_is_no_office_nothing_is_asked_for_and_it_is_a_download(cast: Cast, monkeypatch: Any) -> None:
    monkeypatch.setattr(previews, "converter", lambda: "")
    file = document()
    assert (ask_for_rendition(file=file), renditions_due(now=NOW), preview_of(fresh(file))) == (False, [], "")
    with pytest.raises(RuleViolation, match="download it"):
        open_preview(file=file, by=cast.office, at=NOW)
    assert not Rendition.objects.exists()


def test_the_task_twice_makes_the_pages_once(pretend: Any) -> None:
    asked, file = pretend(b"%PDF-1.7 pages"), document()
    ask_for_rendition(file=file)
    assert not ask_for_rendition(file=file), "it is asked for already"
    render(file.pk)
    render(file.pk)
    assert asked == [file.pk]
    assert Rendition.objects.get().pages is not None


def test_a_converter_that_fails_leaves_nothing_and_may_be_asked_again(pretend: Any, tmp_path: Path) -> None:
    pretend(OSError("no pages"))
    file = document()
    before = left_behind(tmp_path)
    ask_for_rendition(file=file)
    assert make_rendition(file_id=file.pk, at=NOW) == "failed"
    assert left_behind(tmp_path) == before
    assert StoredFile.objects.count() == 1
    pretend(b"%PDF-1.7 pages")
    assert ask_for_rendition(file=file)
    assert make_rendition(file_id=file.pk, at=NOW) == "done"


def test_what_is_no_pdf_does_not_count_as_pages(pretend: Any) -> None:
    pretend(b"<html><script>alert(1)</script>")
    file = document()
    ask_for_rendition(file=file)
    assert make_rendition(file_id=file.pk, at=NOW) == "failed"
    assert StoredFile.objects.count() == 1


def test_a_converter_that_takes_the_worker_along_is_given_up_after_three_times(pretend: Any) -> None:
    asked, file = pretend(KeyboardInterrupt()), document()
    ask_for_rendition(file=file)
    at = NOW
    for _attempt in range(3):
        with pytest.raises(KeyboardInterrupt):
            make_rendition(file_id=file.pk, at=at)
        assert make_rendition(file_id=file.pk, at=at + MINUTE) == "", "another worker may still be at it"
        at += 11 * MINUTE
    assert make_rendition(file_id=file.pk, at=at) == "failed"
    assert asked == [file.pk] * 3


def test_nothing_opens_a_file_before_it_was_found_clean(pretend: Any, scanner: Scanner) -> None:
    asked, file = pretend(b"%PDF-1.7 pages"), document()
    ask_for_rendition(file=file)
    assert make_rendition(file_id=file.pk, at=NOW) == "pending"
    assert (asked, renditions_due(now=NOW), renditions_due(now=NOW + 2 * MINUTE)) == ([], [], [file.pk])
    FileScan.objects.update(state="clean", scanned_at=NOW)
    assert make_rendition(file_id=file.pk, at=NOW + 2 * MINUTE) == "done"


def test_an_infected_file_is_never_converted(pretend: Any, scanner: Scanner) -> None:
    asked, file = pretend(b"%PDF-1.7 pages"), document()
    ask_for_rendition(file=file)
    FileScan.objects.update(state="infected", scanned_at=NOW, answer="Eicar")
    assert make_rendition(file_id=file.pk, at=NOW) == "failed"
    assert asked == []
    assert EICAR


def test_the_sweep_sends_what_waits(pretend: Any, monkeypatch: Any) -> None:
    pretend(b"%PDF-1.7 pages")
    sent: list[int] = []
    monkeypatch.setattr(render, "apply_async", lambda ids, **_options: sent.extend(ids))
    file = document()
    ask_for_rendition(file=file)
    sweep()
    assert sent == [file.pk]


def test_an_upload_wakes_a_worker_after_its_transaction(
    pretend: Any, scanner: Scanner, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    pretend(b"%PDF-1.7 pages")
    woken: list[tuple[str, int]] = []
    monkeypatch.setattr("files.adapters.scan.delay", lambda pk: woken.append(("scan", pk)))
    monkeypatch.setattr("files.adapters.render.delay", lambda pk: woken.append(("render", pk)))
    with django_capture_on_commit_callbacks(execute=True):
        file = document()
        process_soon(file)
        assert woken == []
    assert woken == [("scan", file.pk), ("render", file.pk)]


def test_a_broker_that_is_down_does_not_stop_an_upload(
    scanner: Scanner, monkeypatch: Any, django_capture_on_commit_callbacks: Any
) -> None:
    def down(_pk: int) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr("files.adapters.scan.delay", down)
    with django_capture_on_commit_callbacks(execute=True):
        process_soon(store_upload(stream=io.BytesIO(b"text"), name="a.txt", by=None, at=NOW))


SHOWN = {
    "PDF": (b"%PDF-1.7 x", "application/pdf", "inline"),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(99), "image/png", "inline"),
    "text": ("整改".encode(), "text/plain; charset=utf-8", "inline"),
    "text of an old machine": ("整改情况的说明".encode("gb18030"), "text/plain; charset=gb18030", "inline"),
    "web page": (b"<html><script>alert(1)</script></html>", "application/octet-stream", "attachment"),
    "video": (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00" + bytes(40), "video/mp4", "attachment"),
}


@pytest.mark.parametrize(("content", "content_type", "how"), SHOWN.values(), ids=SHOWN.keys())
def test_only_what_runs_nothing_is_shown_and_that_in_a_sandbox(
    content: bytes, content_type: str, how: str, cast: Cast
) -> None:
    file = store_upload(stream=io.BytesIO(content), name="x", by=None, at=NOW)
    response = preview_response(file=file, by=cast.office, at=NOW)
    assert b"".join(response.streaming_content) == content
    assert response["Content-Type"] == content_type
    assert response["Content-Disposition"].split(";")[0] == how
    assert response["X-Content-Type-Options"] == "nosniff"
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    assert ("sandbox" in policy) is (file.kind != "pdf")
    assert "frame-ancestors 'self'" in policy


def test_a_picture_of_pages_is_not_made_of_other_kinds() -> None:
    archive = store_upload(stream=io.BytesIO(office("presentationml.presentation", "a")), name="x", by=None, at=NOW)
    assert preview_of(archive) in {"pages", ""}
    text = store_upload(stream=io.BytesIO(b"x" * 3_000_000), name="long.txt", by=None, at=NOW)
    assert preview_of(text) == ""
