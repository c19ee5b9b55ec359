"""Papers, their comments and what an audience may read of each issue, over the API."""

from papers.api.disclosures import DisclosureActionsMixin, DisclosureOverviewViewSet, DisclosureViewSet
from papers.api.papers import PaperCommentViewSet, PaperViewSet

__all__ = [
    "DisclosureActionsMixin",
    "DisclosureOverviewViewSet",
    "DisclosureViewSet",
    "PaperCommentViewSet",
    "PaperViewSet",
]
