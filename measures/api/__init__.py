"""Measures and what hangs on them, with the verbs of measures, extensions and evidence."""

from measures.api.evidence import EvidenceRows, TakesEvidence
from measures.api.plan import InspectionAndDutiesRows, IssueAndPlanRows
from measures.api.rows import ExtensionRows, MeasureRows, MilestoneRows, ReportRows
from measures.api.serializers import MeasureSerializer

__all__ = [
    "EvidenceRows",
    "ExtensionRows",
    "InspectionAndDutiesRows",
    "IssueAndPlanRows",
    "MeasureRows",
    "MeasureSerializer",
    "MilestoneRows",
    "ReportRows",
    "TakesEvidence",
]
