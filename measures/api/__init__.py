"""Measures and what hangs on them, with the verbs of measures and extensions."""

from measures.api.rows import EvidenceRows, ExtensionRows, MeasureRows, MilestoneRows, ReportRows
from measures.api.serializers import MeasureSerializer

__all__ = ["EvidenceRows", "ExtensionRows", "MeasureRows", "MeasureSerializer", "MilestoneRows", "ReportRows"]
