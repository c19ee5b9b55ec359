"""The papers of sign-off: the application form, and the whole file of an issue as one archive (一事一档)."""

from signoffs.services.papers.archive import (
    JOB_TYPE,
    contents_of,
    hand_out_archive,
    pack_archive,
    request_archive,
)
from signoffs.services.papers.form import form_name, form_of

__all__ = [
    "JOB_TYPE",
    "contents_of",
    "form_name",
    "form_of",
    "hand_out_archive",
    "pack_archive",
    "request_archive",
]
