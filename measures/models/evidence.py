"""Evidence (证明材料): append-only. A new file is a new version, a mistake is marked as withdrawn, nothing goes."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ORGANISATION_ROLES, Unit, User, Viewer
from accounts.permissions import grants_of
from core import guards
from files.models import StoredFile
from issues.models import Inspection, Issue
from measures.models.measure import Measure


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    """Adjectives of evidence."""

    def visible_to(self, user: Viewer) -> "EvidenceQuerySet":
        """Keep the evidence of measures that the user sees, and that of issues which hangs on no measure."""
        grants = grants_of(user)
        if not grants.can_see_parts:
            return self.filter(grants.within("inspection__organisation__path", ORGANISATION_ROLES))
        of_measures = Q(measure__in=Measure.objects.visible_to(user))
        of_issues = Q(measure=None, issue__in=Issue.objects.visible_to(user))
        return self.filter(of_measures | of_issues)

    def in_force(self) -> "EvidenceQuerySet":
        """Keep what was not withdrawn."""
        return self.filter(withdrawn_at=None)


class Evidence(models.Model):
    """One piece of evidence for a measure, or for an issue as a whole; its files are its versions."""

    KIND = "evidence"

    class Classification(models.TextChoices):
        PUBLIC = "public", _("public")
        INTERNAL = "internal", _("internal")

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, verbose_name=_("inspection"))
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, verbose_name=_("issue"))
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("measure"))
    position = models.PositiveSmallIntegerField(_("number within the issue"))
    about_on = models.DateField(_("date of the evidence"), null=True, blank=True)
    classification = models.CharField(
        _("classification"), max_length=10, choices=Classification.choices, default=Classification.INTERNAL
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("withdrawn by")
    )
    withdrawal_reason = models.TextField(_("reason for withdrawing"), blank=True)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["issue", "position"]
        default_related_name = "evidence"
        constraints = [
            models.UniqueConstraint(fields=["issue", "position"], name="evidence_position_once"),
            models.CheckConstraint(
                condition=Q(classification__in=["public", "internal"]), name="evidence_classification_known"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawal_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawal_reason="")),
                name="evidence_withdrawn_has_reason",
            ),
        ]
        indexes = [models.Index(fields=["inspection", "measure"], name="evidence_by_measure")]

    def __str__(self) -> str:
        return f"{self.issue_id}-{self.position}"

    @property
    def latest(self) -> "EvidenceVersion":
        """The version in force; uses prefetched versions where there are any."""
        return max(self.versions.all(), key=lambda version: version.number)


class EvidenceVersion(models.Model):
    """One file of a piece of evidence; never changed, never deleted."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="evidence_versions")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("version of evidence")
        verbose_name_plural = _("versions of evidence")
        ordering = ["evidence", "number"]
        constraints = [
            models.UniqueConstraint(fields=["evidence", "number"], name="evidence_version_once"),
            models.UniqueConstraint(fields=["file"], name="evidence_file_once"),
            models.CheckConstraint(condition=Q(number__gte=1), name="evidence_version_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.evidence} v{self.number}"


LOCKED = (
    "EXISTS (SELECT 1 FROM measures_measure m WHERE m.id = OLD.measure_id AND m.status = 'signed_off') OR "
    "OLD.measure_id IS NULL AND EXISTS "
    "(SELECT 1 FROM issues_issue i WHERE i.id = OLD.issue_id AND i.status = 'rectified')"
)
guards.protect("measures_evidenceversion", message="A version of evidence is never changed or deleted.")
guards.register(
    guards.Guard("evidence_no_delete", "measures_evidence", "DELETE", "Evidence is never deleted."),
    guards.Guard(
        "evidence_locked",
        "measures_evidence",
        "UPDATE",
        "Evidence of a signed-off measure or a closed issue never changes.",
        LOCKED,
    ),
)
