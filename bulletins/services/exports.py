"""The bulletin as a requested file: written in the background, stored with the job."""

import hashlib
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from bulletins.models import Bulletin
from bulletins.services.lifecycle import content_hash
from bulletins.services.papers import book_of, file_name, paper_of
from documents import WRITERS as PAPER_WRITERS
from documents import write_paper, write_xlsx
from files.models import StoredFile
from issues.models import Inspection
from jobs.models import Job
from jobs.services.exports import FileExport, official_language, store_export

EXPORT = FileExport("bulletins.export", subject="bulletin")
FORMATS = (*PAPER_WRITERS, "xlsx")
NAMES = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel"}


def request_bulletin_paper(*, bulletin: Bulletin, kind: str, by: User, at: datetime) -> Job:
    """Request the bulletin as it is now; a second request for the same content returns the job of the first.

    The caller wakes the job.
    """
    title = _("%(title)s as %(kind)s") % {"title": bulletin.title, "kind": NAMES[kind]}
    return EXPORT.request(bulletin, file_format=kind, state=_state(bulletin), title=title, by=by, at=at)


def papers_of(bulletin: Bulletin, *, by: User) -> QuerySet[Job]:
    """Return the jobs by which the person requested this bulletin as it is now, each with its file once written."""
    return EXPORT.jobs_of(bulletin, state=_state(bulletin), by=by)


def _state(bulletin: Bulletin) -> str:
    """What tells one content of the paper from another: its text, and whether it is published."""
    return hashlib.sha256(f"{content_hash(bulletin)}:{bulletin.chain_hash}".encode()).hexdigest()[:16]


def write_bulletin(bulletin: Bulletin, kind: str) -> bytes:
    """Return the bulletin as a file; `kind` is one of `FORMATS`."""
    with official_language():
        return write_xlsx(book_of(bulletin)) if kind == "xlsx" else write_paper(paper_of(bulletin), kind)


def store_paper(*, bulletin: Bulletin, kind: str, by: User, at: datetime) -> StoredFile:
    """Write the bulletin and store it as a file."""
    return store_export(write_bulletin(bulletin, kind), name=file_name(bulletin, kind), file_format=kind, by=by, at=at)


def edition_of(*, inspection: Inspection, year: int, week: int) -> Bulletin | None:
    """Return the latest published edition of a week, else its draft; None where there is neither."""
    editions = Bulletin.objects.filter(inspection=inspection).of_week(year, week).order_by("-edition")
    return editions.published().first() or editions.first()
