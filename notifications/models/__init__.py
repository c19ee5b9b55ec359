"""The escalation of reminders, what people are notified of, and how it gets to them."""

from notifications.models.deliveries import Channel, Choice, Delivery, Preference
from notifications.models.escalation import Digest, Reminder, ReminderRule, ReminderRun
from notifications.models.notifications import THAT_STAY, Cursor, Notification, Topic
from notifications.models.webhooks import Subscription, Webhook

__all__ = [
    "THAT_STAY",
    "Channel",
    "Choice",
    "Cursor",
    "Delivery",
    "Digest",
    "Notification",
    "Preference",
    "Reminder",
    "ReminderRun",
    "ReminderRule",
    "Subscription",
    "Topic",
    "Webhook",
]
