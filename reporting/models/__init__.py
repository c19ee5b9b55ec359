"""The weekly snapshots, which store the figures of the end of a week."""

from reporting.models.snapshot import Snapshot, SnapshotQuerySet, SnapshotRow
from reporting.models.week import Week

__all__ = ["Snapshot", "SnapshotQuerySet", "SnapshotRow", "Week"]
