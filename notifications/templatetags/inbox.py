"""The bell of the frame."""

from collections.abc import Mapping
from typing import Any

from django import template

from notifications.models import Notification

register = template.Library()
MOST_COUNTED = 99


@register.inclusion_tag("notifications/bell.html", takes_context=True)
def bell(context: Mapping[str, Any]) -> dict[str, Any]:
    """A link to the inbox with the number of unread notifications; the frame may have counted them already."""
    request = context["request"]
    unread = getattr(request, "unread_notifications", None)
    if unread is None:
        unread = Notification.objects.visible_to(request.user).unread().order_by()[: MOST_COUNTED + 1].count()
    return {"unread": unread, "badge": f"{MOST_COUNTED}+" if unread > MOST_COUNTED else unread}
