"""Figures of a moment, and the weekly snapshots that keep them."""

from reporting.models.figures import IssueFigures, MeasureFigures
from reporting.models.snapshot import Snapshot, SnapshotRow
from reporting.models.week import Week

__all__ = ["IssueFigures", "MeasureFigures", "Snapshot", "SnapshotRow", "Week"]
