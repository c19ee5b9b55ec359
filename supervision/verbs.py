"""What the trail records of supervision."""

from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb


class SupervisionVerb(Verb):
    """Urging is an event of what is urged; what the public writes is one of its message."""

    URGE_MEASURE = "urge_measure", _("urged the lead unit"), "measure", "urge"
    URGE_UNIT = "urge_unit", _("urged the unit"), "urge", "urge-unit"
    LEAVE_FEEDBACK = "leave_feedback", _("left a message"), "feedback"
    ANSWER_FEEDBACK = "answer_feedback", _("answered the message"), "feedback", "answer"
    CLOSE_FEEDBACK = "close_feedback", _("closed the message"), "feedback", "close"
