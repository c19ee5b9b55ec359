"""The formats in which a paper is given out."""

from collections.abc import Callable

from documents.document_model import Paper
from documents.pdf import write_pdf
from documents.word import write_docx

WRITERS: dict[str, Callable[[Paper], bytes]] = {"docx": write_docx, "pdf": write_pdf}


def write_paper(paper: Paper, file_format: str) -> bytes:
    """Return the bytes of a paper; `file_format` is a key of `WRITERS`."""
    return WRITERS[file_format](paper)
