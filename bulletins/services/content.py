"""What a bulletin holds, as plain data that is frozen with it: figures, ranks and lists at the end of a week."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from bulletins.models import Bulletin
from bulletins.queries import (
    ReportedWeek,
    Row,
    closed_in,
    due_after,
    overdue_at,
    returned_in,
    signed_off_in,
    week_of,
)
from bulletins.services.figures import (
    previous_figures,
    ranked_units,
    recounted_figures,
    stored_figures,
    weeks_until,
)
from bulletins.services.redaction import disclosed_rows
from issues.models import Disclosure
from issues.queries import disclosed_to
from reporting.models import Snapshot, SnapshotRow
from reporting.queries.standings import PartFigures, Standing
from signoffs.queries.figures import AddableCounts

Content = dict[str, Any]
Kind = SnapshotRow.Kind
LISTS: dict[str, Callable[[ReportedWeek], list[Row]]] = {
    "signed_off": signed_off_in,
    "closed": closed_in,
    "overdue": overdue_at,
    "returned": returned_in,
    "due": due_after,
}


def content_of(snapshot: Snapshot, *, corrected: Bulletin | None = None, reason: str = "") -> Content:
    """Return the content of the bulletin of a snapshot's week.

    Figures are those of the snapshot; a correction counts again, as of the same moment. Texts of measures and issues
    are those of the ledger when the content is made; what is withheld within the party is counted and not listed.
    """
    inspection, week = snapshot.inspection, week_of(snapshot)
    now = recounted_figures(snapshot) if corrected else stored_figures(snapshot)
    before = previous_figures(snapshot)
    lists = {name: rows(week) for name, rows in LISTS.items()}
    disclosed = disclosed_to(Disclosure.Audience.INTERNAL, inspection)
    listed = {name: disclosed_rows(rows, disclosed) for name, rows in lists.items()}
    return {
        "inspection": {
            "code": inspection.code,
            "title": inspection.title,
            "organisation": inspection.organisation.name,
            "inspected_by": inspection.inspected_by,
        },
        "year": snapshot.year,
        "week": snapshot.week,
        "begins_at": timezone.localtime(week.begins_at).isoformat(),
        "ends_at": timezone.localtime(week.ends_at).isoformat(),
        "day": week.day.isoformat(),
        "next_days": [day.isoformat() for day in week.next_days],
        "has_before": before is not None,
        "lights": dict(inspection.lights),
        "due_soon_days": snapshot.due_soon_days,
        **_tables(now, before, lists),
        **listed,
        "unlisted": {name: len(rows) - len(listed[name]) for name, rows in lists.items()},
        "course": [
            {"year": each.year, "week": each.week, "issues": vars(each.issues), "measures": vars(each.measures)}
            for each in weeks_until(snapshot)
        ],
        "corrects": _corrected(corrected, reason),
    }


def _corrected(bulletin: Bulletin | None, reason: str) -> dict[str, Any] | None:
    """What a correction says of the edition that it corrects."""
    if bulletin is None:
        return None
    return {
        "number": bulletin.number,
        "number_year": bulletin.number_year,
        "edition": bulletin.edition,
        "reason": reason,
        "overall": bulletin.content["overall"],
    }


def _tables(now: Standing, before: Standing | None, lists: dict[str, list[Row]]) -> Content:
    """The figures of the inspection, by area, by unit, each beside those of the week before."""
    earlier = {(part.kind, part.key): part for part in before.parts} if before else {}
    closed_by = Counter(row["area"] for row in lists["closed"])
    done_by = Counter(row["area"] for row in lists["signed_off"])
    return {
        "overall": {
            "issues": _line(now.issues, before.issues if before else None, len(lists["closed"])),
            "measures": _line(now.measures, before.measures if before else None, len(lists["signed_off"])),
        },
        "areas": [_area(area, earlier.get((area.kind, area.key)), closed_by, done_by) for area in now.by(Kind.AREA)],
        "units": [_unit(unit, earlier.get((unit.kind, unit.key))) for unit in ranked_units(now)],
    }


def _area(area: PartFigures, before: PartFigures | None, closed_by: Counter[Any], done_by: Counter[Any]) -> Row:
    return {
        "title": area.name,
        "issues": _line(area.issues, before.issues if before else None, closed_by[area.key]),
        "measures": _line(area.measures, before.measures if before else None, done_by[area.key]),
    }


def _line(now: AddableCounts, before: AddableCounts | None, this_week: int) -> Row:
    """The figures by their names, with how many of them are done since the week before, and those of that week."""
    return {**vars(now), "this_week": this_week, "before": dict(vars(before)) if before else None}


def _unit(unit: PartFigures, before: PartFigures | None) -> Row:
    return {
        **vars(unit.measures),
        "name": unit.name,
        "rank": unit.rank,
        "rank_before": before.rank if before else None,
        "before": dict(vars(before.measures)) if before else None,
        "light": unit.measures.light.value,
    }
