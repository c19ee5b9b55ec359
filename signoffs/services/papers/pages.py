"""How many pages a piece of evidence has, where its file says so: PDF, pictures, documents whose pages were made."""

import threading
from functools import lru_cache
from typing import Any

import pypdfium2

from core.exceptions import RuleViolation
from files.models import Rendition, StoredFile
from files.services import open_stored

PICTURES = frozenset({"png", "jpeg", "gif", "webp"})
_ONE_AT_A_TIME = threading.Lock()  # the library is not made for threads


def pages_of(file: StoredFile) -> int | None:
    """Return the number of pages; None where it is not known. A locked file is not opened."""
    if file.lock:
        return None
    if file.kind in PICTURES:
        return 1
    if file.kind == "pdf":
        return _count(file.pk)
    rendered = Rendition.objects.filter(file=file, state=Rendition.State.DONE)
    pages_id = rendered.values_list("pages_id", flat=True).first()
    return _count(pages_id) if pages_id else None


@lru_cache(maxsize=2000)
def _count(file_id: int) -> int | None:
    """A stored file never changes, so it is counted once."""
    try:
        with open_stored(StoredFile.objects.get(pk=file_id)) as opened, _ONE_AT_A_TIME:
            return _pages(getattr(opened, "file", opened))
    except (RuleViolation, pypdfium2.PdfiumError, OSError, ValueError):
        return None


def _pages(opened: Any) -> int:
    document = pypdfium2.PdfDocument(opened)
    try:
        return len(document)
    finally:
        document.close()
