"""The one router of the API: which viewset is at which address."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import APIRootView, DefaultRouter, Route

from accounts.api import AccountViewSet, TokenViewSet, UnitViewSet, UserViewSet
from bulletins.api import BulletinViewSet
from core.api import ReadOnlyViewSet, SingletonViewSet
from imports.api import ImportViewSet
from issues.api import AreaViewSet, CalendarViewSet, CategoryViewSet, ProblemViewSet, TaskForceViewSet
from jobs.api import JobViewSet
from ledger.api import SavedFilterViewSet
from measures.api import EvidenceViewSet, ExtensionViewSet, MilestoneViewSet, ProgressReportViewSet
from notifications.api import (
    ChannelViewSet,
    ConfigurationGapsViewSet,
    DeliveryViewSet,
    NotificationViewSet,
    PreferenceViewSet,
    ReminderViewSet,
    WebhookViewSet,
)
from papers.api import DisclosureOverviewViewSet, DisclosureViewSet, PaperCommentViewSet, PaperViewSet
from rectify import __version__
from rectify.api.viewsets import InspectionViewSet, IssueViewSet, MeasureViewSet
from reporting.api import SearchViewSet, SnapshotViewSet, StatisticsViewSet
from signoffs.api import ApplicationViewSet, AuditChainViewSet, DecisionViewSet, EventViewSet
from supervision.api import FeedbackViewSet, UrgeViewSet

VIEWSETS: dict[str, Any] = {
    "inspections": InspectionViewSet,
    "areas": AreaViewSet,
    "categories": CategoryViewSet,
    "problems": ProblemViewSet,
    "issues": IssueViewSet,
    "measures": MeasureViewSet,
    "milestones": MilestoneViewSet,
    "progress-reports": ProgressReportViewSet,
    "evidence": EvidenceViewSet,
    "applications": ApplicationViewSet,
    "decisions": DecisionViewSet,
    "extensions": ExtensionViewSet,
    "units": UnitViewSet,
    "users": UserViewSet,
    "events": EventViewSet,
    "jobs": JobViewSet,
    "snapshots": SnapshotViewSet,
    "stats": StatisticsViewSet,
    "bulletins": BulletinViewSet,
    "task-forces": TaskForceViewSet,
    "calendar": CalendarViewSet,
    "urges": UrgeViewSet,
    "feedback": FeedbackViewSet,
    "audit-chains": AuditChainViewSet,
    "notifications": NotificationViewSet,
    "reminders": ReminderViewSet,
    "preferences": PreferenceViewSet,
    "channels": ChannelViewSet,
    "deliveries": DeliveryViewSet,
    "webhooks": WebhookViewSet,
    "configuration-gaps": ConfigurationGapsViewSet,
    "search": SearchViewSet,
    "account": AccountViewSet,
    "tokens": TokenViewSet,
    "saved-filters": SavedFilterViewSet,
    "imports": ImportViewSet,
    "papers": PaperViewSet,
    "paper-comments": PaperCommentViewSet,
    "disclosures": DisclosureViewSet,
    "disclosure-overview": DisclosureOverviewViewSet,
}
LISTS: dict[str, type[ReadOnlyViewSet]] = {
    name: viewset for name, viewset in VIEWSETS.items() if issubclass(viewset, ReadOnlyViewSet)
}
"""The viewsets of rows; what there is one of has no list."""


class RootView(APIRootView):
    """The lists and their addresses, and the version of the program."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().get(request, *args, **kwargs)
        return Response({"version": __version__, **response.data})


class Router(DefaultRouter):
    """The framework's router; what there is one of is read and changed at the address that a list would have."""

    include_format_suffixes = False
    APIRootView = RootView

    def get_routes(self, viewset: Any) -> list[Any]:
        routes: list[Any] = super().get_routes(viewset)
        if not issubclass(viewset, SingletonViewSet):
            return routes
        mapping = {"get": "retrieve", "put": "update", "patch": "partial_update"}
        lists = [route for route in routes if isinstance(route, Route) and not route.detail]
        rest = [route for route in routes if not isinstance(route, Route)]
        return [route._replace(mapping=mapping) for route in lists] + rest


router = Router()
for _name, _viewset in VIEWSETS.items():
    router.register(_name, _viewset, basename=f"api-{_name}")
