"""The figures that a person may ask for: an inspection whole, and by what it is grouped."""

from dataclasses import dataclass
from datetime import date

from accounts.models import ORGANISATION_ROLES, Viewer
from accounts.permissions import grants_of
from issues.models import Inspection
from reporting.models import Snapshot, SnapshotRow
from reporting.queries.standings import PartFigures, Standing, standing
from signoffs.queries.figures import IssueCounts, MeasureCounts, Moment

WEEK = "week"
GROUPINGS = [*SnapshotRow.Kind.values, WEEK]
MOST_WEEKS_RECOUNTED = 53
"""Weeks that are counted again for a person who sees a part of an inspection; a year and its change."""


@dataclass(frozen=True)
class Statistics:
    """The figures of the present, and those of the groups that were requested, in the order of lists."""

    measures: MeasureCounts
    issues: IssueCounts
    groups: list[PartFigures]


def statistics(*, inspection: Inspection, group_by: str, user: Viewer, today: date) -> Statistics:
    """Return what the user sees of the inspection (already through `visible_to`), counted on the day `today`."""
    moment = Moment.present(today, inspection.due_soon_days)
    can_see_all = grants_of(user).holds(ORGANISATION_ROLES, inspection.organisation)
    kinds = [SnapshotRow.Kind(group_by)] if group_by in SnapshotRow.Kind.values else []
    now = standing(inspection=inspection.pk, moment=moment, viewer=None if can_see_all else user, kinds=kinds)
    groups = weeks_of(inspection, user=user) if group_by == WEEK else now.by(group_by)
    return Statistics(now.measures, now.issues, groups)


def weeks_of(inspection: Inspection, *, user: Viewer) -> list[PartFigures]:
    """Return the figures of the weeks that were rolled up, the earliest first, as far as the user sees them.

    A user who sees the whole inspection gets what was frozen; one whose unit has a part in it gets that part, counted
    again as of the end of each week.
    """
    snapshots = Snapshot.objects.filter(inspection=inspection).order_by("ends_at")
    if grants_of(user).holds(ORGANISATION_ROLES, inspection.organisation):
        weeks: list[tuple[Snapshot, Snapshot | Standing]] = [(each, each) for each in snapshots]
    else:
        last = list(snapshots.order_by("-ends_at")[:MOST_WEEKS_RECOUNTED])[::-1]
        weeks = [(each, _recount(inspection, each, user)) for each in last]
    return [
        PartFigures(WEEK, None, each.week_label, position, counts.measures, counts.issues)
        for position, (each, counts) in enumerate(weeks, 1)
    ]


def _recount(inspection: Inspection, snapshot: Snapshot, user: Viewer) -> Standing:
    moment = Moment.past(snapshot.ends_at, snapshot.due_soon_days)
    return standing(inspection=inspection.pk, moment=moment, viewer=user, kinds=[SnapshotRow.Kind.CATEGORY])
