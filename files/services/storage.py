"""Receiving and giving out files. Bytes go to the storage in chunks and are never held in memory as a whole."""

import hashlib
import re
import unicodedata
import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Event
from audit.services import open_trail
from core.exceptions import RuleViolation
from files.models import FileScan, Rendition, StoredFile
from files.services.file_types import CONVERTIBLE, KINDS, RUNS, as_opened, kind_of
from files.verbs import FileVerb

CHAIN = "downloads"
CHUNK = 64 * 1024
LIMIT = 100 * 1024 * 1024
"""Most bytes of one file, unless the caller allows fewer."""
NAME_LIMIT = 255
LOCKS = {
    "pending": gettext_lazy("This file is being checked for viruses; it can be opened as soon as that is done."),
    "infected": gettext_lazy(
        "A virus was found in this file; it stays locked. Withdraw it and tell the administrator."
    ),
    "failed": gettext_lazy("This file could not be checked for viruses yet and stays locked until it is."),
}
"""Why a file is not given out, by `StoredFile.lock`."""
# Turning the writing direction makes `exe.fdp` look like a PDF.
PAGE = re.compile(r"\.(x?html?|shtml|xht|mht(ml)?|svgz?|xml)$", re.IGNORECASE)
DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Readable(Protocol):
    """Anything that gives bytes piece by piece: an upload, an open file."""

    def read(self, size: int, /) -> bytes: ...


class _Measured(File):
    """The stream on its way into the storage: hashed, counted, and broken off where it passes the limit."""

    def __init__(self, stream: Readable, limit: int) -> None:
        super().__init__(None)
        self.stream, self.limit = stream, limit
        self.taken, self.hash = 0, hashlib.sha256()

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        while chunk := self.stream.read(chunk_size or CHUNK):
            self._count(chunk)
            yield chunk

    def read(self, size: int = CHUNK) -> bytes:
        """For storages that pull instead of asking for chunks."""
        chunk = self.stream.read(size)
        self._count(chunk)
        return chunk

    def _count(self, chunk: bytes) -> None:
        self.taken += len(chunk)
        self.hash.update(chunk)
        if self.taken > self.limit:
            limit = filesizeformat(self.limit)
            raise RuleViolation(
                _("This file is larger than %(limit)s, the limit here.") % {"limit": limit}, field="file"
            )


def store_upload(
    *, stream: Readable, name: str, by: Any, at: datetime, kinds: Collection[str] = tuple(KINDS), limit: int = LIMIT
) -> StoredFile:
    """Store what `stream` gives and return its row; `kinds` are the identifiers of `KINDS` accepted here.

    The kind is decided by the content alone, never by the name. Raises `RuleViolation` (field `file`) for an empty or
    too large file, a name that cannot be kept, a kind that is not accepted. Nothing is left behind on a failure.
    """
    with receiving(stream=stream, name=name, by=by, at=at, kinds=kinds, limit=limit) as file:
        return file


@contextmanager
def receiving(
    *, stream: Readable, name: str, by: Any, at: datetime, kinds: Collection[str] = tuple(KINDS), limit: int = LIMIT
) -> Iterator[StoredFile]:
    """As `receive`, for a file that belongs to something: the block hangs it there, in the transaction of its row.

    Where the block fails, neither the row nor the bytes stay. The bytes are stored before the transaction begins:
    a slow sender holds no lock.
    """
    name = clean_name(name)
    key = uuid.uuid4()
    path = f"{key.hex[:2]}/{key.hex}"
    measured = _Measured(stream, limit)
    try:
        stored_as = default_storage.save(path, measured)
        if not measured.taken:
            raise RuleViolation(_("This file is empty."), field="file")
        kind = _accepted(stored_as, name, kinds)
        with transaction.atomic():
            file = StoredFile.objects.create(
                key=key,
                name=name,
                size=measured.taken,
                sha256=measured.hash.hexdigest(),
                kind=kind,
                stored_as=stored_as,
                received_from=by,
                received_at=at,
            )
            if settings.CLAMD_URL:
                FileScan.objects.create(file=file)
            yield file
    except BaseException:
        # The storage keeps half a file when the stream breaks; no other file can bear this name.
        default_storage.delete(path)
        raise


def clean_name(name: str) -> str:
    """Return the name as the sender wrote it, without folders and control characters;

    `RuleViolation` if it cannot be.
    """
    folders = re.split(r"[/\\]", name)
    if ".." in folders:
        raise RuleViolation(_("The name of this file leads out of its folder; rename it."), field="file")
    name = folders[-1]
    name = "".join(c for c in DIRECTION.sub("", name) if unicodedata.category(c) not in {"Cc", "Cs"}).strip()
    if not name or name == ".":
        raise RuleViolation(_("This file has no name."), field="file")
    if len(name) > NAME_LIMIT:
        raise RuleViolation(
            _("The name of this file is longer than %(limit)d characters.") % {"limit": NAME_LIMIT}, field="file"
        )
    return name


def _accepted(stored_as: str, name: str, kinds: Collection[str]) -> str:
    """Return the kind of a stored file; `RuleViolation` with what it is and what is accepted where it is not wanted."""
    with default_storage.open(stored_as, "rb") as file:
        kind = kind_of(file)
    if kind == "text":
        # Every script is plain text. Only its name makes a machine run it, so here the name counts, against it.
        opened = as_opened(name)
        kind = "program" if RUNS.search(opened) else "html" if PAGE.search(opened) else kind
    if kind not in kinds:
        accepted = get_text_list([str(KINDS[k]) for k in KINDS if k in kinds], _("or"))
        words = {"kind": KINDS[kind], "accepted": accepted}
        raise RuleViolation(
            _("By its content this file is: %(kind)s. Accepted here: %(accepted)s.") % words,
            field="file",
        )
    return kind


def open_for_download(*, file: StoredFile, by: Any, at: datetime, verb: FileVerb = FileVerb.DOWNLOAD) -> File:
    """Open a file to be given to a person; the caller closes it.

    Leaves one event per user, file and hour in the chain `downloads`: ranges and reloads do not flood it.
    Raises `RuleViolation` where the file is locked by the virus scan or the storage has lost the bytes.
    """
    require_unlocked(file)
    return _with_event(file, open_stored(file), by=by, at=at, verb=verb)


def open_preview(*, file: StoredFile, by: Any, at: datetime) -> File:
    """Open what a browser shows of a file: the file itself, or the pages that were made from it; event `preview`.

    Raises `RuleViolation` as `open_for_download`, and where the pages are not there.
    """
    if file.kind not in CONVERTIBLE:
        return open_for_download(file=file, by=by, at=at, verb=FileVerb.PREVIEW)
    require_unlocked(file)
    rendition = Rendition.objects.filter(file=file, state=Rendition.State.DONE).select_related("pages").first()
    if rendition is None or rendition.pages is None:
        raise RuleViolation(_("There is no preview of this document; download it instead."))
    return _with_event(file, open_stored(rendition.pages), by=by, at=at, verb=FileVerb.PREVIEW)


def require_unlocked(file: StoredFile) -> None:
    """Raise `RuleViolation` with the reason where the virus scan keeps the file locked."""
    if lock := file.lock:
        raise RuleViolation(str(LOCKS[lock]))


def _with_event(file: StoredFile, opened: File, *, by: Any, at: datetime, verb: FileVerb) -> File:
    """Return what was opened, once the event is there; without it nothing is given out."""
    try:
        with open_trail(CHAIN, at=at) as trail:
            hour = trail.at.replace(minute=0, second=0, microsecond=0)
            same_hour = Event.objects.about(file).filter(
                chain=trail.chain, verb=verb, actor_id=getattr(by, "pk", None), at__gte=hour
            )
            if not same_hour.exists():
                trail.record(verb, by=by, obj=file, name=file.name, sha256=file.sha256)
    except BaseException:
        opened.close()
        raise
    return opened


def read_whole(*, file: StoredFile) -> bytes:
    """Return the bytes of a file for the program's own work; no person gets them, so no event is left.

    Raises `RuleViolation` where the storage has lost the bytes or they are no longer those that came in.
    """
    with open_stored(file) as opened:
        content: bytes = opened.read()
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise RuleViolation(_("The stored file was altered. Tell the administrator."))
    return content


def open_stored(file: StoredFile) -> File:
    """Open a file for the program's own work; the caller closes it. Raises `RuleViolation` where its bytes are lost."""
    try:
        return default_storage.open(file.stored_as, "rb")
    except FileNotFoundError:
        raise RuleViolation(_("The stored file is missing. Tell the administrator.")) from None
