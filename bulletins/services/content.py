"""What a bulletin holds, as plain data that is frozen with it: figures, ranks and lists at the end of a week."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import timezone

from bulletins.models import Bulletin
from bulletins.queries import (
    Row,
    Week,
    closed_in,
    due_after,
    overdue_at,
    returned_in,
    signed_off_in,
    week_of,
)
from bulletins.services.figures import Figures, Group, course, figures_of, previous_figures, recomputed
from bulletins.services.redaction import shown_rows
from issues.models import Disclosure
from issues.queries import shown_to
from reporting.models import IssueFigures, MeasureFigures, Snapshot

Content = dict[str, Any]
LISTS: dict[str, Callable[[Week], list[Row]]] = {
    "signed_off": signed_off_in,
    "closed": closed_in,
    "overdue": overdue_at,
    "returned": returned_in,
    "due": due_after,
}


def content_of(snapshot: Snapshot, *, corrected: Bulletin | None = None, reason: str = "") -> Content:
    """Return the content of the bulletin of a snapshot's week.

    Figures are those of the snapshot; a correction counts anew, as of the same moment. Texts of measures and issues
    are those that stand in the ledger when the content is made; what those within the party are not shown is counted
    and not listed.
    """
    inspection, week = snapshot.inspection, week_of(snapshot)
    now = recomputed(snapshot) if corrected else figures_of(snapshot)
    before = previous_figures(snapshot)
    lists = {name: rows(week) for name, rows in LISTS.items()}
    shown = shown_to(Disclosure.Audience.INTERNAL, inspection)
    told = {name: shown_rows(rows, shown) for name, rows in lists.items()}
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
        **told,
        "unlisted": {name: len(rows) - len(told[name]) for name, rows in lists.items()},
        "course": [
            {"year": year, "week": week, "issues": _issue_line(whole.issues), "measures": _measure_line(whole.measures)}
            for year, week, whole in course(snapshot)
        ],
        "corrects": _corrected(corrected, reason),
    }


def _corrected(bulletin: Bulletin | None, reason: str) -> dict[str, Any] | None:
    """What a correction says of the edition that it corrects."""
    if bulletin is None:
        return None
    told = {"number": bulletin.number, "number_year": bulletin.number_year, "edition": bulletin.edition}
    return {**told, "reason": reason, "overall": bulletin.content["overall"]}


def _tables(now: Figures, before: Figures | None, lists: dict[str, list[Row]]) -> Content:
    """The figures of the inspection, by area, by unit, each beside those of the week before."""
    closed, done = lists["closed"], lists["signed_off"]
    areas_before = {area.key: area for area in before.areas} if before else {}
    units_before = {unit.key: unit for unit in before.units} if before else {}
    closed_by, done_by = _count(closed, "area"), _count(done, "area")
    return {
        "overall": {
            "issues": _issues(now.whole, before.whole if before else None, len(closed)),
            "measures": _measures(now.whole, before.whole if before else None, len(done)),
        },
        "areas": [
            {
                "title": area.name,
                "issues": _issues(area, areas_before.get(area.key), closed_by[area.key]),
                "measures": _measures(area, areas_before.get(area.key), done_by[area.key]),
            }
            for area in now.areas
        ],
        "units": [_unit(unit, units_before.get(unit.key)) for unit in now.units],
    }


def _count(rows: Iterable[Row], key: str) -> Counter[Any]:
    return Counter(row[key] for row in rows)


def _issues(now: Group, before: Group | None, this_week: int) -> Row:
    line = _issue_line(now.issues)
    return {**line, "this_week": this_week, "before": _issue_line(before.issues) if before else None}


def _measures(now: Group, before: Group | None, this_week: int) -> Row:
    line = _measure_line(now.measures)
    return {**line, "this_week": this_week, "before": _measure_line(before.measures) if before else None}


def _issue_line(figures: IssueFigures) -> Row:
    return {
        "to_do": figures.total,
        "signed_off": figures.rectified,
        "basically_done": figures.basically_done,
        "under_review": figures.awaiting_closure,
        "in_progress": figures.in_rectification,
        "planned": figures.open,
        "overdue": figures.overdue,
        "cancelled": 0,
    }


def _measure_line(figures: MeasureFigures) -> Row:
    return {
        "to_do": figures.counted,
        "signed_off": figures.signed_off,
        "basically_done": None,
        "under_review": figures.submitted,
        "in_progress": figures.in_progress,
        "planned": figures.planned,
        "overdue": figures.overdue,
        "cancelled": figures.cancelled,
    }


def _unit(unit: Group, before: Group | None) -> Row:
    line, earlier = _measure_line(unit.measures), _measure_line(before.measures) if before else None
    return {
        **line,
        "name": unit.name,
        "rank": unit.rank,
        "rank_before": before.rank if before else None,
        "before": earlier,
        "light": light_of(unit.measures),
    }


def light_of(figures: MeasureFigures) -> str:
    """Return the light of a unit: the worst of its measures; signed off once all of them are."""
    if figures.overdue:
        return "overdue"
    if figures.counted and figures.signed_off == figures.counted:
        return "signed_off"
    return "due_soon" if figures.due_soon else "on_course"
