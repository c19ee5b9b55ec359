"""The viewsets to which several apps add: each gives a mixin with its actions, and here they are put together."""

from core.api import BatchActionsMixin
from issues.api import BaseInspectionViewSet, BaseIssueViewSet
from ledger.api import LedgerExportMixin
from measures.api import BaseMeasureViewSet, DutiesActionsMixin, EvidenceActionsMixin, IssueHistoryMixin
from notifications.api import EscalationStepsMixin
from papers.api import DisclosureActionsMixin
from signoffs.api import ArchiveActionsMixin, ClosureActionsMixin, ReviewStepsMixin, SignOffActionsMixin
from supervision.api import UnitUrgeActionsMixin, UrgeActionsMixin


class InspectionViewSet(
    EscalationStepsMixin,
    UnitUrgeActionsMixin,
    LedgerExportMixin,
    ReviewStepsMixin,
    DutiesActionsMixin,
    BaseInspectionViewSet,
):
    """Inspections, the latest first."""


class IssueViewSet(
    DisclosureActionsMixin,
    ArchiveActionsMixin,
    ClosureActionsMixin,
    IssueHistoryMixin,
    EvidenceActionsMixin,
    BatchActionsMixin,
    BaseIssueViewSet,
):
    """Issues, in the order of the plan."""


class MeasureViewSet(
    UrgeActionsMixin, SignOffActionsMixin, EvidenceActionsMixin, BatchActionsMixin, BaseMeasureViewSet
):
    """Measures, in the order of the plan."""
