"""From the bytes of a workbook to a reading that imports take: with the names and days that this ledger knows."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Unit
from core.exceptions import RuleViolation
from imports.services.applying import organisation_named
from imports.services.name_resolution import known_leaders, known_units
from issues.models import Inspection, Issue
from ledger.fields import READABLE
from readers.tree import UnreadLine
from readers.workbook.cells import Known, squeezed
from readers.workbook.container import UnreadableWorkbook
from readers.workbook.dates import Period
from readers.workbook.fields import Setting
from readers.workbook.reader import Ledger
from readers.workbook.rows import CellError, LedgerRow, WorkbookReading, grow

COUNTED = ("several_leaders", "several_units", "without_day", "unclear_completion")


def setting_of(inspection: Inspection | None, organisation: Unit | None, *, today: date) -> Setting:
    """Return what a reader has to know of the inspection; days without a year count from the first of its work."""
    path = (organisation.path or "/none/") if organisation else "/none/"
    begins = ends = None
    if inspection is not None:
        begins = inspection.concentrated_from or inspection.kicked_off_on or inspection.feedback_on
        ends = inspection.concentrated_until
    return Setting(
        READABLE,
        Period(begins or today, ends),
        Known(known_leaders(path, inspection)),
        Known(known_units(path, inspection)),
    )


def open_ledger(data: bytes, *, inspection: Inspection | None, organisation: Unit | None, today: date) -> Ledger:
    """Open a workbook for an inspection; for a new one its organisation may be the one that the workbook names.

    Raises `UnreadableWorkbook`.
    """
    organisation = inspection.organisation if inspection else organisation
    ledger = Ledger(data, setting_of(inspection, organisation, today=today))
    if organisation is None and (named := organisation_named(ledger.organisation)):
        ledger.cells.setting = setting_of(None, named, today=today)
    return ledger


def refusal_of(error: UnreadableWorkbook) -> RuleViolation:
    """Return the sentence that says what to do about a workbook that cannot be read."""
    return RuleViolation(_(error.MESSAGES[error.code]) % error.params, field="file")


def read_workbook(
    data: bytes, *, inspection: Inspection | None = None, organisation: Unit | None = None, today: date
) -> WorkbookReading:
    """Read a workbook as a whole. Raises `UnreadableWorkbook`."""
    ledger = open_ledger(data, inspection=inspection, organisation=organisation, today=today)
    rows = list(ledger.rows())
    return reading_of(summary_of(ledger), rows, inspection=inspection)


def summary_of(ledger: Ledger) -> dict[str, Any]:
    """Return what a workbook says beside its rows, as JSON keeps it; to be asked when the rows have ended."""
    notes = ledger.notes
    return {
        "sheet": ledger.sheet.name,
        "title": ledger.title,
        "organisation": ledger.organisation,
        "fields": sorted(ledger.fields),
        "places": {each.key: _place(ledger, each.key) for each in READABLE},
        "errors": [asdict(error) for error in notes.errors],
        "unread": notes.unread,
        "foot": notes.foot,
        "notes": {name: getattr(notes, name) for name in COUNTED},
        "others": ledger.sheet.others,
        "unknown": list(ledger.sheet.header.unknown.values()),
    }


def _place(ledger: Ledger, name: str) -> tuple[str, str]:
    """Return the letters of a field's column and the words above it."""
    cell, words = ledger.cells.address(name, 0)
    return cell.rstrip("0"), words


def reading_of(
    told: dict[str, Any], rows: Iterable[LedgerRow], *, inspection: Inspection | None = None
) -> WorkbookReading:
    """Make the reading of what `summary_of` told and of the rows."""
    reading = WorkbookReading(
        title=told["title"],
        organisation=told["organisation"],
        fields=frozenset(told["fields"]),
        places={name: (letters, words) for name, (letters, words) in told["places"].items()},
        errors=[CellError(**error) for error in told["errors"]],
        notes=told["notes"],
        others=told["others"],
        unknown=told["unknown"],
        unread=[UnreadLine(line, text) for line, text in told["unread"]],
        furniture=[UnreadLine(line, text) for line, text in told["foot"]],
    )
    if inspection is not None and not reading.fields & {"area", "category", "problem"}:
        rows = _placed(rows, inspection)
    grow(reading, rows)
    return reading


def _placed(rows: Iterable[LedgerRow], inspection: Inspection) -> Iterable[LedgerRow]:
    """A workbook without headings means the issues that the ledger knows, wherever they stand in it."""
    above = ("text", "problem__title", "problem__category__title", "problem__category__area__title")
    known: dict[str, tuple[str, str, str] | None] = {}
    for text, problem, category, area in Issue.objects.filter(inspection=inspection).values_list(*above):
        known[squeezed(text)] = None if squeezed(text) in known else (area, category, problem)
    for row in rows:
        if not row.area and (place := known.get(squeezed(row.issue))):
            row.area, row.category, row.problem = place
        yield row
