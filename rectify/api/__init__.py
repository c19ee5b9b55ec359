"""The API's one router, its schema and its pages."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.urls import include, path, re_path
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import APIRootView, DefaultRouter
from rest_framework.views import APIView

from accounts.api import AccountRows, TokenRows, UnitRows, UserRows
from bulletins.api import BulletinRows
from core.api import Rows
from imports.api import ImportRows
from issues.api import AreaRows, CalendarRows, CategoryRows, ProblemRows, TaskForceRows
from jobs.api import JobRows
from ledger.api import SavedFilterRows, SavesFilters
from measures.api import EvidenceRows, ExtensionRows, MilestoneRows, ReportRows
from notifications.api import (
    ChannelRows,
    DeliveryRows,
    GapRows,
    HasLadder,
    NoticeRows,
    PreferenceRows,
    ReminderRows,
    WebhookRows,
)
from papers.api import (
    CommentRows,
    DisclosureRows,
    InspectionAndPapersRows,
    IssueAndDisclosureRows,
    PaperRows,
    ShownIssueRows,
)
from rectify import __version__
from rectify.api.exports import Exports
from reporting.api import SearchRows, SnapshotRows, StatisticsRows
from signoffs.api import ApplicationRows, ChainRows, DecisionRows, EventRows
from supervision.api import FeedbackRows, MeasureAndUrgeRows, UrgeRows, UrgesUnits


class InspectionsWithAllVerbs(HasLadder, UrgesUnits, SavesFilters, InspectionAndPapersRows):
    """Inspections, the latest first, with the verbs of all apps."""


class RootView(APIRootView):
    """The lists and their addresses, and the version of the program."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().get(request, *args, **kwargs)
        return Response({"version": __version__, **response.data})


router = DefaultRouter()
router.APIRootView = RootView
router.include_format_suffixes = False
for name, rows in {
    "inspections": InspectionsWithAllVerbs,
    "areas": AreaRows,
    "categories": CategoryRows,
    "problems": ProblemRows,
    "issues": IssueAndDisclosureRows,
    "measures": MeasureAndUrgeRows,
    "milestones": MilestoneRows,
    "progress-reports": ReportRows,
    "evidence": EvidenceRows,
    "applications": ApplicationRows,
    "decisions": DecisionRows,
    "extensions": ExtensionRows,
    "units": UnitRows,
    "users": UserRows,
    "events": EventRows,
    "jobs": JobRows,
    "snapshots": SnapshotRows,
    "stats": StatisticsRows,
    "bulletins": BulletinRows,
    "task-forces": TaskForceRows,
    "calendar": CalendarRows,
    "urges": UrgeRows,
    "feedback": FeedbackRows,
    "chains": ChainRows,
    "notices": NoticeRows,
    "reminders": ReminderRows,
    "preferences": PreferenceRows,
    "channels": ChannelRows,
    "deliveries": DeliveryRows,
    "webhooks": WebhookRows,
    "gaps": GapRows,
    "search": SearchRows,
    "account": AccountRows,
    "tokens": TokenRows,
    "saved-filters": SavedFilterRows,
    "imports": ImportRows,
    "papers": PaperRows,
    "paper-comments": CommentRows,
    "disclosures": DisclosureRows,
    "shown-issues": ShownIssueRows,
}.items():
    router.register(name, rows, basename=f"api-{name}")
LISTS = {name: rows for name, rows, _basename in router.registry if issubclass(rows, Rows)}


class NoSuchAddress(APIView):
    """A problem document for addresses that the API does not have, too."""

    @extend_schema(exclude=True)
    def get(self, request: Request, **_rest: str) -> Response:
        raise NotFound

    post = put = patch = delete = get


urlpatterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", login_required(SpectacularSwaggerSplitView.as_view(url_name="api-schema")), name="api-docs"),
    path("v1/exports/", Exports.as_view(lists=LISTS), name="api-exports"),
    path("v1/", include(router.urls)),
    re_path("^", NoSuchAddress.as_view()),
]
