"""A workbook on its way into the ledger: its rows staged in pieces, then compared; nothing else stays in memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Role, Unit, User
from core.exceptions import RuleViolation
from files.services import read_whole
from imports.models import Import, StagedRow
from imports.services.apply import ledger_state, preview_import
from imports.services.applying import organisation_named
from imports.services.name_resolution import Names
from imports.services.planning import ImportPlan
from imports.services.reading import open_ledger, reading_of, refusal_of, summary_of
from imports.services.rows import pieces
from issues.permissions import may_administer_organisation
from jobs.models import Job
from jobs.services import advance
from ledger.fields import READABLE
from readers.tree import Reading
from readers.workbook.container import UnreadableWorkbook
from readers.workbook.rows import LedgerRow, WorkbookReading

KINDS = ("units", "leaders")
READ_SHARE = 75
"""Percent of the way that reading takes; comparing takes the rest."""


@dataclass
class StagedPlan(ImportPlan):
    """The preview of a workbook as it was stored: counts and lists, without the rows themselves."""

    stored: dict[str, Any] | None = None
    base_seq: int = 0

    def outcome(self) -> dict[str, Any]:
        missing = {"units": self.names.missing_units, "leaders": self.names.missing_leaders}
        return {**(self.stored or {}), "missing": missing}


def stage(source: Import, *, at: datetime, job: Job | None = None) -> None:
    """Read the workbook, store its rows piece by piece, and work out what they would do. Twice does no harm.

    Raises `RuleViolation` where it cannot be read, or the import was discarded meanwhile: then nothing of it is left.
    """
    content = read_whole(file=source.file)
    try:
        ledger = open_ledger(
            content, inspection=source.inspection, organisation=source.organisation, today=timezone.localtime(at).date()
        )
    except UnreadableWorkbook as error:
        raise refusal_of(error) from error
    del content
    head, height = ledger.sheet.header.last + 1, max(ledger.sheet.height, 1)
    with _alive(source):
        StagedRow.objects.filter(source=source).delete()
    try:
        for piece in pieces(ledger.rows(), 1000):
            with _alive(source):
                percent = min((piece[-1].line - head) * READ_SHARE // height, READ_SHARE)
                _advance(job, percent, _("Reading row %(row)d") % {"row": piece[-1].line})
                StagedRow.objects.bulk_create(
                    [StagedRow(source=source, line=row.line, values=row.to_json()) for row in piece]
                )
    except UnreadableWorkbook as error:
        raise refusal_of(error) from error
    summary = summary_of(ledger)
    del ledger  # the workbook itself; comparing needs the room
    compare(source, summary=summary, job=job)


def _advance(job: Job | None, percent: int, words: str) -> None:
    """Say how far it is. In the transaction of a piece, so that a worker that lost the job writes nothing more."""
    if job is not None:
        advance(job=job, percent=percent, stage=words)


@contextmanager
def _alive(source: Import) -> Iterator[None]:
    """A transaction that holds the import: discarding waits for its end, and after a discarding none begins."""
    with transaction.atomic():
        rows = Import.objects.select_for_update().filter(pk=source.pk, status=Import.Status.READ)
        if not list(rows.values_list("pk", flat=True)):
            raise RuleViolation(_("The import was discarded; nothing was written."))
        yield


def compare(source: Import, *, summary: dict[str, Any] | None = None, job: Job | None = None) -> None:
    """Work out again what the staged rows would do to the ledger as it is now, and store it."""
    summary = summary or (source.preview or {})["summary"]
    if job is not None:
        advance(job=job, percent=READ_SHARE, stage=_("Comparing with the ledger"))
    if source.inspection is None and source.organisation is None:
        source.organisation = own_organisation(summary["organisation"], source.by)
    base_seq = ledger_state(source.inspection)
    reading = staged_reading(source, summary)
    plan = preview_import(reading, code=source.code, organisation=source.organisation, mapping=source.mapping)
    preview = {"summary": summary, "outcome": plan.outcome(), "base_seq": base_seq}
    with _alive(source):
        source.preview = preview
        source.save(update_fields=["preview", "organisation"])


def staged_reading(source: Import, summary: dict[str, Any] | None = None) -> WorkbookReading:
    """Return the reading that the staged rows make."""
    summary = summary or (source.preview or {})["summary"]
    return reading_of(summary, _staged(source), inspection=source.inspection)


def _staged(source: Import) -> Iterator[LedgerRow]:
    values = StagedRow.objects.filter(source=source).order_by("line").values_list("values", flat=True)
    for data in values.iterator(chunk_size=2000):
        yield LedgerRow.from_json(data, READABLE)


def staged_plan(source: Import) -> StagedPlan:
    """Return the preview that was stored. Names that were mapped since are asked for no more.

    Raises `RuleViolation` while there is none.
    """
    if source.preview is None:
        raise RuleViolation(_("The workbook has not been read yet."))
    outcome, summary = source.preview["outcome"], source.preview["summary"]
    missing = {kind: [n for n in outcome["missing"][kind] if n not in source.mapping.get(kind, {})] for kind in KINDS}
    names = Names(source.organisation, missing_units=missing["units"], missing_leaders=missing["leaders"])
    reading = Reading(title=summary["title"], organisation=summary["organisation"])
    return StagedPlan(reading, source.inspection, names, stored=outcome, base_seq=source.preview["base_seq"])


def own_organisation(name: str, by: User) -> Unit | None:
    """The organisation that the source names, if `by` is its office; else the only one that `by` is the office of."""
    named = organisation_named(name)
    if named is not None and may_administer_organisation(by, named):
        return named
    offices = list(Unit.objects.filter(appointments__user=by, appointments__role=Role.OFFICE).distinct()[:2])
    return offices[0] if len(offices) == 1 else None


def unstage(source: Import) -> None:
    """Delete the rows of an import that is over."""
    StagedRow.objects.filter(source=source).delete()
