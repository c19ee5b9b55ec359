"""The frame of every page: navigation by role, the switch between inspections."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.db.models import Count, QuerySet, Subquery, Value
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Role
from accounts.permissions import grants_of, is_auditor, is_system_admin
from issues.models import Inspection
from signoffs.services.queues import queue_of

register = template.Library()
SWITCH = 12
Entry = dict[str, Any]


def _inspections(context: Mapping[str, Any]) -> list[Any]:
    """The newest inspections that the person sees; asked once a page."""
    request = context["request"]
    kept = getattr(request, "frame_inspections", None)
    if kept is None:
        seen = Inspection.objects.visible_to(request.user).select_related("organisation")
        counts = {"waiting": _counted(queue_of(request.user)), "unread": _counted(request.user.notifications.unread())}
        kept = list(seen.annotate(**counts)[:SWITCH])
        request.frame_inspections = kept
        if kept:
            request.unread_notifications = kept[0].unread or 0
    return kept


@register.inclusion_tag("components/switch.html", takes_context=True)
def inspection_switch(context: Mapping[str, Any]) -> Entry:
    """The inspection of the page, and the others that one may go to."""
    current = context.get("inspection")
    return {"current": current, "others": [other for other in _inspections(context) if other != current]}


@register.inclusion_tag("components/navigation.html", takes_context=True)
def navigation(context: Mapping[str, Any]) -> Entry:
    """At most seven entries, only those that the person can use."""
    request = context["request"]
    current = context.get("inspection") or next(iter(_inspections(context)), None)
    waiting = next((inspection.waiting for inspection in _inspections(context)), 0) or 0
    entries = [*_work_entries(request.user, current, waiting), *_office_entries(request.user, current)]
    for entry in entries:
        entry["active"] = entry["url"] == request.path
    return {"nav": entries}


def _counted(rows: QuerySet[Any]) -> Subquery:
    """What waits for the person and what is unread are asked for along with the inspections: no query of their own."""
    return Subquery(rows.order_by().annotate(all=Value(1)).values("all").annotate(n=Count("pk")).values("n"))


def _entry(label: str, icon: str, url: str, count: int = 0) -> Entry:
    return {"label": label, "icon": icon, "url": url, "count": count}


def _work_entries(user: Any, current: Inspection | None, waiting: int) -> list[Entry]:
    entries = []
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
        entries.append(_entry(_("Import"), "upload", reverse("imports")))
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
