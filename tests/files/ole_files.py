"""Old office documents in small: just enough of a compound file that its directory and its streams can be read."""

import struct

SECTOR = 512
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams: dict[str, bytes], *, storages: tuple[str, ...] = ()) -> bytes:
    """Sector 0 is the table of chains, then the directory, then the streams, each padded to a length of its own."""
    count_of_entries = len(storages) + len(streams)
    entries = [_entry("Root Entry", 5, END, 0, child=1 if count_of_entries else FREE)]
    for name in storages:
        entries.append(_entry(name, 1, 0, 0, right=_next(len(entries), count_of_entries)))
    places: list[bytes] = []
    chains: list[int] = []
    directory_sectors = -(-(1 + len(storages) + len(streams)) * 128 // SECTOR)
    first = 1 + directory_sectors
    for name, content in streams.items():
        padded = content.ljust(max(4096, -(-len(content) // SECTOR) * SECTOR), b"\0")
        count = len(padded) // SECTOR
        start = first + len(chains)
        entries.append(_entry(name, 2, start, len(padded), right=_next(len(entries), count_of_entries)))
        chains += [*range(start + 1, start + count), END]
        places.append(padded)
    directory = b"".join(entries).ljust(directory_sectors * SECTOR, b"\0")
    table = [TABLE, *range(2, 1 + directory_sectors), END, *chains]
    assert len(table) <= SECTOR // 4, "one sector of table is enough for a test"
    packed = struct.pack(f"<{len(table)}I", *table).ljust(SECTOR, b"\xff")
    return _head() + packed + directory + b"".join(places)


def _head() -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    head += struct.pack("<IIIII", 0, 1, 1, 0, 4096) + struct.pack("<IIII", END, 0, END, 0)
    return head + struct.pack("<109I", 0, *[FREE] * 108)


def _next(number: int, count: int) -> int:
    """The entry on the right of this one: the tree of names is one long branch."""
    return number + 1 if number < count else FREE


def _entry(name: str, kind: int, start: int, size: int, *, right: int = FREE, child: int = FREE) -> bytes:
    words = name.encode("utf-16-le")
    entry = (
        words.ljust(64, b"\0") + struct.pack("<HBB", len(words) + 2, kind, 1) + struct.pack("<III", FREE, right, child)
    )
    return entry.ljust(116, b"\0") + struct.pack("<IQ", start, size)


def word_document(*, flags: int = 0) -> bytes:
    """The main stream of a Word document; bit 8 of its flags says that it is under a password."""
    return struct.pack("<HHHHHH", 0xA5EC, 0xC1, 0, 0x0804, 0, flags)


def workbook(*records: tuple[int, bytes]) -> bytes:
    """The main stream of a workbook: the beginning, these records, the end of its first part."""
    all_records = [(0x0809, b"\0" * 16), *records, (0x0A, b"")]
    return b"".join(struct.pack("<HH", record, len(content)) + content for record, content in all_records)


def sheet(kind: int) -> tuple[int, bytes]:
    return 0x85, struct.pack("<IBB", 0, 0, kind) + b"\x06\0Sheet1"
