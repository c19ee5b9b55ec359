"""The inbox: what was read, and when."""

from datetime import datetime
from typing import Any

from notifications.models import Notice


def mark_read(*, notice: Notice, at: datetime) -> None:
    """Note that a notice was read; the first time counts."""
    if not notice.is_read and Notice.objects.unread().filter(pk=notice.pk).update(read_at=at):
        notice.read_at = at


def mark_all_read(*, by: Any, at: datetime, topic: str = "") -> int:
    """Note that a person has read everything, or everything of one topic; return how much it was."""
    unread = Notice.objects.visible_to(by).unread()
    if topic:
        unread = unread.filter(topic=topic)
    return unread.update(read_at=at)
