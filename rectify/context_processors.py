"""The frame of every page: navigation by role, the switch between inspections, the bell."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Subquery, Value
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import grants_of, is_auditor, is_system_admin
from issues.models import Inspection
from notifications.models import Notification
from rectify import __version__
from signoffs.services.queues import queue_of

MOST_INSPECTIONS = 12
MOST_COUNTED = 99
Entry = dict[str, Any]


def frame(request: HttpRequest) -> dict[str, Any]:
    """Give templates/base.html its frame. Nothing is queried before it is rendered: bare pages and the API pay nothing.

    `inspection` is what a page without one has; the page's own context goes before it.
    """
    return {"frame": Frame(request), "inspection": None}


class Frame:
    """What the frame knows of the person; each part is computed once a page, when the template asks for it."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def inspections(self) -> list[Any]:
        """The newest inspections that the person sees, each with the two counts of `_counted`."""
        user: Any = self.request.user
        visible = Inspection.objects.visible_to(user).select_related("organisation")
        counts = {"waiting": _counted(queue_of(user)), "unread": _counted(user.notifications.unread())}
        return list(visible.annotate(**counts)[:MOST_INSPECTIONS])

    @cached_property
    def unread(self) -> int:
        """How many messages are unread; a person who sees no inspection needs a query of its own."""
        if self.inspections:
            return self.inspections[0].unread or 0
        return Notification.objects.visible_to(self.request.user).unread().order_by()[: MOST_COUNTED + 1].count()

    @property
    def unread_label(self) -> str:
        return f"{MOST_COUNTED}+" if self.unread > MOST_COUNTED else str(self.unread)

    def of_page(self, inspection: Inspection | None) -> "PageFrame":
        return PageFrame(self, inspection)


@dataclass(frozen=True)
class PageFrame:
    """The frame of a page of this inspection, or of none."""

    frame: Frame
    inspection: Inspection | None

    @property
    def others(self) -> list[Any]:
        """The other inspections that one may go to."""
        return [other for other in self.frame.inspections if other != self.inspection]

    @property
    def navigation(self) -> list[Entry]:
        """At most seven entries, only those that the person can use."""
        request, inspections = self.frame.request, self.frame.inspections
        current = self.inspection or next(iter(inspections), None)
        waiting = next((inspection.waiting for inspection in inspections), 0) or 0
        entries = [*_work_entries(request.user, current, waiting), *_office_entries(request.user, current)]
        for entry in entries:
            entry["active"] = entry["url"] == request.path
        return entries


def _counted(rows: QuerySet[Any]) -> Subquery:
    """Count along with the inspections: what waits for the person and what is unread need no query of their own."""
    return Subquery(rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n"))


def _entry(label: str, icon: str, url: str, count: int = 0) -> Entry:
    return {"label": label, "icon": icon, "url": url, "count": count}


def _work_entries(user: Any, current: Inspection | None, waiting: int) -> list[Entry]:
    entries: list[Entry] = []
    if grants_of(user).unit_paths:
        entries.append(_entry(_("My work"), "list-check", reverse("home")))
    if current:
        entries.append(_entry(_("Dashboard"), "speedometer2", reverse("inspection", args=[current.code])))
        entries.append(_entry(_("Ledger"), "table", reverse("ledger", args=[current.code])))
        entries.append(_entry(_("Sign-off"), "check-circle", reverse("signoffs"), waiting))
    if current or user.unit_id:
        entries.append(_entry(_("Rectification bulletins"), "file-earmark-text", reverse("bulletins")))
    if {Role.OFFICE, Role.GROUP} & grants_of(user).roles():
        entries.append(_entry(_("Extensions"), "hourglass-split", reverse("extensions")))
    return entries


def _office_entries(user: Any, current: Inspection | None) -> list[Entry]:
    entries, grants = [], grants_of(user)
    if Role.OFFICE in grants.roles():
        entries.append(_entry(_("Import"), "upload", reverse("import_list")))
    if current and grants.holds([Role.OFFICE], current.organisation):
        entries.append(_entry(_("Settings"), "gear", reverse("inspection_settings", args=[current.code])))
    if is_auditor(user):
        entries.append(_entry(_("Audit trail"), "shield-check", reverse("audit")))
    if is_system_admin(user):
        entries.append(_entry(_("Accounts"), "people", reverse("admin:index")))
        entries.append(_entry(_("Sending of messages"), "bell", reverse("deliveries")))
        entries.append(_entry(_("Calendar"), "calendar3", reverse("calendar")))
        entries.append(_entry(_("Style guide"), "flag", reverse("styleguide")))
    return entries


def version(_request: HttpRequest) -> dict[str, str]:
    """The version of the program, for the foot of the pages behind the log-in; a visitor gets no hint of it."""
    return {"version": __version__}
