"""The inbox of a person: what they are notified of, the latest first."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.requests import AuthenticatedRequest
from core.breadcrumbs import breadcrumbs, crumb
from notifications import services
from notifications.forms import InboxForm
from notifications.models import Notification, Topic
from notifications.services.rendering import (
    line_of,
    may_see_object,
    reminders_of,
    render_notification,
    with_visibility,
)

PER_PAGE = 30


@login_required
def inbox(request: AuthenticatedRequest) -> HttpResponse:
    """List the person's notifications; of one topic, or the unread ones alone, where that is wanted."""
    mine = Notification.objects.visible_to(request.user)
    form = InboxForm(request.GET)
    topic = form.chosen()
    is_unread = request.GET.get("tab") != "all"
    listed = mine.filter(topic=topic) if topic else mine
    listed = listed.unread() if is_unread else listed
    page = Paginator(with_visibility(listed, person=request.user), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(each, render_notification(each, is_visible=each.is_visible)) for each in page.object_list]
    context = {"page": page, "rows": rows, "form": form, "is_unread": is_unread, "topic": topic}
    context |= {"unread": mine.unread().count(), "breadcrumbs": breadcrumbs(_("Inbox"))}
    return render(request, "notifications/inbox.html", context)


@login_required
def notification(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Show one notification, which is read by that; a digest with all of its items that the person still sees."""
    row = get_object_or_404(Notification.objects.visible_to(request.user).select_related("person"), pk=pk)
    services.mark_read(notification=row, at=timezone.now())
    rendered = render_notification(row, is_visible=may_see_object(request.user, row))
    context: dict[str, Any] = {"notification": row, "rendered": rendered}
    context["breadcrumbs"] = breadcrumbs(crumb(_("Inbox"), "inbox"), rendered.title)
    if row.kind == "digest":
        page = Paginator(reminders_of(row), PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "lines": [line_of(each, row.digest.day) for each in page.object_list]}
    return render(request, "notifications/notification.html", context)


@login_required
@require_POST
def mark_all_read(request: AuthenticatedRequest) -> HttpResponse:
    """Mark everything as read, or everything of the topic that is displayed."""
    topic = request.POST.get("topic", "")
    topic = topic if topic in Topic.values else ""
    count = services.mark_all_read(by=request.user, at=timezone.now(), topic=topic)
    message = ngettext("%(count)d notification marked as read.", "%(count)d notifications marked as read.", count)
    messages.success(request, message % {"count": count})
    return redirect("inbox")
