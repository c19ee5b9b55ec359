"""The one gate: whatever comes in or goes out as a file passes here."""

from files.services.file_types import CONVERTIBLE, HARMLESS, KINDS, encoding_of
from files.services.orphans import remove_broken_uploads, remove_leftovers
from files.services.previews import ask_for_rendition, can_convert, make_rendition, renditions_due
from files.services.scanning import scan_file, scans_due
from files.services.storage import (
    LIMIT,
    LOCKS,
    Readable,
    open_for_download,
    open_preview,
    open_stored,
    read_whole,
    receiving,
    require_unlocked,
    store_upload,
)

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
    "open_for_download",
    "open_preview",
    "open_stored",
    "read_whole",
    "store_upload",
    "receiving",
    "remove_broken_uploads",
    "remove_leftovers",
    "renditions_due",
    "require_unlocked",
    "scan_file",
    "scans_due",
]
