"""Bytes that no row names: what a process left behind that died between storing a file and its transaction's end.

Nothing of evidence is ever deleted, so the search is careful: only names as the gate makes them, only what is older
than a day, and nothing at all where there is more than a few of it. A store with many unknown files is one whose
database was put back to an older state, and then they are the last copy.
"""

import logging
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.core.files.storage import default_storage

from audit.services import open_trail
from files.models import StoredFile
from files.services.storage import CHAIN
from files.verbs import FileVerb

log = logging.getLogger(__name__)
AGE = timedelta(days=1)
"""Longer than any upload, any packing of an archive and any transaction takes."""
MOST = 20
"""As many as a bad day leaves; more are not removed but told of."""
AT_ONCE = 500
FOLDER = re.compile(r"^[0-9a-f]{2}$")
NAME = re.compile(r"^[0-9a-f]{32}(_[A-Za-z0-9]{7})?$")
ON_THE_WAY = re.compile(r"^(tmp.*\.upload.*|pages-.*)$")


def remove_leftovers(*, at: datetime) -> int:
    """Remove what was stored more than a day ago and belongs to no row; return how many files went, each in an event.

    Where there are more than `MOST` of them nothing is removed: the log says so, for the administrator to look.
    """
    orphans = list(islice(_leftovers(at - AGE), MOST + 1))
    if len(orphans) > MOST:
        log.error(
            "More than %s files in the store belong to no row of the database, the first is %s. None was removed: "
            "was the database put back to an older state than the files?",
            MOST,
            orphans[0],
        )
        return 0
    for path in orphans:
        _remove(path, at)
    return len(orphans)


def _leftovers(before: datetime) -> Iterator[str]:
    """Yield the places in the store that no row names and that were written before this moment."""
    for folder in sorted(filter(FOLDER.match, _listed("")[0])):
        for names in _portions([name for name in _listed(folder)[1] if NAME.match(name)]):
            paths = {f"{folder}/{name}" for name in names}
            known = StoredFile.objects.filter(stored_as__in=paths).values_list("stored_as", flat=True)
            yield from (path for path in sorted(paths - set(known)) if _written(path) < before)


def _portions(names: list[str]) -> Iterator[list[str]]:
    """Yield as many names at a time as a query takes well."""
    return (names[start : start + AT_ONCE] for start in range(0, len(names), AT_ONCE))


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """Return folders and files; a store that nothing was written to yet has none."""
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


def _written(path: str) -> datetime:
    """Return when a file was written; one that has gone meanwhile counts as just written."""
    try:
        return default_storage.get_modified_time(path)
    except FileNotFoundError:
        return datetime.max.replace(tzinfo=UTC)


def _remove(path: str, at: datetime) -> None:
    with open_trail(CHAIN, at=at) as trail:
        if StoredFile.objects.filter(stored_as=path).exists():
            return
        size = default_storage.size(path)
        default_storage.delete(path)
        trail.record(FileVerb.REMOVE_LEFTOVER, by=None, kind=StoredFile.KIND, place=path, size=size)
    log.warning("%s (%s bytes) lay in the store without a row and was removed.", path, size)


def remove_broken_uploads(*, at: datetime) -> int:
    """Remove what came in more than a day ago and was never taken: a killed process closes no temporary file."""
    before, removed = (at - AGE).timestamp(), 0
    for path in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir():
        if ON_THE_WAY.match(path.name) and path.lstat().st_mtime < before:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
            removed += 1
    return removed
