"""Figures of a moment, and the weekly snapshots that keep them."""

from progress.models.figures import IssueFigures, MeasureFigures
from progress.models.snapshot import Snapshot, SnapshotRow
from progress.models.week import Week

__all__ = ["IssueFigures", "MeasureFigures", "Snapshot", "SnapshotRow", "Week"]
