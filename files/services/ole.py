"""Reading old office documents (OLE compound files), whose tables olefile reads: they come from anyone."""

import re
import struct
from collections.abc import Iterator
from typing import Any

import olefile

SIGNATURE = olefile.MAGIC
MOST_READ = 16 * 1024 * 1024
# Streams of macros, of a document under a password, of a program that was packed into the document.
ACTIVE = re.compile(r"^(Macros|_VBA_PROJECT(_CUR)?|VBA|EncryptedPackage|\x01Ole10Native)$", re.IGNORECASE)
MAIN_STREAMS = {"WordDocument": "doc", "Workbook": "xls", "Book": "xls", "PowerPoint Document": "ppt"}
BOUND_SHEET, FILE_PASS, MACRO_SHEET = 0x85, 0x2F, 1
PRESENTATION_MACROS = b"\x0f\x00\xff\x03"
# What olefile raises on tables that contradict each other; its own errors are OSErrors.
BROKEN = (OSError, ValueError, IndexError, TypeError, struct.error, OverflowError, RecursionError)


def compound_kind(file: Any) -> str:
    """Return the kind of an old document, `active` where it holds macros or a password, else `unknown`."""
    try:
        file.seek(0)
        # Not as forgiving as by default: what points outside of the file is refused, not read in part.
        with olefile.OleFileIO(file, raise_defects=olefile.DEFECT_INCORRECT) as document:
            return _kind_of(document)
    except BROKEN:
        return "unknown"


def _kind_of(document: Any) -> str:
    paths = document.listdir(streams=True, storages=True)
    if any(ACTIVE.match(part) for path in paths for part in path):
        return "active"
    for name, kind in MAIN_STREAMS.items():
        if [name] in paths:
            # The size is what the directory says: what contradicts it has raised already.
            stream = document.openstream(name).read(MOST_READ)
            return "active" if _is_active(kind, stream) else kind
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
