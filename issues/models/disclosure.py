"""Disclosure (公开范围): what of an issue which audience is shown, who proposed it and who approved it."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ORGANISATION_ROLES, User, Viewer
from accounts.permissions import grants_of
from core import guards
from core.transitions import Transitions
from issues.models.plan import Issue


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    """Adjectives of disclosures."""

    def visible_to(self, user: Viewer) -> "DisclosureQuerySet":
        """Keep those of inspections that the user sees as a whole: they hold what others shall not read."""
        return self.filter(grants_of(user).within("issue__inspection__organisation__path", ORGANISATION_ROLES))

    def pending(self) -> "DisclosureQuerySet":
        return self.filter(status=Disclosure.Status.PROPOSED)

    def counting(self) -> "DisclosureQuerySet":
        """Keep what counts today or waits to be decided; the rest is history."""
        return self.filter(status__in=[Disclosure.Status.PROPOSED, Disclosure.Status.APPROVED])


class Disclosure(models.Model):
    """What one audience is shown of one issue: all of it, a redacted text, or nothing.

    The approved one counts until another one is approved. Text, reason and who proposed it never change. Without any,
    those within the party are shown all, the public nothing.
    """

    KIND = "disclosure"

    class Audience(models.TextChoices):
        INTERNAL = "internal", _("within the party")
        PUBLIC = "public", _("the public")

    class Extent(models.TextChoices):
        FULL = "full", _("in full")
        REDACTED = "redacted", _("redacted")
        WITHHELD = "withheld", _("withheld")

    class Status(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        APPROVED = "approved", _("approved")
        REFUSED = "refused", _("refused")
        REPLACED = "replaced", _("replaced")

    STEPS: Transitions = {
        Status.PROPOSED: frozenset({Status.APPROVED, Status.REFUSED, Status.REPLACED}),
        Status.APPROVED: frozenset({Status.REPLACED}),
    }
    DEFAULT_EXTENT = {Audience.INTERNAL: Extent.FULL, Audience.PUBLIC: Extent.WITHHELD}
    """What counts until the first decision."""

    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="disclosures", verbose_name=_("issue"))
    audience = models.CharField(_("audience"), max_length=10, choices=Audience.choices)
    extent = models.CharField(_("shown"), max_length=10, choices=Extent.choices)
    text = models.TextField(_("redacted text"), blank=True)
    account = models.TextField(_("what may be said about the rectification"), blank=True)
    reason = models.TextField(_("reason"), blank=True)
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.PROPOSED)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"))
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    note = models.TextField(_("note of the decision"), blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("disclosure")
        verbose_name_plural = _("disclosures")
        ordering = ["issue", "audience", "-proposed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "audience"], condition=Q(status="proposed"), name="disclosure_one_proposed"
            ),
            models.UniqueConstraint(
                fields=["issue", "audience"], condition=Q(status="approved"), name="disclosure_one_approved"
            ),
            models.CheckConstraint(condition=Q(audience__in=["internal", "public"]), name="disclosure_audience_known"),
            models.CheckConstraint(
                condition=Q(extent="redacted") & ~Q(text="") | Q(extent__in=["full", "withheld"], text="", account=""),
                name="disclosure_redacted_has_text",
            ),
            models.CheckConstraint(condition=Q(extent="full") | ~Q(reason=""), name="disclosure_less_has_reason"),
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "approved", "refused", "replaced"]),
                name="disclosure_status_known",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["proposed", "replaced"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="disclosure_decided_says_who",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="disclosure_not_by_proposer"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.audience} {self.extent}"


FROZEN = " OR ".join(
    f"NEW.{column} <> OLD.{column}"
    for column in ("issue_id", "audience", "extent", "text", "account", "reason", "proposed_by_id", "proposed_at")
)
guards.register(
    guards.Guard(
        "disclosure_frozen", "issues_disclosure", "UPDATE", "What was proposed to be shown never changes.", FROZEN
    ),
    guards.Guard(
        "disclosure_ended",
        "issues_disclosure",
        "UPDATE",
        "A decision on what is shown is never changed; another one takes its place.",
        "OLD.status IN ('refused', 'replaced') OR (OLD.status = 'approved' AND NEW.status <> 'replaced')",
    ),
    guards.Guard(
        "disclosure_begins_proposed",
        "issues_disclosure",
        "INSERT",
        "What is shown begins as a proposal.",
        "NEW.status <> 'proposed'",
    ),
    guards.Guard(
        "disclosure_no_delete", "issues_disclosure", "DELETE", "What was decided to be shown is never deleted."
    ),
)
