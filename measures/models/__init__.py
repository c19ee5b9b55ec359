"""Measures, their history in time, milestones, progress reports, extensions, evidence."""

from measures.models.evidence import Evidence, EvidenceVersion
from measures.models.measure import RETURNED, Extension, Measure, MeasureSpan, Milestone, ProgressReport

__all__ = [
    "RETURNED",
    "Evidence",
    "EvidenceVersion",
    "Extension",
    "Measure",
    "MeasureSpan",
    "Milestone",
    "ProgressReport",
]
