"""What the public writes about a rectification; only the office and the group of the organisation read it."""

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, User, Viewer
from accounts.permissions import grants_of
from core import guards
from core.transitions import Transitions
from issues.models import Inspection

READERS = (Role.OFFICE, Role.GROUP)


class PublicFeedbackQuerySet(models.QuerySet["PublicFeedback"]):
    """Adjectives of feedback."""

    def visible_to(self, user: Viewer) -> "PublicFeedbackQuerySet":
        """Keep what was written to organisations whose office or group the user is; it may name its author."""
        return self.filter(grants_of(user).within("inspection__organisation__path", READERS))

    def since(self, moment: datetime) -> "PublicFeedbackQuerySet":
        return self.filter(at__gte=moment)

    def open(self) -> "PublicFeedbackQuerySet":
        return self.exclude(status=PublicFeedback.Status.CLOSED)


class PublicFeedback(models.Model):
    """One message of a visitor without an account. `sender` is a keyed hash of the address it came from, to throttle.

    The answer is what the office told the visitor; it is stored here and never leaves the office.
    """

    KIND = "feedback"

    class Status(models.TextChoices):
        NEW = "new", _("to be answered")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    STEPS: Transitions = {
        Status.NEW: frozenset({Status.ANSWERED, Status.CLOSED}),
        Status.ANSWERED: frozenset({Status.CLOSED}),
    }
    LONGEST = 2000

    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="feedback", verbose_name=_("inspection")
    )
    text = models.TextField(_("what was written"))
    contact = models.CharField(_("how to reach the author"), max_length=200, blank=True)
    sender = models.CharField(_("hash of the address"), max_length=64)
    at = models.DateTimeField(_("at"))
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.NEW)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)
    closed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("closed by")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)

    objects = PublicFeedbackQuerySet.as_manager()

    class Meta:
        verbose_name = _("feedback of the public")
        verbose_name_plural = _("feedback of the public")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["sender", "at"], name="feedback_by_sender")]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["new", "answered", "closed"]), name="feedback_status_known"),
            models.CheckConstraint(condition=~Q(text=""), name="feedback_has_text"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | ~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False),
                name="feedback_answer_says_who",
            ),
            models.CheckConstraint(
                condition=~Q(status="answered") | Q(answered_at__isnull=False), name="feedback_answered_has_answer"
            ),
            models.CheckConstraint(
                condition=~Q(status="closed") | Q(closed_by__isnull=False, closed_at__isnull=False),
                name="feedback_closed_says_who",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:40]


guards.register(
    guards.Guard(
        "feedback_frozen",
        "supervision_publicfeedback",
        "UPDATE",
        "What the public wrote never changes.",
        "NEW.text <> OLD.text OR NEW.contact <> OLD.contact OR NEW.sender <> OLD.sender OR NEW.at <> OLD.at "
        "OR NEW.inspection_id <> OLD.inspection_id OR OLD.status = 'closed'",
    ),
    guards.Guard(
        "feedback_no_delete", "supervision_publicfeedback", "DELETE", "What the public wrote is never deleted."
    ),
)
