"""One's notifications, the escalation of an inspection, and channels, deliveries and webhooks for administrators."""

from notifications.api.escalation import EscalationStepsMixin
from notifications.api.inbox import NotificationViewSet, PreferenceViewSet, ReminderViewSet
from notifications.api.sending import ChannelViewSet, ConfigurationGapsViewSet, DeliveryViewSet
from notifications.api.webhooks import WebhookViewSet

__all__ = [
    "ChannelViewSet",
    "ConfigurationGapsViewSet",
    "DeliveryViewSet",
    "EscalationStepsMixin",
    "NotificationViewSet",
    "PreferenceViewSet",
    "ReminderViewSet",
    "WebhookViewSet",
]
