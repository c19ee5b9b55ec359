"""Measures and what belongs to them: viewsets of their own, and mixins for those of issues and inspections."""

from measures.api.evidence import EvidenceActionsMixin, EvidenceViewSet
from measures.api.plan import DutiesActionsMixin, IssueHistoryMixin
from measures.api.serializers import MeasureSerializer
from measures.api.viewsets import BaseMeasureViewSet, ExtensionViewSet, MilestoneViewSet, ProgressReportViewSet

__all__ = [
    "BaseMeasureViewSet",
    "DutiesActionsMixin",
    "EvidenceActionsMixin",
    "EvidenceViewSet",
    "ExtensionViewSet",
    "IssueHistoryMixin",
    "MeasureSerializer",
    "MilestoneViewSet",
    "ProgressReportViewSet",
]
