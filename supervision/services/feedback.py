"""Feedback of the public: left without an account and throttled, answered and closed by the office."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from accounts.models import User
from audit.services import open_trail
from core.exceptions import Forbidden, RuleViolation
from core.transitions import transition
from issues.models import Inspection
from issues.permissions import require_office
from supervision.models import PublicFeedback
from supervision.verbs import SupervisionVerb

SHORTEST = 4
AN_HOUR, A_DAY = timedelta(hours=1), timedelta(days=1)
FROM_ONE_ADDRESS = 5
"""Messages an hour from one address."""
FOR_ONE_INSPECTION = 200
"""Messages a day in all, so that a flood from many addresses does not bury the office."""


class TooManyMessages(RuleViolation):
    """More was sent than is taken in this time."""


def leave_feedback(*, inspection: Inspection, text: str, contact: str, address: str, at: datetime) -> PublicFeedback:
    """Store what a visitor writes. `address` is where it came from; only a keyed hash of it is stored.

    Raises `Forbidden` where the public pages are off, `RuleViolation` for no words or too many of them,
    `TooManyMessages`.
    """
    if not inspection.is_public:
        raise Forbidden
    text, contact = text.strip(), contact.strip()
    if len(text) < SHORTEST or len(text) > PublicFeedback.LONGEST:
        raise RuleViolation(_("Write between 4 and 2,000 characters."), field="text")
    sender = salted_hmac("supervision.feedback", address, algorithm="sha256").hexdigest()
    with open_trail(inspection.chain, at=at) as trail:  # its lock puts the counting in order
        of_inspection = PublicFeedback.objects.filter(inspection=inspection)
        from_here = PublicFeedback.objects.filter(sender=sender).since(trail.at - AN_HOUR).count()
        if from_here >= FROM_ONE_ADDRESS or of_inspection.since(trail.at - A_DAY).count() >= FOR_ONE_INSPECTION:
            raise TooManyMessages(
                _("Too many messages came in. Please try again later, or use the contact in the notice.")
            )
        row = PublicFeedback.objects.create(
            inspection=inspection, text=text, contact=contact, sender=sender, at=trail.at
        )
        trail.record(SupervisionVerb.LEAVE_FEEDBACK, by=None, obj=row, length=len(text))
    return row


def answer_feedback(*, feedback: PublicFeedback, answer: str, by: User, at: datetime) -> None:
    """Store what the office answered the visitor, once.

    Raises `Forbidden`, `RuleViolation` without words or once it is over.
    """
    require_office(by, feedback.inspection)
    answer = answer.strip()
    if len(answer) < SHORTEST:
        raise RuleViolation(_("Write what was answered."), field="answer")
    with open_trail(feedback.inspection.chain, at=at) as trail:
        feedback.refresh_from_db()
        fields: dict[str, Any] = {"answer": answer, "answered_by": by, "answered_at": trail.at}
        transition(feedback, PublicFeedback.Status.ANSWERED, steps=PublicFeedback.STEPS, **fields)
        trail.record(SupervisionVerb.ANSWER_FEEDBACK, by=by, obj=feedback, text=answer)


def close_feedback(*, feedback: PublicFeedback, by: User, at: datetime) -> None:
    """Close a message, answered or not. Raises `Forbidden`, `RuleViolation` where it is closed already."""
    require_office(by, feedback.inspection)
    with open_trail(feedback.inspection.chain, at=at) as trail:
        feedback.refresh_from_db()
        fields: dict[str, Any] = {"closed_by": by, "closed_at": trail.at}
        transition(feedback, PublicFeedback.Status.CLOSED, steps=PublicFeedback.STEPS, **fields)
        trail.record(SupervisionVerb.CLOSE_FEEDBACK, by=by, obj=feedback)
