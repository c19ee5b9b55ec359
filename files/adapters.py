"""Files between browser and gate, for the views of all apps: coming in, going out, being looked at."""

from datetime import datetime
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.db import transaction
from django.http import FileResponse
from django.http.multipartparser import MultiPartParser
from django.http.request import UnreadablePostError

from files.models import StoredFile
from files.services import CONVERTIBLE, ask_for_rendition, can_convert, encoding_of, open_for_download, open_preview
from files.tasks import render, scan

MIME_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "ofd": "application/ofd",
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "tiff": "image/tiff",
    "mp4": "video/mp4",
    "zip": "application/zip",
    "text": "text/plain",
}
"""A web page is none of these on purpose: no browser may show one that somebody uploaded."""
PICTURES = frozenset({"png", "jpeg", "gif", "webp"})
LONGEST_TEXT = 2 * 1024 * 1024
"""Longer texts are downloaded: a browser would stand still over them."""
FILES_AT_ONCE = 5
OF_THE_FORM = 1024 * 1024
# Shown alone or in a frame of our own pages, and then without scripts, forms, links to elsewhere or any origin.
OWN_FRAMES = "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
SANDBOX = f"sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; {OWN_FRAMES}"
# A sandbox forbids plugins, and not every browser of an office shows a PDF where they are forbidden. The reader of PDF
# is a sandbox itself: the answer is a PDF and nothing else, and nothing in it reaches a page of ours.
READER = f"default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-src 'self'; {OWN_FRAMES}"


class _ExactParser(MultiPartParser):
    """Keeps the name that the sender wrote, folders and all: the gate decides what becomes of it."""

    def sanitize_file_name(self, file_name: str) -> str | None:
        return file_name if super().sanitize_file_name(file_name) else f"{file_name}/.."


class UploadHandler(TemporaryFileUploadHandler):
    """Takes files in by pieces, into a file each; of one beyond the limit nothing more is written.

    Such a file still arrives, with its true size, so that the one who takes it says what is wrong with it. A request
    that breaks off in the middle of a file, or is larger than any form of ours, fails as a whole.
    """

    is_parsing = False

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> Any:
        if self.is_parsing:
            return None
        most = FILES_AT_ONCE * settings.EVIDENCE_LIMIT + OF_THE_FORM if self._is_known() else OF_THE_FORM
        if content_length > most:
            raise RequestDataTooBig("The files of this form are larger together than any form may be.")
        self.is_parsing = True
        try:
            return _ExactParser(META, input_data, [self], encoding).parse()
        except BaseException:
            # Half a file is not yet among those that the parser closes; unclosed, it would lie there for some time.
            super().upload_interrupted()
            raise

    def _is_known(self) -> bool:
        """Whether anybody is logged in: a visitor who is not fills no disk, whatever address the form is sent to."""
        return bool(getattr(getattr(self.request, "user", None), "is_authenticated", False))

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.file.exact_name = self.file_name  # type: ignore[attr-defined]
        self.written = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        if self.written <= settings.EVIDENCE_LIMIT:
            super().receive_data_chunk(raw_data, start)
            self.written += len(raw_data)

    def upload_interrupted(self) -> None:
        super().upload_interrupted()
        raise UnreadablePostError("The connection broke off in the middle of a file.")


def name_of(upload: UploadedFile) -> str:
    """Return the name of an uploaded file as its sender wrote it; Django's own has lost folders and its end."""
    return str(getattr(upload, "exact_name", "") or upload.name)


def process_soon(file: StoredFile) -> None:
    """After the transaction, wake a worker for the scan and for the pages; where the broker is down, the sweep does."""
    if settings.CLAMD_URL:
        transaction.on_commit(lambda: scan.delay(file.pk), robust=True)
    if ask_for_rendition(file=file):
        transaction.on_commit(lambda: render.delay(file.pk), robust=True)


def preview_of(file: StoredFile) -> str:
    """Return how a browser can show this file: `picture`, `frame`, `pages` (to be made first), or an empty text."""
    if file.kind in PICTURES:
        return "picture"
    if file.kind == "pdf" or (file.kind == "text" and file.size <= LONGEST_TEXT):
        return "frame"
    if file.kind not in CONVERTIBLE:
        return ""
    rendition = getattr(file, "rendition", None)
    if rendition is not None and rendition.pages_id:
        return "frame"
    return "pages" if can_convert(file) else ""


def download_response(*, file: StoredFile, by: Any, at: datetime) -> FileResponse:
    """Return `file` as a download under its own name, after `files.services.open_for_download` has left its event.

    The caller has already fetched what the file belongs to through `visible_to`. Raises `RuleViolation` as
    `open_for_download`.
    """
    response = FileResponse(
        open_for_download(file=file, by=by, at=at),
        as_attachment=True,
        filename=file.name,
        content_type=MIME_TYPES.get(file.kind, "application/octet-stream"),
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Length"] = file.size
    return response


def file_response(name: str, content: bytes, kind: str) -> FileResponse:
    """Return what was just made as a download under a name; nothing of it is kept."""
    response = FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=MIME_TYPES[kind])
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def preview_response(*, file: StoredFile, by: Any, at: datetime) -> FileResponse:
    """Return what a browser shows of `file`, in a sandbox. The caller has fetched it as for `download_response`.

    Raises `RuleViolation` as `files.services.open_preview`.
    """
    opened = open_preview(file=file, by=by, at=at)
    kind = "pdf" if file.kind in CONVERTIBLE else file.kind
    content_type = MIME_TYPES.get(kind, "application/octet-stream")
    if kind == "text":
        content_type = f"text/plain; charset={encoding_of(opened)}"
        opened.seek(0)
    # Only what a browser shows without running anything of it is shown; all else leaves as a download.
    is_inline = kind in PICTURES | {"pdf", "text"}
    response = FileResponse(opened, as_attachment=not is_inline, filename=file.name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Content-Security-Policy"] = READER if kind == "pdf" else SANDBOX
    return response
