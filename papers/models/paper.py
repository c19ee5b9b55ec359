"""Official papers made from the ledger: notice of results, plan, report; version by version."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ORGANISATION_ROLES, Role, User
from accounts.permissions import grants_of
from core import guards
from core.transitions import Transitions
from issues.models import Disclosure, Inspection


class PaperVersionQuerySet(models.QuerySet["PaperVersion"]):
    """Adjectives of versions of papers."""

    def visible_to(self, user: Any) -> "PaperVersionQuerySet":
        """Keep those of inspections that the user sees as a whole; of drafts the inspector sees the report's alone."""
        grants, path = grants_of(user), "inspection__organisation__path"
        inside = grants.within(path, ORGANISATION_ROLES - {Role.INSPECTOR})
        given_out = Q(kind=PaperVersion.Kind.REPORT) | Q(status=PaperVersion.Status.ISSUED)
        return self.filter(inside | grants.within(path, [Role.INSPECTOR]) & given_out)

    def of_paper(self, inspection: Inspection, kind: str, audience: str) -> "PaperVersionQuerySet":
        return self.filter(inspection=inspection, kind=kind, audience=audience)

    def issued(self) -> "PaperVersionQuerySet":
        return self.filter(status=PaperVersion.Status.ISSUED)

    def in_work(self) -> "PaperVersionQuerySet":
        """Keep what is not ended: drafts, and what waits for approval or issue."""
        return self.filter(status__in=PaperVersion.IN_WORK)


class PaperVersion(models.Model):
    """One version of a paper. `content` is the canonical text of all that it says; it changes as long as it is a draft.

    What is submitted is frozen with its hash, so that the approval is of exactly this text. A change needs a new
    version.
    """

    KIND = "paper"

    class Kind(models.TextChoices):
        NOTICE = "notice", _("notice of results")
        PLAN = "plan", _("plan")
        REPORT = "report", _("report to the inspection office")

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        SUBMITTED = "submitted", _("waiting for approval")
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("returned")
        ISSUED = "issued", _("issued")
        DISCARDED = "discarded", _("discarded")

    STEPS: Transitions = {
        Status.DRAFT: frozenset({Status.SUBMITTED, Status.DISCARDED}),
        Status.SUBMITTED: frozenset({Status.APPROVED, Status.RETURNED}),
        Status.APPROVED: frozenset({Status.ISSUED, Status.DISCARDED}),
    }
    IN_WORK = (Status.DRAFT, Status.SUBMITTED, Status.APPROVED)

    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="papers", verbose_name=_("inspection")
    )
    kind = models.CharField(_("paper"), max_length=10, choices=Kind.choices)
    audience = models.CharField(
        _("audience"), max_length=10, choices=Disclosure.Audience.choices, default=Disclosure.Audience.INTERNAL
    )
    number = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    title = models.CharField(_("title"), max_length=300)
    content = models.TextField(_("content"))
    content_sha256 = models.CharField(_("SHA-256 of the content"), max_length=64)
    revision = models.PositiveIntegerField(_("number of saves"), default=1)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("created by"))
    created_at = models.DateTimeField(_("created at"))
    edited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("edited by"))
    edited_at = models.DateTimeField(_("edited at"))
    hands = models.JSONField(_("ids of all who edited it"), default=list)
    submitted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("submitted by")
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    note = models.TextField(_("note of the decision"), blank=True)
    document_number = models.CharField(_("document number"), max_length=60, blank=True)
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("issued by")
    )
    issued_at = models.DateTimeField(_("issued at"), null=True)

    objects = PaperVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a paper")
        verbose_name_plural = _("versions of papers")
        ordering = ["inspection", "kind", "audience", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "kind", "audience", "number"], name="paper_version_once"),
            models.UniqueConstraint(
                fields=["inspection", "kind", "audience"],
                condition=Q(status__in=["draft", "submitted", "approved"]),
                name="paper_one_in_work",
            ),
            models.UniqueConstraint(
                fields=["inspection", "document_number"],
                condition=~Q(document_number=""),
                name="paper_document_number_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=["notice", "plan", "report"]), name="paper_kind_known"),
            models.CheckConstraint(
                condition=Q(audience="internal") | Q(audience="public", kind="notice"),
                name="paper_for_the_public_is_a_notice",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "submitted", "approved", "returned", "issued", "discarded"]),
                name="paper_status_known",
            ),
            models.CheckConstraint(condition=~Q(content=""), name="paper_has_content"),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "discarded"])
                | Q(submitted_by__isnull=False, submitted_at__isnull=False),
                name="paper_submitted_says_who",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["draft", "submitted", "discarded"])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="paper_decided_says_who",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | ~Q(decided_by=F("created_by")) & ~Q(decided_by=F("edited_by")) & ~Q(decided_by=F("submitted_by")),
                name="paper_not_decided_by_its_makers",
            ),
            models.CheckConstraint(
                condition=~Q(status="issued") | Q(issued_by__isnull=False, issued_at__isnull=False),
                name="paper_issued_says_who",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT


class PaperCommentQuerySet(models.QuerySet["PaperComment"]):
    """Adjectives of comments."""

    def open(self) -> "PaperCommentQuerySet":
        return self.filter(answered_at=None)


class PaperComment(models.Model):
    """A comment of the inspection office on a version of the report, and how the office worked it in."""

    version = models.ForeignKey(
        PaperVersion, on_delete=models.PROTECT, related_name="comments", verbose_name=_("version")
    )
    text = models.TextField(_("comment"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))
    answer = models.TextField(_("how it was taken into account"), blank=True)
    answered_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("answered by")
    )
    answered_at = models.DateTimeField(_("answered at"), null=True)

    objects = PaperCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment on a paper")
        verbose_name_plural = _("comments on papers")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="paper_comment_has_text"),
            models.CheckConstraint(
                condition=Q(answer="", answered_by=None, answered_at=None)
                | (~Q(answer="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="paper_comment_answer_says_who",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("by")), name="paper_comment_not_answered_by_its_author"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} {self.text[:40]}"


IDENTITY = " OR ".join(
    f"NEW.{column} <> OLD.{column}"
    for column in ("inspection_id", "kind", "audience", "number", "created_by_id", "created_at")
)
TEXT = " OR ".join(
    f"NEW.{column} <> OLD.{column}" for column in ("title", "content", "content_sha256", "edited_by_id", "revision")
)
LEGAL = " OR ".join(
    f"(OLD.status = '{old!s}' AND NEW.status = '{new!s}')"
    for old, following in PaperVersion.STEPS.items()
    for new in sorted(following)
)
guards.register(
    guards.Guard(
        "paper_begins_as_draft", "papers_paperversion", "INSERT", "A paper begins as a draft.", "NEW.status <> 'draft'"
    ),
    guards.Guard(
        "paper_stays_itself", "papers_paperversion", "UPDATE", "A version stays the version that it is.", IDENTITY
    ),
    guards.Guard(
        "paper_frozen",
        "papers_paperversion",
        "UPDATE",
        "What was submitted never changes.",
        f"OLD.status <> 'draft' AND ({TEXT})",
    ),
    guards.Guard(
        "paper_legal_step",
        "papers_paperversion",
        "UPDATE",
        "This step is not possible for a paper.",
        f"NEW.status <> OLD.status AND NOT ({LEGAL})",
    ),
    guards.Guard(
        "paper_ended",
        "papers_paperversion",
        "UPDATE",
        "A paper that was issued, returned or discarded never changes.",
        "OLD.status IN ('issued', 'returned', 'discarded')",
    ),
    guards.Guard("paper_no_delete", "papers_paperversion", "DELETE", "A version of a paper is never deleted."),
    guards.Guard(
        "paper_comment_frozen",
        "papers_papercomment",
        "UPDATE",
        "A comment never changes; it is answered once.",
        "OLD.answer <> '' OR NEW.text <> OLD.text OR NEW.version_id <> OLD.version_id "
        "OR NEW.by_id <> OLD.by_id OR NEW.at <> OLD.at",
    ),
    guards.Guard("paper_comment_no_delete", "papers_papercomment", "DELETE", "A comment is never deleted."),
)
