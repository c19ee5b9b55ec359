"""The bulletin as a requested file: written in the background, stored with the job."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from bulletins.models import Bulletin
from bulletins.services.lifecycle import content_hash
from bulletins.services.papers import book_of, file_name, paper_of
from documents import write_docx, write_pdf, write_xlsx
from files.models import StoredFile
from files.services import store_upload
from issues.models import Inspection
from jobs.models import Job
from jobs.services import enqueue

EXPORT = "bulletins.export"
OFFICIAL = "zh-hans"
WRITERS: dict[str, Callable[[Bulletin], bytes]] = {
    "docx": lambda bulletin: write_docx(paper_of(bulletin)),
    "pdf": lambda bulletin: write_pdf(paper_of(bulletin)),
    "xlsx": lambda bulletin: write_xlsx(book_of(bulletin)),
}


def request_bulletin_paper(*, bulletin: Bulletin, kind: str, by: User, at: datetime) -> Job:
    """Request the bulletin as it is now; a second request for the same content returns the job of the first.

    The caller wakes the job.
    """
    key = f"{EXPORT}:{bulletin.pk}:{kind}:{by.pk}:{_state(bulletin)}"
    title = _("%(title)s as %(kind)s") % {"title": bulletin.title, "kind": NAMES[kind]}
    arguments = {"bulletin": bulletin.pk, "kind": kind, "state": _state(bulletin)}
    return enqueue(job_type=EXPORT, arguments=arguments, title=title[:200], by=by, at=at, unique_key=key)


NAMES = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel"}


def papers_of(bulletin: Bulletin, *, by: User) -> QuerySet[Job]:
    """Return the jobs by which the person requested this bulletin as it is now, each with its file once written."""
    current = {"arguments__bulletin": bulletin.pk, "arguments__state": _state(bulletin)}
    return Job.objects.visible_to(by).filter(job_type=EXPORT, **current).select_related("result_file")


def _state(bulletin: Bulletin) -> str:
    """What tells one content of the paper from another: its text, and whether it is published."""
    return hashlib.sha256(f"{content_hash(bulletin)}:{bulletin.chain_hash}".encode()).hexdigest()[:16]


def write_paper(bulletin: Bulletin, kind: str) -> bytes:
    """Return the bulletin as a file of this kind. Official papers are Chinese whatever the language of the caller."""
    with translation.override(OFFICIAL):
        return WRITERS[kind](bulletin)


def store_paper(*, bulletin: Bulletin, kind: str, by: User, at: datetime) -> StoredFile:
    """Write the bulletin and store it as a file."""
    content = write_paper(bulletin, kind)
    return store_upload(stream=BytesIO(content), name=file_name(bulletin, kind), by=by, at=at, kinds=(kind,))


def edition_of(*, inspection: Inspection, year: int, week: int) -> Bulletin | None:
    """Return the latest published edition of a week, else its draft; None where there is neither."""
    editions = Bulletin.objects.filter(inspection=inspection).of_week(year, week).order_by("-edition")
    return editions.published().first() or editions.first()
