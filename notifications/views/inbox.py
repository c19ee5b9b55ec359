"""The inbox of a person: what they are told, the latest first."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from core.breadcrumbs import breadcrumbs, crumb
from notifications.forms import InboxForm
from notifications.models import Notification, Topic
from notifications.services import mark_all_read, mark_read
from notifications.services.rendering import is_visible, line_of, reminders_of, tell, telling

PER_PAGE = 30


@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """List the person's notices; of one topic, or the unread ones alone, where that is asked for."""
    mine = Notification.objects.visible_to(request.user)
    form = InboxForm(request.GET)
    topic = form.chosen()
    shown = mine.filter(topic=topic) if topic else mine
    is_unread = request.GET.get("tab") != "all"
    told = telling(shown.unread() if is_unread else shown, person=request.user)
    page = Paginator(told, PER_PAGE).get_page(request.GET.get("page"))
    rows = [(notice, tell(notice, is_visible=notice.is_seen)) for notice in page.object_list]
    context = {"page": page, "rows": rows, "form": form, "is_unread": is_unread, "topic": topic}
    context |= {"unread": mine.unread().count(), "breadcrumbs": breadcrumbs(_("Inbox"))}
    return render(request, "notifications/inbox.html", context)


@login_required
def notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one notice, which is read by that; a digest with all of its items that the person still sees."""
    shown = get_object_or_404(Notification.objects.visible_to(request.user).select_related("person"), pk=pk)
    mark_read(notice=shown, at=timezone.now())
    told = tell(shown, is_visible=is_visible(shown, person=request.user))
    context: dict[str, Any] = {
        "notice": shown,
        "told": told,
        "breadcrumbs": breadcrumbs(crumb(_("Inbox"), "inbox"), told.title),
    }
    if shown.kind == "digest":
        page = Paginator(reminders_of(shown), PER_PAGE).get_page(request.GET.get("page"))
        context |= {"page": page, "lines": [line_of(each, shown.digest.day) for each in page.object_list]}
    return render(request, "notifications/notice.html", context)


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark everything as read, or everything of the topic that is shown."""
    topic = request.POST.get("topic", "")
    known = topic if topic in Topic.values else ""
    count = mark_all_read(by=request.user, at=timezone.now(), topic=known)
    words = ngettext("%(count)d notice marked as read.", "%(count)d notices marked as read.", count)
    messages.success(request, words % {"count": count})
    return redirect("inbox")
