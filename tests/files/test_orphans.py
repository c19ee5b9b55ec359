"""What killed processes leave in the store goes after a day; what anything could still need never does."""

import json
import os
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django_celery_beat.models import PeriodicTask

from audit.models import Event
from audit.services import verify
from files.models import StoredFile
from files.services import remove_broken_uploads, remove_leftovers
from files.services.orphans import MOST
from files.tasks import tidy
from tests.factories import stored

pytestmark = pytest.mark.django_db
HEX = "0123456789abcdef" * 2
OLD, FRESH = timedelta(days=1, minutes=1), timedelta(hours=23)


def left(number: int = 1, *, age: timedelta = OLD, place: str = "") -> str:
    """Bytes without a row, written some time ago."""
    path = place or f"ab/{number:02}{HEX[2:]}"
    assert default_storage.save(path, ContentFile(b"half a transaction")) == path
    return aged(path, age)


def aged(path: str, age: timedelta) -> str:
    then = time.time() - age.total_seconds()
    os.utime(default_storage.path(path), (then, then))
    return path


def now() -> datetime:
    return timezone.now()


def test_what_no_row_names_goes_after_a_day_and_leaves_an_event() -> None:
    path = left()
    assert remove_leftovers(at=now()) == 1
    assert not default_storage.exists(path)
    (event,) = Event.objects.filter(verb="remove_leftover")
    assert json.loads(event.text)["data"] == {"place": path, "size": 18}
    assert verify(["downloads"])[2] == []


def test_a_second_run_finds_nothing_twice() -> None:
    left()
    tidy()
    tidy()
    assert Event.objects.filter(verb="remove_leftover").count() == 1


def test_a_file_with_a_row_stays_however_old_it_is() -> None:
    file = stored(b"evidence")
    aged(file.stored_as, timedelta(days=4000))
    left()
    assert remove_leftovers(at=now()) == 1
    with default_storage.open(file.stored_as) as opened:
        assert opened.read() == b"evidence"


def test_a_file_that_is_being_taken_in_stays() -> None:
    """Bytes come before their row: a slow sender is not a dead one."""
    path = left(age=FRESH)
    assert remove_leftovers(at=now()) == 0
    assert default_storage.exists(path)


@pytest.mark.parametrize("place", ["ab/minutes.pdf", "notes.txt", "backup/" + HEX, "AB/" + HEX, f"ab/{HEX}.bak"])
def test_what_the_gate_never_made_is_none_of_its_business(place: str) -> None:
    path = left(place=place)
    assert remove_leftovers(at=now()) == 0
    assert default_storage.exists(path)


def test_of_many_none_goes_for_the_database_may_be_an_older_one(caplog: pytest.LogCaptureFixture) -> None:
    paths = [left(number) for number in range(MOST + 1)]
    assert remove_leftovers(at=now()) == 0
    assert all(map(default_storage.exists, paths))
    assert "older state" in caplog.text
    default_storage.delete(paths[0])
    assert remove_leftovers(at=now()) == MOST


def test_a_store_that_nothing_was_written_to_is_tidy() -> None:
    assert not StoredFile.objects.exists()
    assert remove_leftovers(at=now()) == 0


def test_a_process_that_dies_before_its_row_leaves_what_the_next_day_removes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes are there, the clean-up of the dying process is not, the row was never committed."""
    monkeypatch.setattr("files.services.storage.default_storage.delete", lambda path: None)
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(StoredFile.objects, "create", _killed)
        stored(b"evidence of nothing")
    (path,) = Path(default_storage.path("")).glob("??/*")
    monkeypatch.undo()
    aged(f"{path.parent.name}/{path.name}", OLD)
    assert remove_leftovers(at=now()) == 1
    assert not path.exists()


def _killed(**_fields: Any) -> None:
    raise RuntimeError


def test_broken_uploads_go_and_what_is_on_its_way_stays(tmp_path: Path, settings: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "incoming"
    incoming = Path(settings.FILE_UPLOAD_TEMP_DIR)
    (incoming / "pages-old" / "profile").mkdir(parents=True)
    (incoming / "pages-old" / "document.docx").write_bytes(b"x")
    (incoming / "outside").symlink_to(tmp_path / "kept")
    (tmp_path / "kept").mkdir()
    for name in ("tmpold.upload.pdf", "tmpnew.upload", "readme"):
        (incoming / name).write_bytes(b"x")
    then = time.time() - OLD.total_seconds()
    for name in ("pages-old", "tmpold.upload.pdf", "readme"):
        os.utime(incoming / name, (then, then))
    assert remove_broken_uploads(at=now()) == 2
    assert sorted(path.name for path in incoming.iterdir()) == ["outside", "readme", "tmpnew.upload"]
    assert (tmp_path / "kept").is_dir()


def test_the_schedule_does_it_and_a_late_message_does_not_pile_up() -> None:
    entry = PeriodicTask.objects.get(task="files.tasks.tidy")
    assert entry.interval is not None
    assert (entry.interval.every, entry.interval.period, entry.expire_seconds) == (6, "hours", 3600)
