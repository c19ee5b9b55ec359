"""What the trail records of weekly roll-ups."""

from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb


class SnapshotVerb(Verb):
    """The one verb of a weekly roll-up: it is made once and never changed."""

    ROLL_UP_WEEK = "roll_up_week", _("rolled the week up"), "snapshot"
