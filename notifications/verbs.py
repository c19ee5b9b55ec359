"""What the trail records of reminders, channels and webhooks."""

from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb


class NotificationVerb(Verb):
    """Verbs of the settings of notifications."""

    SET_ESCALATION = "set_escalation", _("set the escalation of reminders"), "inspection"
    SET_CHANNEL = "set_channel", _("set the channel"), "channel", "update"
    SET_WEBHOOK = "set_webhook", _("set the webhook"), "webhook", "update"
