"""The whole file of an issue as one archive (一事一档): asked for, packed in the background, handed out."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import open_trail
from core.exceptions import RuleViolation
from documents import write_pdf
from documents.archive import Altered, ArchiveEntry, ArchiveStream, Packed, lazy_entry, safe_name
from files.models import FileScan, StoredFile
from files.services import LOCKS, open_for_download, open_stored, receiving
from issues.models import Issue
from jobs.models import Job
from jobs.services import enqueue
from jobs.services.exports import official_language
from measures.models import Evidence, EvidenceVersion, Measure
from signoffs.models import Application
from signoffs.permissions import may_read_manifest
from signoffs.services.papers import issue_file
from signoffs.services.papers.form import evidence_name, form_name, form_of
from signoffs.services.papers.issue_file import ArchiveScope
from signoffs.services.papers.wording import round_name

JOB_TYPE = "signoffs.archive"
LARGEST = 1 << 42
DOWNLOADS = "downloads"
CONTENTS = "目录.pdf"
PLACES = {
    "plan": "01-整改方案",
    "progress": "02-整改进展",
    "in_force": "03-证明材料/现行",
    "earlier": "03-证明材料/历史版本",
    "withdrawn": "03-证明材料/已撤回",
    "decisions": "04-审核情况",
    "forms": "05-审批表",
}


def contents_of(*, issue: Issue, by: User) -> dict[str, Any]:
    """Return what the person's archive of the issue holds, as ids: measures, versions of evidence that are not locked.

    `whole` says that the person sees every measure of the issue.
    """
    measures = Measure.objects.visible_to(by).filter(issue=issue).order_by("sort_key")
    versions = EvidenceVersion.objects.filter(evidence__in=Evidence.objects.visible_to(by).filter(issue=issue))
    ordered = versions.select_related("file__scan").order_by("evidence__position", "number")
    return {
        "issue": issue.pk,
        "measures": list(measures.values_list("pk", flat=True)),
        "whole": measures.count() == issue.measures.count(),
        "versions": [version.pk for version in ordered if not version.file.lock],
        "locked": [version.pk for version in ordered if version.file.lock],
    }


def request_archive(*, issue: Issue, by: User, at: datetime) -> Job:
    """Ask for the archive of an issue that the person sees; one that is under way already is returned."""
    under_way = [Job.Status.QUEUED, Job.Status.RUNNING]
    own = Job.objects.visible_to(by).filter(job_type=JOB_TYPE, status__in=under_way, arguments__issue=issue.pk)
    if existing := own.first():
        return existing
    title = _("File of issue %(code)s") % {"code": issue.code}
    return enqueue(job_type=JOB_TYPE, arguments=contents_of(issue=issue, by=by), title=title, by=by, at=at)


def _still_visible(arguments: dict[str, Any], by: User) -> bool:
    """Return whether the person sees all that the archive holds."""
    wanted, versions = set(arguments["measures"]), {*arguments["versions"], *arguments["locked"]}
    measures = Measure.objects.visible_to(by).filter(issue=arguments["issue"])
    evidence = EvidenceVersion.objects.filter(pk__in=versions, evidence__in=Evidence.objects.visible_to(by))
    return (
        Issue.objects.visible_to(by).filter(pk=arguments["issue"]).exists()
        and wanted <= set(measures.values_list("pk", flat=True))
        and evidence.count() == len(versions)
    )


def hand_out_archive(*, job: Job, by: User, at: datetime) -> bool:
    """Leave the download event of every file in the archive; return False where the person may not see all of it now.

    Raises `RuleViolation` where one of the files has been locked since.
    """
    if not _still_visible(job.arguments, by):
        return False
    files = StoredFile.objects.filter(evidence_versions__in=job.arguments["versions"]).select_related("scan")
    with open_trail(DOWNLOADS, at=at):
        for file in files.order_by("pk"):
            open_for_download(file=file, by=by, at=at).close()
    return True


@contextmanager
def pack_archive(*, job: Job, at: datetime, on_progress: Callable[[int, str], None]) -> Iterator[StoredFile]:
    """Pack the archive that a job asks for and yield its file; the block ends the job in the transaction of its row.

    `on_progress` is called with percent and stage. Raises `RuleViolation` where the person does not see all of it any
    more, or a file was altered or lost.
    """
    packer = _Packer(job, at, on_progress)
    name = f"一事一档-{packer.scope.issue.code}.zip"
    try:
        with receiving(stream=packer.stream(), name=name, by=job.requested_by, at=at, limit=LARGEST) as file:
            # Every part has passed the scanner, or none is set; a scanner would give up on an archive of gigabytes.
            FileScan.objects.filter(file=file).update(state=FileScan.State.CLEAN, answer="packed here", scanned_at=at)
            yield file
    except Altered as altered:
        raise RuleViolation(
            _("%(name)s was altered in the storage. Tell the administrator.") % {"name": altered}
        ) from None


class _Packer:
    """One archive on its way: its entries in order, the names that were shortened, how far it is."""

    def __init__(self, job: Job, at: datetime, on_progress: Callable[[int, str], None]) -> None:
        self.by, self.arguments, self.on_progress = job.requested_by, job.arguments, on_progress
        if not _still_visible(self.arguments, self.by):
            raise RuleViolation(_("You can no longer see all of this. Request the file again."))
        about = ("inspection__organisation", "problem__category__area", "leader", "lead_unit", "task_force")
        issue = Issue.objects.visible_to(self.by).select_related(*about).get(pk=self.arguments["issue"])
        self.scope = ArchiveScope(issue, self._measures(), self.arguments["whole"], at)
        self.applications = self._applications()
        self.names: dict[str, str] = {}
        self.taken: dict[str, set[str]] = {}
        self.entries = list(self._entries())

    def _measures(self) -> list[Measure]:
        rows = Measure.objects.visible_to(self.by).filter(pk__in=self.arguments["measures"]).order_by("sort_key")
        extensions = "extensions__requested_by", "extensions__decided_by"
        return list(
            rows.select_related("leader", "lead_unit").prefetch_related("milestones", "supporting_units", *extensions)
        )

    def _applications(self) -> list[Application]:
        """Return the applications for the measures, then those for closing."""
        rows = Application.objects.visible_to(self.by).filter(issue=self.arguments["issue"])
        measures = set(self.arguments["measures"])
        packed = [row for row in _with_subjects(rows) if row.is_closure or row.measure_id in measures]
        return sorted(packed, key=lambda row: (row.is_closure, row.measure.sort_key if row.measure else "", row.round))

    def stream(self) -> ArchiveStream:
        return ArchiveStream(
            f"一事一档-{self.scope.issue.code}", self.entries, closing=self._closing, on_packed=self._advance
        )

    def _advance(self, packed: Packed) -> None:
        done = next((n for n, entry in enumerate(self.entries, 1) if entry.path == packed.path), len(self.entries))
        self.on_progress(done * 95 // max(len(self.entries), 1), packed.path)

    def _place(self, folder: str, name: str) -> str:
        safe = safe_name(name, taken=self.taken.setdefault(folder, set()))
        path = f"{PLACES[folder]}/{safe}"
        if safe != name:
            self.names[path] = name
        return path

    def _paper(self, folder: str, name: str, paper: Callable[[], Any], write: Callable[[Any], bytes]) -> ArchiveEntry:
        def content() -> bytes:
            with official_language():
                return write(paper())

        return lazy_entry(self._place(folder, name), content, at=self.scope.at)

    def _entries(self) -> Iterator[ArchiveEntry]:
        scope = self.scope
        yield self._paper("plan", "整改方案.pdf", lambda: issue_file.plan(scope), write_pdf)
        yield self._paper("progress", "整改进展.pdf", lambda: issue_file.progress(scope), write_pdf)
        for version in self._versions("versions"):
            yield self._evidence(version)
        decisions = "审核情况.pdf"
        yield self._paper("decisions", decisions, lambda: issue_file.decisions(scope, self.applications), write_pdf)
        for application in self.applications:
            if may_read_manifest(self.by, application):
                yield self._manifest(application)
        for application in self.applications:
            yield self._form(application)

    def _versions(self, which: str) -> list[EvidenceVersion]:
        rows = EvidenceVersion.objects.filter(pk__in=self.arguments[which]).order_by("evidence__position", "number")
        about = ("file__scan", "evidence__issue", "evidence__measure")
        return list(rows.select_related(*about).prefetch_related("evidence__versions"))

    def _evidence(self, version: EvidenceVersion) -> ArchiveEntry:
        file, piece = version.file, version.evidence
        name = evidence_name(piece.issue, piece.measure, file.name)
        folder = "in_force"
        if piece.withdrawn_at:
            folder = "withdrawn"
        elif version.number != piece.latest.number:
            folder, name = "earlier", _with_version(name, version.number)
        path = self._place(folder, name)
        return ArchiveEntry(path, lambda: open_stored(file), version.at, size=file.size, sha256=file.sha256)

    def _manifest(self, application: Application) -> ArchiveEntry:
        """The manifest as it was hashed: its line in SHA256SUMS is the hash that the form prints."""
        path = self._place("decisions", f"材料清单-{application.code}-{round_name(application)}.json")
        entry = lazy_entry(path, application.manifest.encode, at=application.applied_at)
        return replace(entry, sha256=application.manifest_sha256)

    def _form(self, application: Application) -> ArchiveEntry:
        def form() -> Any:
            return form_of(application, by=self.by, at=self.scope.at)

        return self._paper("forms", f"{form_name(application)}.pdf", form, write_pdf)

    def _closing(self, packed: list[Packed]) -> Iterator[ArchiveEntry]:
        left_out = [
            f"{evidence_name(each.evidence.issue, each.evidence.measure, each.file.name)}：{_reason(each.file)}"
            for each in self._versions("locked")
        ]

        def content() -> bytes:
            with official_language():
                return write_pdf(issue_file.contents(self.scope, packed, names=self.names, left_out=left_out))

        yield lazy_entry(CONTENTS, content, at=self.scope.at)


def _with_subjects(rows: Any) -> Any:
    about = ("inspection__organisation", "issue__leader", "issue__lead_unit", "measure__leader", "measure__lead_unit")
    return rows.select_related(*about, "applicant", "unit").prefetch_related("decisions__by")


def _with_version(name: str, number: int) -> str:
    stem, dot, ending = name.rpartition(".")
    return f"{stem}（第{number}版）{dot}{ending}" if stem else f"{name}（第{number}版）"


def _reason(file: StoredFile) -> str:
    with official_language():
        return str(LOCKS[file.lock]) if file.lock else "生成档案时尚未通过病毒扫描"
