"""Rolling weeks up: each as of its own end, however late, from the spans alone.

What is due follows from the rows: an ended week without a snapshot is due, and the unique key of a snapshot lets it be
made once. The claim on it is the lock on the chain of the inspection, within the one transaction that makes snapshot,
rows and event: a worker that dies leaves nothing behind, and its lock ends with its connection. The event also closes
the week: nothing that is recorded after it can lie before it.
"""

import hashlib
import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import ExitStack
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Actor
from audit.services import Trail, canonical, open_trail
from core.exceptions import RuleViolation
from issues.models import Inspection
from issues.permissions import require_office
from reporting.models import Snapshot, SnapshotRow, Week
from reporting.queries.standings import Standing, standings
from reporting.queries.weeks import Due, begun_by, due_weeks, week_of
from reporting.verbs import SnapshotVerb
from signoffs.queries.figures import Moment

log = logging.getLogger(__name__)
BATCH = 25
"""Inspections that are counted together; as many chains are locked meanwhile, for well under a second."""
ROWS = 500


def roll_up_week(*, inspection: Inspection, week: Week, by: Actor, at: datetime) -> Snapshot:
    """Make the snapshot of a week as of its end, or return the one that is there.

    Raises `Forbidden` unless `by` is the office (None, the program itself, may), `RuleViolation` for a week that has
    not ended at `at` or in which the inspection had no plan yet.
    """
    require_office(by, inspection)
    snapshot = inspection.snapshots.of_week(week).first()
    if snapshot is not None:
        return snapshot
    due = week_of(inspection.pk, week)
    if at <= due.ends_at:
        raise RuleViolation(_("Week %(week)s has not ended yet.") % {"week": week}, field="week")
    if not begun_by(inspection.pk, due.ends_at):
        raise RuleViolation(_("In week %(week)s this inspection had no plan yet.") % {"week": week}, field="week")
    _roll_up([due], by=by, at=at)
    return inspection.snapshots.of_week(week).get()


def roll_up_due(*, at: datetime, inspections: Collection[int] | None = None) -> list[Snapshot]:
    """Make every snapshot that is missing at `at`, the earliest week first, and return those that were made.

    `inspections` are keys; None means all. A week that cannot be rolled up is logged, stays due and does not stop the
    others.
    """
    created: list[Snapshot] = []
    for batch in _batches(due_weeks(now=at, inspections=inspections)):
        try:
            created += _roll_up(batch, by=None, at=at)
        except Exception as error:
            log.warning("Rolling up %d weeks at once failed (%s); trying one by one", len(batch), error)
            created += _one_by_one(batch, at=at)
    return created


def _batches(due: Iterable[Due]) -> Iterator[list[Due]]:
    """Put together what is counted at the same moment by the same settings, in handfuls."""
    for _moment, same in groupby(due, key=lambda each: (each.ends_at, each.due_soon_days)):
        weeks = list(same)
        yield from (weeks[start : start + BATCH] for start in range(0, len(weeks), BATCH))


def _one_by_one(batch: Iterable[Due], *, at: datetime) -> list[Snapshot]:
    created: list[Snapshot] = []
    for due in batch:
        try:
            created += _roll_up([due], by=None, at=at)
        except Exception:
            log.exception("Week %s of inspection %s could not be rolled up", due.week, due.inspection)
    return created


@transaction.atomic
def _roll_up(batch: Collection[Due], *, by: Actor, at: datetime) -> list[Snapshot]:
    """Make the snapshots of one moment that are still missing once the chains are locked; return them."""
    with ExitStack() as opened:
        chains = {due.inspection: Inspection(pk=due.inspection).chain for due in batch}
        trails = {pk: opened.enter_context(open_trail(chains[pk], at=at)) for pk in sorted(chains)}
        existing = set(Snapshot.objects.filter(inspection__in=chains).values_list("inspection", "year", "week"))
        missing = [due for due in batch if (due.inspection, due.week.year, due.week.number) not in existing]
        if not missing:
            return []
        moment = Moment.past(missing[0].ends_at, missing[0].due_soon_days)
        figures = standings(inspections=[due.inspection for due in missing], moment=moment)
        created = [_snapshot(due, figures[due.inspection], trails[due.inspection]) for due in missing]
        rows = [_rows(figures[due.inspection]) for due in missing]
        for snapshot, own in zip(created, rows, strict=True):
            snapshot.fingerprint = fingerprint_of(snapshot, own)
        Snapshot.objects.bulk_create(created)
        _store_rows(created, rows)
        for snapshot in created:
            _record(trails[snapshot.inspection_id], snapshot, by)
    return created


def _snapshot(due: Due, figures: Standing, trail: Trail) -> Snapshot:
    return Snapshot(
        inspection_id=due.inspection,
        year=due.week.year,
        week=due.week.number,
        ends_at=due.ends_at,
        taken_at=trail.at,
        due_soon_days=due.due_soon_days,
        **Snapshot.columns(figures.measures, figures.issues),
    )


def _rows(figures: Standing) -> list[SnapshotRow]:
    return [
        SnapshotRow(
            kind=part.kind,
            object_id=part.key,
            name=part.name,
            position=part.position,
            rank=part.rank,
            **SnapshotRow.columns(part.measures, part.issues),
        )
        for part in figures.parts
    ]


def _store_rows(snapshots: Iterable[Snapshot], rows: Iterable[list[SnapshotRow]]) -> None:
    stored: list[SnapshotRow] = []
    for snapshot, own in zip(snapshots, rows, strict=True):
        for row in own:
            row.snapshot = snapshot
        stored += own
    SnapshotRow.objects.bulk_create(stored, batch_size=ROWS)


def fingerprint_of(snapshot: Snapshot, rows: Iterable[SnapshotRow]) -> str:
    """Return the SHA-256 of everything that a snapshot says: week, moment, counts, and each of its parts."""
    content = {
        "inspection": snapshot.inspection_id,
        "week": snapshot.week_label,
        "ends_at": int(snapshot.ends_at.timestamp()),
        "due_soon_days": snapshot.due_soon_days,
        "counts": _counts(snapshot),
        "rows": sorted([row.kind, row.position, row.object_id, row.name, row.rank, _counts(row)] for row in rows),
    }
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def _counts(row: Snapshot | SnapshotRow) -> dict[str, int]:
    return row.columns(row.measures, row.issues)


def _record(trail: Trail, snapshot: Snapshot, by: Actor) -> None:
    measures, issues = snapshot.measures, snapshot.issues
    trail.record(
        SnapshotVerb.ROLL_UP_WEEK,
        by=by,
        obj=snapshot,
        week=snapshot.week_label,
        ends_at=snapshot.ends_at.isoformat(),
        measures={"signed_off": measures.signed_off, "counted": measures.counted, "overdue": measures.overdue},
        issues={"rectified": issues.rectified, "total": issues.total, "overdue": issues.overdue},
        fingerprint=snapshot.fingerprint,
    )
