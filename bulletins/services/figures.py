"""The figures of a week: as its snapshot stores them, counted again for a correction, and those of earlier weeks."""

from bulletins.queries import previous
from reporting.models import Snapshot, SnapshotRow
from reporting.queries.standings import PartFigures, Standing, standing
from signoffs.queries.figures import Moment

WEEKS = 60
"""Most weeks that the course of an inspection goes back."""
KINDS = (SnapshotRow.Kind.AREA, SnapshotRow.Kind.UNIT)


def stored_figures(snapshot: Snapshot) -> Standing:
    """Return what the snapshot stores, areas and units alone."""
    parts = [
        PartFigures(row.kind, row.object_id, row.name, row.position, row.measures, row.issues, row.rank)
        for row in snapshot.rows.filter(kind__in=KINDS).order_by("position")
    ]
    return Standing(snapshot.measures, snapshot.issues, parts)


def recounted_figures(snapshot: Snapshot) -> Standing:
    """Count the moment of the snapshot again, from the spans of that moment."""
    return standing(inspection=snapshot.inspection_id, moment=Moment.past(snapshot.ends_at, snapshot.due_soon_days))


def previous_figures(snapshot: Snapshot) -> Standing | None:
    """Return what the snapshot of the week before stores; None where there is none."""
    before = previous(snapshot)
    return stored_figures(before) if before else None


def weeks_until(snapshot: Snapshot) -> list[Snapshot]:
    """Return the snapshots up to this one, the earliest first."""
    weeks = Snapshot.objects.filter(inspection=snapshot.inspection_id, ends_at__lte=snapshot.ends_at)
    return list(reversed(weeks.order_by("-ends_at")[:WEEKS]))


def ranked_units(figures: Standing) -> list[PartFigures]:
    """Return the units by their rank; what has no unit comes last, a unit without tasks is left out."""
    with_tasks = [unit for unit in figures.by(SnapshotRow.Kind.UNIT) if unit.measures.counted]
    return sorted(with_tasks, key=lambda unit: (unit.rank is None, unit.rank or 0))
