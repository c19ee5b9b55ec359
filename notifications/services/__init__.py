"""Reminding, notifying of what happened, delivering it, and the settings of all that."""

from notifications.services.create import Draft, post
from notifications.services.delivery import deliver_due, send_again
from notifications.services.escalation import set_escalation, steps_of
from notifications.services.inbox import mark_all_read, mark_read
from notifications.services.outbox import read_outbox
from notifications.services.reminding import resume_reminders, send_reminders
from notifications.services.settings import set_channel, set_preferences
from notifications.services.webhooks import retry_webhook, send_webhooks, set_webhook

__all__ = [
    "Draft",
    "deliver_due",
    "mark_all_read",
    "mark_read",
    "post",
    "read_outbox",
    "resume_reminders",
    "send_again",
    "send_reminders",
    "set_channel",
    "set_escalation",
    "set_preferences",
    "set_webhook",
    "steps_of",
    "send_webhooks",
    "retry_webhook",
]
