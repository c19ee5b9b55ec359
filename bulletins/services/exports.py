"""The bulletin as a file that somebody asked for: made in the background, kept with the job."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

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


def ask_for_paper(*, bulletin: Bulletin, kind: str, by: Any, at: datetime) -> Job:
    """Ask for the bulletin as it stands; who asked before for the same content gets the job of then, with its file.

    The caller wakes the job.
    """
    key = f"{EXPORT}:{bulletin.pk}:{kind}:{by.pk}:{_state(bulletin)}"
    title = _("%(title)s as %(kind)s") % {"title": bulletin.title, "kind": NAMES[kind]}
    arguments = {"bulletin": bulletin.pk, "kind": kind, "state": _state(bulletin)}
    return enqueue(job_type=EXPORT, arguments=arguments, title=title[:200], by=by, at=at, unique_key=key)


NAMES = {"docx": "Word", "pdf": "PDF", "xlsx": "Excel"}


def papers_of(bulletin: Bulletin, *, by: Any) -> QuerySet[Job]:
    """Return the jobs by which the person asked for this bulletin as it stands, each with its file once it is made."""
    asked = {"arguments__bulletin": bulletin.pk, "arguments__state": _state(bulletin)}
    return Job.objects.visible_to(by).filter(job_type=EXPORT, **asked).select_related("result_file")


def _state(bulletin: Bulletin) -> str:
    """What tells one content of the paper from another: its text, and whether it is published."""
    told = f"{content_hash(bulletin)}:{bulletin.chain_hash}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def write_paper(bulletin: Bulletin, kind: str) -> bytes:
    """Return the bulletin as a file of this kind. Official papers are Chinese whatever the language of the caller."""
    with translation.override(OFFICIAL):
        return WRITERS[kind](bulletin)


def store_paper(*, bulletin: Bulletin, kind: str, by: Any, at: datetime) -> StoredFile:
    """Write the bulletin and put it through the gate of files."""
    content = write_paper(bulletin, kind)
    return store_upload(stream=BytesIO(content), name=file_name(bulletin, kind), by=by, at=at, kinds=(kind,))


def edition_of(*, inspection: Inspection, year: int, week: int) -> Bulletin | None:
    """Return the latest published edition of a week, else its draft; None where there is neither."""
    editions = Bulletin.objects.filter(inspection=inspection).of_week(year, week).order_by("-edition")
    return editions.published().first() or editions.first()
