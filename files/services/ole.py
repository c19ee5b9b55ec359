"""Reading old office documents: a compound file is a small disk of its own, with sectors, chains and a directory."""

import re
import struct
from collections.abc import Iterator
from typing import Any

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END = 0xFFFFFFFA
"""From here on a number of a sector is a mark: end of a chain, free, part of the table itself."""
MOST_READ = 16 * 1024 * 1024
ENTRY = 128
ROOT, STREAM = 5, 2
# Streams of macros, of a document under a password, of a program that was packed into the document.
ACTIVE = re.compile(r"^(Macros|_VBA_PROJECT(_CUR)?|VBA|EncryptedPackage|\x01Ole10Native)$", re.IGNORECASE)
MAIN_STREAMS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
BOUND_SHEET, FILE_PASS, MACRO_SHEET = 0x85, 0x2F, 1
PRESENTATION_MACROS = b"\x0f\x00\xff\x03"


class _Broken(ValueError):
    """The tables of the file contradict each other."""


class _Compound:
    """An opened compound file; chains are followed no further than the file is long."""

    def __init__(self, file: Any) -> None:
        self.file = file
        file.seek(0)
        head = file.read(512)
        self.shift, self.mini_shift = struct.unpack_from("<HH", head, 30)
        if self.shift not in (9, 12) or self.mini_shift != 6:
            raise _Broken
        first_entry, self.cutoff = struct.unpack_from("<I4xI", head, 48)
        first_mini, _count, first_more, more = struct.unpack_from("<IIII", head, 60)
        self.table = self._table([*struct.unpack_from("<109I", head, 76)], first_more, more)
        directory = self._chain(first_entry)
        self.entries = {name: place for name, place in self._entries(directory) if name}
        self.mini_table = _numbers(self._chain(first_mini))

    def _sector(self, number: int) -> bytes:
        self.file.seek((number + 1) << self.shift)
        content: bytes = self.file.read(1 << self.shift)
        if not content:
            raise _Broken
        return content

    def _table(self, places: list[int], first_more: int, more: int) -> list[int]:
        """Return the table of chains; of a long file the list of its sectors goes on in sectors of its own."""
        for _round in range(min(more, MOST_READ >> self.shift)):
            if first_more >= END:
                break
            *further, first_more = _numbers(self._sector(first_more))
            places += further
        return [number for place in places if place < END for number in _numbers(self._sector(place))]

    def _chain(self, first: int, limit: int = MOST_READ) -> bytes:
        return b"".join(self._sector(number) for number in _follow(self.table, first, limit >> self.shift))

    def _entries(self, directory: bytes) -> Iterator[tuple[str, tuple[int, int, int]]]:
        for at in range(0, len(directory) - ENTRY + 1, ENTRY):
            length, kind = struct.unpack_from("<HB", directory, at + 64)
            first, size = struct.unpack_from("<IQ", directory, at + 116)
            name = directory[at : at + max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
            yield name, (kind, first, size)

    def read(self, name: str, limit: int = MOST_READ) -> bytes:
        """Return the beginning of a stream; a short one lies in the small sectors of the root."""
        kind, first, size = self.entries[name]
        if kind != STREAM:
            return b""
        if size >= self.cutoff:
            return self._chain(first, limit)[: min(size, limit)]
        roots = [place for place in self.entries.values() if place[0] == ROOT]
        store = self._chain(roots[0][1]) if roots else b""
        width = 1 << self.mini_shift
        numbers = _follow(self.mini_table, first, len(store) // width)
        return b"".join(store[number * width : (number + 1) * width] for number in numbers)[:size]


def _numbers(content: bytes) -> list[int]:
    return [*struct.unpack(f"<{len(content) // 4}I", content[: len(content) // 4 * 4])]


def _follow(table: list[int], number: int, most: int) -> Iterator[int]:
    """Yield the sectors of a chain, at most `most`: a chain in a circle ends as well."""
    for _round in range(most):
        if number >= END:
            return
        if number >= len(table):
            raise _Broken
        yield number
        number = table[number]


def compound_kind(file: Any) -> str:
    """Return the kind of an old document, `active` where it holds macros or a password, else `unknown`."""
    try:
        document = _Compound(file)
        if any(ACTIVE.match(name) for name in document.entries):
            return "active"
        for name, kind in MAIN_STREAMS.items():
            if name in document.entries:
                return "active" if _is_active(kind, document.read(name)) else kind
    except (ValueError, struct.error, OSError, OverflowError):
        pass
    return "unknown"


def _is_active(kind: str, stream: bytes) -> bool:
    """Return whether the main stream tells of a password or of macros that have no stream of their own."""
    if kind == "doc":
        return len(stream) < 12 or bool(struct.unpack_from("<H", stream, 10)[0] & 0x0100)
    if kind == "ppt":
        return PRESENTATION_MACROS in stream
    return any(
        record == FILE_PASS or (record == BOUND_SHEET and len(content) > 5 and content[5] == MACRO_SHEET)
        for record, content in _records(stream)
    )


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the records of a workbook up to the end of its first part, which lists the sheets."""
    at = 0
    while at + 4 <= len(stream):
        record, length = struct.unpack_from("<HH", stream, at)
        yield record, stream[at + 4 : at + 4 + length]
        if record == 0x0A:
            return
        at += 4 + length
