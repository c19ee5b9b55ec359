"""Papers as files: .docx, .pdf, and a notice as .txt too."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation
from documents import write_paper
from files.models import StoredFile
from issues.models import Inspection
from jobs.models import Job
from jobs.services.exports import FileExport, store_export
from papers.models import PaperVersion
from papers.services.content import Content, content_from
from papers.services.drafting import draw_up
from papers.services.layout import Printed, paper_of, plain_text
from papers.services.lifecycle import nothing_to_show

EXPORT = FileExport("papers.write", subject="version")
FORMATS = ("docx", "pdf", "txt")
KINDS = {"docx": "docx", "pdf": "pdf", "txt": "text"}
REMARKS = {
    PaperVersion.Status.DRAFT: "草稿",
    PaperVersion.Status.SUBMITTED: "送审稿",
    PaperVersion.Status.RETURNED: "退回稿",
    PaperVersion.Status.APPROVED: "审定稿，待印发",
    PaperVersion.Status.DISCARDED: "已作废",
}
NAMES = {
    PaperVersion.Kind.NOTICE: "巡察整改情况通报",
    PaperVersion.Kind.PLAN: "巡察整改方案",
    PaperVersion.Kind.REPORT: "巡察整改落实情况报告",
}
AUDIENCES = {"internal": "党内", "public": "公开"}


def formats_of(kind: str) -> tuple[str, ...]:
    """Return the endings in which a paper of this kind is given out."""
    return FORMATS if kind == PaperVersion.Kind.NOTICE else FORMATS[:2]


def write_content(content: Content, *, kind: str, ending: str, printed: Printed) -> bytes:
    """Return the bytes of a paper in the format that an ending names."""
    if ending == "txt":
        return plain_text(content, printed).encode()
    return write_paper(paper_of(content, kind=kind, printed=printed), ending)


def printed_of(version: PaperVersion) -> Printed:
    """Return what is on a copy of this version beside its content; a draft says that it is one."""
    words = REMARKS.get(PaperVersion.Status(version.status))
    remark = f"（第{version.number}版，{words}）" if words else ""
    return Printed(version.document_number, remark, version.issued_at or version.edited_at)


def write_version(version: PaperVersion, ending: str) -> bytes:
    """Return the bytes of one version. Raises `RuleViolation` for a format that this paper is not given out in."""
    if ending not in formats_of(version.kind):
        raise RuleViolation(_("This paper is not available in this format."))
    content = content_from(version.content)
    return write_content(content, kind=version.kind, ending=ending, printed=printed_of(version))


def file_name(version: PaperVersion, ending: str) -> str:
    """Return the name of the file: what it is, for whom, which version, whether it is issued."""
    kind = PaperVersion.Kind(version.kind)
    audience = f"（{AUDIENCES[version.audience]}）" if kind == PaperVersion.Kind.NOTICE else ""
    words = REMARKS.get(PaperVersion.Status(version.status), "")
    return f"{NAMES[kind]}{audience}第{version.number}版{words.partition('，')[0]}.{ending}"


def latest_content(inspection: Inspection, *, audience: str, at: datetime) -> tuple[Content, Printed]:
    """Return the notice for an audience: the latest that was issued, else the version in work, else as the ledger
    would have it now. Raises `RuleViolation` where the audience would be shown no issue.
    """
    versions = PaperVersion.objects.of_paper(inspection, PaperVersion.Kind.NOTICE, audience).order_by("-number")
    version = versions.issued().first() or versions.in_work().first()
    if version is not None:
        return content_from(version.content), printed_of(version)
    content = draw_up(inspection=inspection, kind=PaperVersion.Kind.NOTICE, audience=audience, at=at)
    if not any(True for _part in content.parts()):
        raise RuleViolation(nothing_to_show(content))
    return content, Printed(created_at=at)


def request_paper(*, version: PaperVersion, ending: str, by: Any, at: datetime) -> Job:
    """Ask for the file of a version; the caller wakes the job.

    Raises `RuleViolation` for a format that there is not.
    """
    if ending not in formats_of(version.kind):
        raise RuleViolation(_("This paper is not available in this format."))
    title = file_name(version, ending)
    return EXPORT.request(version, file_format=ending, state=_state(version), title=title, by=by, at=at)


def _state(version: PaperVersion) -> str:
    """What tells one copy from another: the text, and whether it is issued."""
    return f"{version.status}:{version.content_sha256[:16]}"


def jobs_of(version: PaperVersion, *, by: Any) -> QuerySet[Job]:
    """Return the jobs by which the person asked for this version as it is, each with its file once it is written."""
    return EXPORT.jobs_of(version, state=_state(version), by=by)


def store_paper(*, version: PaperVersion, ending: str, by: Any, at: datetime) -> StoredFile:
    """Write a version into a file that is kept."""
    content, name = write_version(version, ending), file_name(version, ending)
    return store_export(content, name=name, file_format=KINDS[ending], by=by, at=at)
