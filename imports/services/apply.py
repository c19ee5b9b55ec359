"""Imports: preview what a source would do to the ledger, then do all of it or nothing."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor, Unit
from accounts.services import create_unit
from audit.models import Event
from audit.services import open_trail
from core.exceptions import RuleViolation
from files.models import StoredFile
from imports.services.applying import PlanWriter, new_inspection_title, organisation_named
from imports.services.comparing import LedgerPlan, plan_workbook
from imports.services.name_resolution import Names, make_missing, resolve
from imports.services.planning import ImportPlan, plan_import
from imports.services.rows import RowWriter
from imports.verbs import ImportVerb
from issues.models import Area, Category, Inspection, Issue, Problem, TaskForce
from issues.permissions import require_office
from issues.services import create_inspection
from measures.models import Measure
from papers.models import Notice
from readers.tree import Reading
from readers.workbook.rows import WorkbookReading
from signoffs.models import Application

__all__ = ["apply_import", "ledger_state", "preview_import"]

Mapped = Mapping[str, Mapping[str, int]]
NOTHING_MAPPED: Mapped = {}
READ_BY_IMPORTS = (Inspection, TaskForce, Area, Category, Problem, Issue, Measure, Application)
"""What an import reads or writes."""


def ledger_state(inspection: Inspection | None) -> int:
    """Return the number of the last event that touched the ledger: a preview holds as long as it stays the same.

    A roll-up, a bulletin, an urge or a paper may come in between; none of them changes what an import compares with.
    """
    if inspection is None:
        return 0
    changes = Event.objects.filter(kind__in=[model.KIND for model in READ_BY_IMPORTS], chain__key=inspection.chain)
    return changes.order_by("-seq").values_list("seq", flat=True).first() or 0


def preview_import(
    reading: Reading, *, code: str, organisation: Unit | None = None, mapping: Mapped = NOTHING_MAPPED
) -> ImportPlan:
    """Work out what importing `reading` into the inspection `code` would do. Writes nothing.

    `organisation` takes the place of the one that the source names where `code` is new; `mapping` for unknown names.
    """
    inspection = Inspection.objects.filter(code=code).select_related("organisation").first()
    if inspection is not None:
        organisation = inspection.organisation
    elif organisation is None:
        organisation = organisation_named(reading.organisation)
    names = resolve(reading, organisation=organisation, mapping=mapping, inspection=inspection)
    if organisation is None and reading.organisation:
        names.missing_units.insert(0, reading.organisation)
    return _planned(reading, inspection, names)


def _planned(reading: Reading, inspection: Inspection | None, names: Names) -> ImportPlan:
    """A workbook knows more of its rows than a notice: hidden ids, cells, columns that it does not have."""
    if isinstance(reading, WorkbookReading):
        return plan_workbook(reading, inspection=inspection, names=names)
    return plan_import(reading, inspection=inspection, names=names)


class _NotApplied(Exception):
    """Rolls everything back that an import has done so far, a new inspection and new units included."""

    def __init__(self, outcome: dict[str, Any]) -> None:
        super().__init__()
        self.outcome = outcome


def apply_import(reading: Reading, **how: Any) -> dict[str, Any]:
    """Import `reading`: all of it or nothing; the keywords are those of `_apply`.

    Return the outcome with `applied` and, inside, what was refused. Raises `Forbidden` unless `by` is the office
    (None is the program itself), `RuleViolation` where the ledger has changed since the preview, or where the source
    names no organisation.
    """
    try:
        with transaction.atomic():
            return _apply(reading, **how)
    except _NotApplied as stopped:
        return stopped.outcome


def _apply(
    reading: Reading,
    *,
    code: str,
    by: Actor,
    at: datetime,
    file: StoredFile | None = None,
    organisation: Unit | None = None,
    mapping: Mapped = NOTHING_MAPPED,
    create_missing: bool = False,
    base_seq: int | None = None,
    **settings: Any,
) -> dict[str, Any]:
    """Write the import inside a transaction. `base_seq` is the state of the ledger that was previewed (None: no
    preview); `settings` are those of a new inspection.
    """
    inspection = Inspection.objects.filter(code=code).select_related("organisation").first()
    if inspection is None:
        organisation = organisation or _organisation(reading, create_missing=create_missing, by=by, at=at)
        if organisation is None:
            return preview_import(reading, code=code, mapping=mapping).outcome()
        inspection = _open_inspection(reading, code, organisation, by, at, settings)
    elif by is not None:
        require_office(by, inspection)
    with open_trail(inspection.chain, at=at) as trail:
        is_new = not inspection.issues.exists()
        if base_seq is not None and not is_new and ledger_state(inspection) != base_seq:
            raise RuleViolation(_("The ledger has changed since the preview. Look at the preview again, then confirm."))
        plan = preview_import(reading, code=code, mapping=mapping)
        if create_missing:
            make_missing(plan.names, by=by, at=at)
            plan = _planned(reading, inspection, plan.names)
        outcome = plan.outcome()
        if outcome["errors"] or not plan.names.are_all_known:
            raise _NotApplied(outcome)
        if _is_new_to(inspection, plan, file):
            writer = RowWriter if isinstance(plan, LedgerPlan) else PlanWriter
            writer(plan=plan, inspection=inspection, trail=trail, by=by, file=file).write()
            counts = {name: outcome[name] for name in ("created", "changed", "unchanged", "issues", "measures")}
            verb = ImportVerb.IMPORT_LEDGER if isinstance(plan, LedgerPlan) else ImportVerb.IMPORT_NOTICE
            trail.record(verb, by=by, obj=inspection, file=file.sha256 if file else "", **counts)
    return {**outcome, "applied": True}


def _organisation(reading: Reading, *, create_missing: bool, by: Actor, at: datetime) -> Unit | None:
    if not reading.organisation:
        raise RuleViolation(
            _("The source does not say which organisation was inspected; choose one."), field="organisation"
        )
    known = organisation_named(reading.organisation)
    if known is None and create_missing:
        return create_unit(name=reading.organisation, by=by, at=at)
    return known


def _open_inspection(
    reading: Reading, code: str, organisation: Unit, by: Actor, at: datetime, settings: dict[str, Any]
) -> Inspection:
    names = resolve(Reading(), organisation=organisation, mapping={})
    title = settings.pop("title", "") or new_inspection_title(names, reading.title)
    return create_inspection(code=code, title=title, organisation=organisation, by=by, at=at, **settings)


def _is_new_to(inspection: Inspection, plan: ImportPlan, file: StoredFile | None) -> bool:
    """Return whether there is anything to write: importing the same again leaves no trace."""
    if plan.changed or any(step.row is None for step in [*plan.issues, *plan.measures]):
        return True
    if isinstance(plan, LedgerPlan) and (plan.changed_issues or plan.renamed or plan.moved):
        return True
    if not plan.reading.layout:
        return False
    known = Notice.objects.filter(inspection=inspection, preamble=plan.reading.preamble, closing=plan.reading.closing)
    return not known.exists()
