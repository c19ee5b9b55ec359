"""Applications, decisions, their papers and the trail, and the actions of sign-off on measures and issues."""

from signoffs.api.papers import ArchiveActionsMixin
from signoffs.api.trail import AuditChainViewSet, EventViewSet
from signoffs.api.viewsets import (
    ApplicationViewSet,
    ClosureActionsMixin,
    DecisionViewSet,
    ReviewStepsMixin,
    SignOffActionsMixin,
)

__all__ = [
    "ApplicationViewSet",
    "ArchiveActionsMixin",
    "AuditChainViewSet",
    "ClosureActionsMixin",
    "DecisionViewSet",
    "EventViewSet",
    "ReviewStepsMixin",
    "SignOffActionsMixin",
]
