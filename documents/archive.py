"""A zip archive that is written while it is read: whatever it holds, a few pieces of it are in memory at a time.

Its last member, SHA256SUMS, is what `sha256sum -c` verifies, once unpacked, in any shell.
"""

import hashlib
import io
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, Any

from documents.zone import localized

CHUNK = 64 * 1024
SUMS = "SHA256SUMS"
LONGEST = 200
"""Most bytes of one name: file systems take 255, and unpacking may put something in front."""
UNSAFE = str.maketrans('<>:"/\\|?*', "＜＞：＂／＼｜？＊")
"""Characters that some system does not take in a name, and what is written for them."""


class Altered(Exception):
    """A file is not the one that its hash was taken of."""


@dataclass(frozen=True)
class ArchiveEntry:
    """One file to be packed. `sha256` is what it must have, where that is known before."""

    path: str
    open: Callable[[], AbstractContextManager[IO[bytes] | Any]]
    at: datetime
    size: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class Packed:
    """One file that is in the archive."""

    path: str
    size: int
    sha256: str


def lazy_entry(path: str, content: Callable[[], bytes], *, at: datetime) -> ArchiveEntry:
    """Return an entry for what is made only when its turn comes."""
    return ArchiveEntry(path, lambda: io.BytesIO(content()), at)


def safe_name(name: str, *, taken: set[str]) -> str:
    """Return a name that every file system takes and that is not taken yet; the ending stays where it can."""
    name = name.translate(UNSAFE).strip().rstrip(". ") or "_"
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > 16:
        stem, dot, ending = name, "", ""
    count = 1
    while True:
        tail = f"{'' if count == 1 else f'（{count}）'}{dot}{ending}"
        shortened = stem.encode()[: LONGEST - len(tail.encode())].decode(errors="ignore").rstrip() + tail
        if shortened.casefold() not in taken:
            taken.add(shortened.casefold())
            return shortened
        count += 1


class _Outlet(io.RawIOBase):
    """Where the zip writes to; what it wrote waits here to be read."""

    def __init__(self) -> None:
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting += data
        return len(data)


class ArchiveStream:
    """Reads as a file does. `entries` are packed under `folder`; then those that `closing` makes of what was packed."""

    def __init__(
        self,
        folder: str,
        entries: Iterable[ArchiveEntry],
        *,
        closing: Callable[[list[Packed]], Iterable[ArchiveEntry]],
        on_packed: Callable[[Packed], None] = lambda packed: None,
    ) -> None:
        self.folder, self.entries, self.closing, self.on_packed = folder, entries, closing, on_packed
        self.outlet, self.packed = _Outlet(), list[Packed]()
        self.work = self._pack()

    def read(self, size: int = CHUNK, /) -> bytes:
        """Return up to `size` bytes; none once the archive has ended. Raises `Altered`, and what opening raises."""
        waiting = self.outlet.waiting
        while len(waiting) < size and next(self.work, None):
            pass
        piece = bytes(waiting[:size])
        del waiting[:size]
        return piece

    def _pack(self) -> Iterator[bool]:
        # Papers and text shrink; pictures do not, and the lowest level costs little on them.
        with zipfile.ZipFile(self.outlet, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            last = datetime.now(UTC)
            for entry in self.entries:
                yield from self._add(archive, entry)
                last = entry.at
            for entry in self.closing(list(self.packed)):
                yield from self._add(archive, entry)
            sums = "".join(f"{packed.sha256}  {packed.path}\n" for packed in self.packed)
            yield from self._add(archive, lazy_entry(SUMS, sums.encode, at=last))
        yield True

    def _add(self, archive: zipfile.ZipFile, entry: ArchiveEntry) -> Iterator[bool]:
        info = zipfile.ZipInfo(f"{self.folder}/{entry.path}", localized(entry.at).timetuple()[:6])
        info.compress_type, info.external_attr, info.file_size = zipfile.ZIP_DEFLATED, 0o100644 << 16, entry.size
        info.create_system = 3
        size, digest = 0, hashlib.sha256()
        with entry.open() as source, archive.open(info, "w") as target:
            while chunk := source.read(CHUNK):
                target.write(chunk)
                digest.update(chunk)
                size += len(chunk)
                yield True
        if entry.sha256 and entry.sha256 != digest.hexdigest():
            raise Altered(entry.path)
        self.packed.append(Packed(entry.path, size, digest.hexdigest()))
        self.on_packed(self.packed[-1])
