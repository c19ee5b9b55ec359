"""Measures, their history in time, milestones, progress reports, extensions, evidence."""

from measures.models.evidence import Evidence, EvidenceVersion
from measures.models.history import MeasureSpan
from measures.models.measure import (
    INCOMPLETE,
    RETURNED,
    Extension,
    Measure,
    Milestone,
    ProgressReport,
    due_within,
    overdue,
    unfinished,
)

__all__ = [
    "INCOMPLETE",
    "RETURNED",
    "Evidence",
    "EvidenceVersion",
    "Extension",
    "Measure",
    "MeasureSpan",
    "Milestone",
    "ProgressReport",
    "due_within",
    "overdue",
    "unfinished",
]
