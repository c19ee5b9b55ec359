"""The one gate: whatever comes in or goes out as a file passes here."""

from files.services.gate import (
    LIMIT,
    LOCKS,
    Readable,
    open_for,
    open_preview,
    open_stored,
    read_whole,
    receive,
    receiving,
    require_unlocked,
)
from files.services.kinds import CONVERTIBLE, HARMLESS, KINDS, encoding_of
from files.services.leftovers import remove_broken_uploads, remove_leftovers
from files.services.renditions import ask_for_rendition, can_convert, make_rendition, renditions_due
from files.services.scanning import scan_file, scans_due

__all__ = [
    "CONVERTIBLE",
    "HARMLESS",
    "KINDS",
    "LIMIT",
    "LOCKS",
    "Readable",
    "ask_for_rendition",
    "can_convert",
    "encoding_of",
    "make_rendition",
    "open_for",
    "open_preview",
    "open_stored",
    "read_whole",
    "receive",
    "receiving",
    "remove_broken_uploads",
    "remove_leftovers",
    "renditions_due",
    "require_unlocked",
    "scan_file",
    "scans_due",
]
