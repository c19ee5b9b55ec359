"""Virus scans: what is not known to be clean is given to nobody; who scans, when again, and what is left of it."""

import io
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from audit.models import Event
from core.exceptions import RuleViolation
from files.models import FileScan, StoredFile
from files.services import open_for_download, open_preview, read_whole, scan_file, scans_due, store_upload
from files.services.clamd import ScannerAway, Verdict, ask
from files.tasks import scan, sweep
from tests.factories import NOW, Cast
from tests.files.fake_clamd import EICAR, Scanner

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def send(content: bytes = b"text", name: str = "a.txt") -> StoredFile:
    return store_upload(stream=io.BytesIO(content), name=name, by=None, at=NOW)


def fresh(file: StoredFile) -> StoredFile:
    return StoredFile.objects.select_related("scan").get(pk=file.pk)


def test_a_file_is_locked_until_it_was_found_clean(scanner: Scanner, cast: Cast) -> None:
    file = send(b"minutes of the meeting")
    assert fresh(file).lock == "pending"
    for give in (open_for_download, open_preview):
        with pytest.raises(RuleViolation, match="being checked"):
            give(file=fresh(file), by=cast.office, at=NOW)
    assert not Event.objects.filter(verb__in=["download", "preview"]).exists()
    assert scan_file(file_id=file.pk, at=NOW) == "clean"
    assert scanner.seen == [b"minutes of the meeting"]
    assert fresh(file).lock == ""
    with open_for_download(file=fresh(file), by=cast.office, at=NOW) as opened:
        assert opened.read() == b"minutes of the meeting"
    assert fresh(file).scan.scanned_at == NOW


def test_a_virus_locks_the_file_for_good_and_leaves_an_event(scanner: Scanner, cast: Cast, settings: Any) -> None:
    file = send(EICAR, name="整改报告.txt")
    assert scan_file(file_id=file.pk, at=NOW) == "infected"
    with pytest.raises(RuleViolation, match="virus was found"):
        open_for_download(file=fresh(file), by=cast.office, at=NOW)
    event = Event.objects.get(verb="find_virus")
    told = json.loads(event.text)["data"]
    assert (event.actor_id, event.object_id) == (None, file.pk)
    assert told == {"name": "整改报告.txt", "virus": "Eicar-Test-Signature"}
    assert scan_file(file_id=file.pk, at=NOW + timedelta(days=1)) == "", "the verdict stands"
    settings.CLAMD_URL = ""
    with pytest.raises(RuleViolation, match="virus was found"):
        open_for_download(file=fresh(file), by=cast.office, at=NOW)
    assert read_whole(file=file) == EICAR, "the bytes stay, for the administrator"


def test_a_large_file_goes_in_pieces(scanner: Scanner) -> None:
    content = b"".join(b"line %d\n" % n for n in range(100_000))
    file = send(content)
    assert scan_file(file_id=file.pk, at=NOW) == "clean"
    assert scanner.seen == [content]
    assert max(scanner.pieces) == 64 * 1024


def test_where_scanning_is_off_nothing_is_asked_and_nothing_is_locked(cast: Cast) -> None:
    file = send()
    assert not FileScan.objects.exists()
    assert (scan_file(file_id=file.pk, at=NOW), scans_due(now=NOW), fresh(file).lock) == ("", [], "")
    open_for_download(file=fresh(file), by=cast.office, at=NOW).close()


def test_files_from_before_scanning_was_turned_on_are_locked_and_caught_up_with(settings: Any, cast: Cast) -> None:
    file = send()
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    assert fresh(file).lock == "pending"
    with pytest.raises(RuleViolation, match="being checked"):
        open_for_download(file=fresh(file), by=cast.office, at=NOW)
    assert scans_due(now=NOW) == [file.pk]
    assert scans_due(now=NOW) == [file.pk], "asking twice makes no second row"
    assert FileScan.objects.count() == 1


def test_a_scanner_that_does_not_answer_is_asked_again_a_minute_later(settings: Any, scanner: Scanner) -> None:
    file = send()
    good, settings.CLAMD_URL = settings.CLAMD_URL, f"tcp://127.0.0.1:{closed_port()}"
    assert scan_file(file_id=file.pk, at=NOW) == "pending"
    assert scans_due(now=NOW + MINUTE / 2) == []
    settings.CLAMD_URL = good
    assert scans_due(now=NOW + MINUTE * 2) == [file.pk]
    assert scan_file(file_id=file.pk, at=NOW + MINUTE * 2) == "clean"
    assert FileScan.objects.get().attempt == 2


def test_a_file_that_the_scanner_cannot_judge_stays_locked_and_is_tried_an_hour_later(scanner: Scanner) -> None:
    scanner.most = 1000
    file = send(b"x" * 1_000_000)
    assert scan_file(file_id=file.pk, at=NOW) == "failed"
    assert (fresh(file).lock, fresh(file).scan.error) == ("failed", "INSTREAM size limit exceeded. ERROR")
    assert scans_due(now=NOW + MINUTE * 59) == []
    scanner.most = 0
    assert scans_due(now=NOW + MINUTE * 61) == [file.pk]
    assert scan_file(file_id=file.pk, at=NOW + MINUTE * 61) == "clean"


@pytest.mark.parametrize("answer", [b"nonsense\0", b"\0", b"stream: OK but"])
def test_an_answer_that_is_none_counts_as_no_answer(answer: bytes, scanner: Scanner) -> None:
    scanner.answer = answer
    file = send()
    assert scan_file(file_id=file.pk, at=NOW) == "pending"
    assert fresh(file).lock == "pending"


def test_one_worker_at_a_time_has_a_file_and_a_lost_one_gives_it_back(scanner: Scanner) -> None:
    file = send()
    FileScan.objects.update(lease_until=NOW + MINUTE * 15)
    assert scan_file(file_id=file.pk, at=NOW) == ""
    assert scanner.seen == []
    assert scan_file(file_id=file.pk, at=NOW + MINUTE * 16) == "clean"


def test_the_task_twice_scans_once(scanner: Scanner) -> None:
    file = send()
    scan(file.pk)
    scan(file.pk)
    assert len(scanner.seen) == 1
    assert FileScan.objects.get().attempt == 1


def test_the_sweep_twice_sends_each_waiting_file(scanner: Scanner, monkeypatch: Any) -> None:
    sent: list[int] = []
    monkeypatch.setattr(scan, "apply_async", lambda ids, **_options: sent.extend(ids))
    first, second = send(), send()
    scan_file(file_id=first.pk, at=NOW)
    sweep()
    sweep()
    assert sent == [second.pk, second.pk], "a message may come twice; the claim sorts it out"


def closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


CLAMD = os.environ.get("TEST_CLAMD") or shutil.which("clamd") or ""
SETTINGS = """
Foreground yes
DatabaseDirectory {folder}
LocalSocket {folder}/clamd.ctl
StreamMaxLength 1M
"""


@pytest.fixture
def clamd() -> Iterator[str]:
    """The real one, with a list of its own that knows one virus. A socket's path must be short."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    (folder / "own.ndb").write_text(f"Own.Eicar:0:*:{EICAR.hex()}\n")
    (folder / "clamd.conf").write_text(SETTINGS.format(folder=folder))
    with subprocess.Popen([CLAMD, "-c", str(folder / "clamd.conf")], stdout=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 60
            while not (folder / "clamd.ctl").exists():
                assert process.poll() is None, "clamd ended"
                assert time.monotonic() < until, "clamd does not start"
                time.sleep(0.1)
            yield f"unix://{folder}/clamd.ctl"
        finally:
            process.terminate()
    shutil.rmtree(folder)


@pytest.mark.skipif(not CLAMD, reason="clamd is not installed")
def test_the_real_scanner_says_the_same(clamd: str) -> None:
    assert ask(clamd, io.BytesIO(b"text")) == Verdict()
    assert ask(clamd, io.BytesIO(EICAR)).name.startswith("Own.Eicar")
    assert "size limit exceeded" in ask(clamd, io.BytesIO(b"x" * 3_000_000)).trouble
    with pytest.raises(ScannerAway):
        ask("unix:///nowhere/clamd.ctl", io.BytesIO(b"text"))
