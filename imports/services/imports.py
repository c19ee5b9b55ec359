"""A file on its way into the ledger through the pages: taken in, previewed, confirmed or discarded."""

import io
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor, Unit, User
from core.exceptions import Conflict, Forbidden, RuleViolation
from core.transitions import transition
from files.services import read_whole, store_upload
from imports.models import Import
from imports.permissions import may_handle_import, require_importer
from imports.services.apply import apply_import, ledger_state, preview_import
from imports.services.planning import ImportPlan
from imports.services.reading import read_workbook, refusal_of
from imports.services.staging import StagedPlan, compare, own_organisation, stage, staged_plan, staged_reading, unstage
from issues.models import Inspection
from issues.permissions import may_administer_organisation, require_office
from jobs.models import Job
from jobs.services import enqueue
from readers.notice import Corrections, UnreadableNotice, read
from readers.notice.source import LIMIT
from readers.tree import Reading
from readers.workbook.container import LIMIT as WORKBOOK_LIMIT
from readers.workbook.container import UnreadableWorkbook, check, is_workbook

KINDS = ("docx", "text", "html")
WORK = "imports.apply"
STAGE = "imports.stage"
NO_CORRECTIONS: Mapping[str, Any] = {}
BOOKS = (".xlsx", ".xlsm", ".xls", ".et")
"""What a workbook is called; of these only the first kind is read; the refusal of the others speaks of workbooks."""
SMALL = 1024 * 1024
"""Bytes of a workbook up to which it is read while its sender waits: some five thousand measures."""


def upload_import(
    *, data: bytes, name: str, by: User, at: datetime, inspection: Inspection | None = None, code: str = ""
) -> Import:
    """Take in a notice or a workbook for an inspection, or for a new one with the code `code`; return the import.

    What it is its content says. It is read first: what cannot be read leaves nothing behind. A large workbook is read
    by the import's job, which the caller starts. Raises `Forbidden` unless `by` is the office, `RuleViolation` (field
    `file` or `code`) for a file that cannot be read or a code in use.
    """
    _check_target(inspection, code, by)
    if is_workbook(data, name):
        return _upload_workbook(data, name=name, by=by, at=at, inspection=inspection, code=code)
    reading = read_notice(data, name=name)
    with transaction.atomic():
        file = store_upload(stream=io.BytesIO(data), name=name, by=by, at=at, kinds=KINDS, limit=LIMIT)
        return Import.objects.create(
            file=file,
            code=inspection.code if inspection else code,
            inspection=inspection,
            organisation=inspection.organisation if inspection else own_organisation(reading.organisation, by),
            by=by,
            at=at,
        )


def _upload_workbook(
    data: bytes, *, name: str, by: User, at: datetime, inspection: Inspection | None, code: str
) -> Import:
    is_small = len(data) <= SMALL
    try:
        check(data, is_deep=is_small)
        if is_small:
            read_workbook(data, today=at.date())
    except UnreadableWorkbook as error:
        raise refusal_of(error) from error
    with transaction.atomic():
        source = Import.objects.create(
            file=store_upload(stream=io.BytesIO(data), name=name, by=by, at=at, kinds=("xlsx",), limit=WORKBOOK_LIMIT),
            code=inspection.code if inspection else code,
            inspection=inspection,
            organisation=inspection.organisation if inspection else None,
            by=by,
            at=at,
        )
        if is_small:
            stage(source, at=at)
        else:
            _ask_for(source, STAGE, _("Reading of %(name)s"), {"import": source.pk}, by=by, at=at)
    return source


def _ask_for(source: Import, job_type: str, title: str, arguments: dict[str, Any], *, by: User, at: datetime) -> Job:
    """Write the job of an import; there is one at a time. Raises `RuleViolation` while another one is at work."""
    if source.is_at_work:
        raise RuleViolation(_("This import is being processed. Wait until it is done."))
    title = title % {"name": source.file.name}
    with transaction.atomic():
        job = enqueue(job_type=job_type, arguments=arguments, title=title[:200], by=by, at=at)
        if not Import.objects.filter(pk=source.pk, status=source.status, job=source.job_id).update(job=job):
            raise Conflict(
                _("Someone else was first: the state has changed in the meantime. Reload the page and check again.")
            )
    source.job = job
    return job


def compare_import(*, source: Import, by: User, at: datetime) -> Job | None:
    """Work out again what a staged workbook would do, for the ledger has changed since; a large one by a job.

    Raises `Forbidden`, `RuleViolation` for an import that is no workbook, is over or at work.
    """
    require_reader(source, by)
    if not source.is_workbook:
        raise RuleViolation(_("Only a workbook is compared again; a notice is compared whenever it is looked at."))
    if source.status != Import.Status.READ or source.preview is None:
        raise RuleViolation(_("This import has already been applied or discarded."))
    if source.file.size > SMALL:
        return _ask_for(source, STAGE, _("Reading of %(name)s"), {"import": source.pk, "again": True}, by=by, at=at)
    compare(source)
    return None


def _check_target(inspection: Inspection | None, code: str, by: User) -> None:
    require_one_target(inspection, code)
    if inspection is not None:
        require_office(by, inspection)
        return
    require_importer(by)
    if Inspection.objects.filter(code=code).exists():
        raise RuleViolation(_("An inspection with this code already exists."), field="code")


def require_one_target(inspection: Inspection | None, code: str) -> None:
    """Raise `RuleViolation` (field `code`) unless a file goes into an inspection that exists, or into one new one."""
    if inspection and code:
        raise RuleViolation(_("Choose an inspection or give the code of a new one, not both."), field="code")
    if not inspection and not code:
        raise RuleViolation(_("Choose an inspection, or give the code of a new one."), field="code")


def content_of(stream: Any, *, name: str, size: int) -> bytes:
    """Return the bytes of an upload; its size is known before a byte of it is held in memory.

    Raises `RuleViolation` (field `file`) for one that is larger than any of its kind may be.
    """
    is_book = name.lower().endswith(BOOKS)
    limit = WORKBOOK_LIMIT if is_book else LIMIT
    if size > limit:
        sentences = UnreadableWorkbook.MESSAGES if is_book else UnreadableNotice.MESSAGES
        raise RuleViolation(_(sentences["too_large"]) % {"limit": limit // 1024 // 1024}, field="file")
    content: bytes = stream.read()
    return content


def read_notice(data: bytes, *, name: str, corrections: Mapping[str, Any] = NO_CORRECTIONS) -> Reading:
    """Read a notice, with the `corrections` of a person; raises `RuleViolation` (field `file`) with what to do."""
    try:
        return read(data, name=name, corrections=Corrections(**corrections))
    except UnreadableNotice as error:
        raise RuleViolation(_(error.MESSAGES[error.code]) % error.params, field="file") from error


def require_previewed(source: Import) -> None:
    """Raise `RuleViolation` where nothing can be confirmed: it was applied or discarded, the code of a new inspection
    was taken meanwhile, whose ledger may not be visible here, or a workbook could not be read.
    """
    if source.status != Import.Status.READ:
        raise RuleViolation(_("This import has already been applied or discarded."))
    if source.inspection is None and Inspection.objects.filter(code=source.code).exists():
        raise RuleViolation(_("An inspection with this code already exists."), field="code")
    if source.is_workbook and source.preview is None:
        raise RuleViolation((source.job.error if source.job else "") or _("The workbook has not been read yet."))


def preview(source: Import) -> ImportPlan:
    """Work out what confirming would do to the ledger as it is now.

    Raises `RuleViolation` as `require_previewed` does, and where the storage has lost the file.
    """
    require_previewed(source)
    if source.is_workbook:
        return staged_plan(source)
    reading = read_notice(read_whole(file=source.file), name=source.file.name, corrections=source.corrections)
    return preview_import(reading, code=source.code, organisation=source.organisation, mapping=source.mapping)


def base_of(source: Import, plan: ImportPlan) -> tuple[int, bool]:
    """Return the state of the ledger that a preview was made of, and whether the ledger has changed since."""
    now = ledger_state(source.inspection)
    base_seq = plan.base_seq if isinstance(plan, StagedPlan) else now
    return base_seq, base_seq != now


def map_names(*, source: Import, organisation: Unit | None, mapping: Mapping[str, Mapping[str, int]], by: User) -> None:
    """Store what was chosen for the organisation of a new inspection and for unknown names.

    Raises `Forbidden`; `RuleViolation` while it is written, which holds to what was confirmed.

    Earlier choices stay: once a name is mapped it is known, and not asked for again.
    """
    require_reader(source, by)
    if source.is_at_work:
        raise RuleViolation(_("This import is being processed. Wait until it is done."))
    if source.inspection is None:
        _require_organisation(organisation, by)
        source.organisation = organisation
    source.mapping = {kind: {**source.mapping.get(kind, {}), **chosen} for kind, chosen in mapping.items()}
    source.save(update_fields=["organisation", "mapping"])


def confirm_import(*, source: Import, base_seq: int, by: User, at: datetime) -> Job:
    """Ask for the work of writing the import, once; `base_seq` is the state of the ledger that was previewed.

    Raises `Forbidden`; `RuleViolation` for an import that was applied or discarded, is at work already, or is for a new
    inspection of an organisation that is not chosen yet.
    """
    require_reader(source, by)
    require_previewed(source)
    if source.inspection is None:
        _require_organisation(source.organisation, by)
    return _ask_for(source, WORK, _("Import of %(name)s"), {"import": source.pk, "base_seq": base_seq}, by=by, at=at)


def _require_organisation(organisation: Unit | None, by: User) -> None:
    if organisation is None or not may_administer_organisation(by, organisation):
        raise RuleViolation(_("Choose the organisation that was inspected."), field="organisation")


def reading_for(source: Import) -> Reading:
    """Return what a confirmed import writes; called before the transaction begins, for it takes its time."""
    if source.is_workbook:
        return staged_reading(source)
    return read_notice(read_whole(file=source.file), name=source.file.name, corrections=source.corrections)


def carry_out_import(
    *, source: Import, base_seq: int, by: Actor, at: datetime, reading: Reading | None = None
) -> dict[str, Any]:
    """Write a confirmed import; called by its job, in the job's transaction. Done already, it does nothing.

    Names that are not mapped are created. Raises `RuleViolation` where the ledger has changed, or the source breaks a
    rule.
    """
    if source.status == Import.Status.APPLIED:
        return source.outcome or {}
    outcome = apply_import(
        reading or reading_for(source),
        code=source.code,
        by=by,
        at=at,
        file=source.file,
        organisation=source.organisation,
        mapping=source.mapping,
        create_missing=True,
        base_seq=base_seq,
    )
    if not outcome["applied"]:
        raise RuleViolation(_("Nothing was written: %(error)s") % {"error": _first_error(outcome)})
    inspection = Inspection.objects.get(code=source.code)
    counts = {name: outcome[name] for name in ("created", "changed", "unchanged", "issues", "measures")}
    transition(source, Import.Status.APPLIED, steps=Import.STEPS, inspection=inspection, outcome=counts)
    unstage(source)
    return outcome


def _first_error(outcome: Mapping[str, Any]) -> str:
    errors = outcome["errors"]
    return str(errors[0]["message"]) if errors else ""


def discard_import(*, source: Import, by: User) -> None:
    """Give an import up that was not applied; its file stays. Raises `Forbidden`, `RuleViolation`, `Conflict`."""
    require_reader(source, by)
    with transaction.atomic():
        transition(source, Import.Status.DISCARDED, steps=Import.STEPS)
        unstage(source)


def require_reader(source: Import, by: Actor) -> None:
    """Raise `Forbidden` unless `by` keeps the inspection's plan, or uploaded the file for a new one."""
    if not may_handle_import(by, source):
        raise Forbidden(_("Only the rectification office of this organisation may do this."))
