"""The inbox: what was read, and when."""

from datetime import datetime

from accounts.models import Viewer
from notifications.models import Notification


def mark_read(*, notification: Notification, at: datetime) -> None:
    """Note that a notification was read; the first time counts."""
    unread = Notification.objects.unread().filter(pk=notification.pk)
    if not notification.is_read and unread.update(read_at=at):
        notification.read_at = at


def mark_all_read(*, by: Viewer, at: datetime, topic: str = "") -> int:
    """Note that a person has read everything, or everything of one topic; return how much it was."""
    unread = Notification.objects.visible_to(by).unread()
    if topic:
        unread = unread.filter(topic=topic)
    return unread.update(read_at=at)
