"""The figures of a week: kept by its snapshot, or counted anew for a correction; and those of the weeks before."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bulletins.queries import previous
from reporting.models import IssueFigures, MeasureFigures, Snapshot, SnapshotRow
from reporting.queries.standings import Moment, Part, standing

WEEKS = 60
"""Most weeks that a course goes back."""


@dataclass(frozen=True)
class Group:
    """The figures of the whole, of an area or of a unit; `rank` is of units alone, `key` None for what has none."""

    key: int | None
    name: str
    issues: IssueFigures
    measures: MeasureFigures
    rank: int | None = None


@dataclass(frozen=True)
class Figures:
    """Everything that the tables of one week hold, areas in the order of the plan, units in that of their ranks."""

    whole: Group
    areas: tuple[Group, ...]
    units: tuple[Group, ...]


def figures_of(snapshot: Snapshot) -> Figures:
    """Return what the snapshot keeps."""
    rows = snapshot.rows.filter(kind__in=[SnapshotRow.Kind.AREA, SnapshotRow.Kind.UNIT]).order_by("position")
    return _figures(snapshot, rows)


def recomputed(snapshot: Snapshot) -> Figures:
    """Count the moment of the snapshot anew, from the spans that held then."""
    counted = standing(inspection=snapshot.inspection_id, moment=Moment.past(snapshot.ends_at, snapshot.due_soon_days))
    whole = Group(None, "", counted.issues, counted.measures)
    areas, units = (
        [_part(part) for part in counted.by(kind)] for kind in (SnapshotRow.Kind.AREA, SnapshotRow.Kind.UNIT)
    )
    return Figures(whole, tuple(areas), tuple(_ranked(units)))


def previous_figures(snapshot: Snapshot) -> Figures | None:
    """Return what the snapshot of the week before keeps; None where there is none."""
    before = previous(snapshot)
    return figures_of(before) if before else None


def course(snapshot: Snapshot) -> list[tuple[int, int, Group]]:
    """Return year, week and figures of the whole of each week up to this one, the earliest first."""
    weeks = Snapshot.objects.filter(inspection=snapshot.inspection_id, ends_at__lte=snapshot.ends_at)
    return [(each.year, each.week, _whole(each)) for each in reversed(weeks.order_by("-ends_at")[:WEEKS])]


def _part(part: Part) -> Group:
    return Group(part.key, part.name, part.issues, part.measures, part.rank)


def _figures(snapshot: Snapshot, rows: Iterable[SnapshotRow]) -> Figures:
    groups = [(row.kind, Group(row.object_id, row.name, row.issues, row.measures, row.rank)) for row in rows]
    areas = tuple(group for kind, group in groups if kind == SnapshotRow.Kind.AREA)
    units = [group for kind, group in groups if kind == SnapshotRow.Kind.UNIT]
    return Figures(_whole(snapshot), areas, tuple(_ranked(units)))


def _whole(snapshot: Snapshot) -> Group:
    return Group(None, "", snapshot.issues, snapshot.measures)


def _ranked(units: list[Group]) -> Iterator[Group]:
    """Units by their rank; what has no unit stands last, a unit without tasks is left out."""
    with_tasks = [unit for unit in units if unit.measures.counted]
    yield from sorted(with_tasks, key=lambda unit: (unit.rank is None, unit.rank or 0))
