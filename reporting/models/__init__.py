"""The weekly snapshots, which store the figures of the end of a week."""

from reporting.models.snapshot import Snapshot, SnapshotRow
from reporting.models.week import Week

__all__ = ["Snapshot", "SnapshotRow", "Week"]
