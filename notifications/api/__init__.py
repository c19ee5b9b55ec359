"""What one is told and how; the ladder of an inspection; channels, deliveries and webhooks for who keeps the system."""

from notifications.api.escalation import HasLadder
from notifications.api.inbox import NoticeRows, PreferenceRows, ReminderRows
from notifications.api.sending import ChannelRows, DeliveryRows, GapRows
from notifications.api.webhooks import WebhookRows

__all__ = [
    "ChannelRows",
    "DeliveryRows",
    "GapRows",
    "HasLadder",
    "NoticeRows",
    "PreferenceRows",
    "ReminderRows",
    "WebhookRows",
]
