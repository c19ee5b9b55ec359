"""Bringing a notice or a workbook into the ledger: read, compared, corrected, then written as a whole or not at all."""

from imports.services.apply import apply_import, ledger_state, preview_import
from imports.services.corrections import correct_reading, doubts_of, is_correctable, reading_of
from imports.services.error_workbook import marked_copy
from imports.services.imports import (
    base_of,
    carry_out_import,
    compare_import,
    confirm_import,
    content_of,
    discard_import,
    map_names,
    preview,
    reading_for,
    require_reader,
    upload_import,
)

__all__ = [
    "apply_import",
    "base_of",
    "carry_out_import",
    "compare_import",
    "confirm_import",
    "content_of",
    "correct_reading",
    "discard_import",
    "doubts_of",
    "is_correctable",
    "ledger_state",
    "map_names",
    "marked_copy",
    "preview",
    "preview_import",
    "reading_for",
    "reading_of",
    "require_reader",
    "upload_import",
]
