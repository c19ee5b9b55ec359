"""Sign-off (对账销号): review steps, applications with their frozen manifest, decisions."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ORGANISATION_ROLES, Role, Unit, User, Viewer
from accounts.permissions import grants_of
from core import guards
from core.transitions import Transitions
from issues.models import Inspection, Issue
from measures.models import Measure

STEPS_AT_MOST = 5
REVIEWERS = (Role.UNIT_HEAD, Role.LEADER, Role.TASK_FORCE, Role.OFFICE, Role.GROUP)
"""Roles that a review step may ask for."""


class ReviewStep(models.Model):
    """One review step of an inspection; an inspection without any has the default: office, then group."""

    KIND = "review_step"

    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="review_steps", verbose_name=_("inspection")
    )
    position = models.PositiveSmallIntegerField(
        _("position"), validators=[MinValueValidator(1), MaxValueValidator(STEPS_AT_MOST)]
    )
    name = models.CharField(_("name"), max_length=40)
    role = models.CharField(_("role"), max_length=20, choices=[(r.value, r.label) for r in REVIEWERS])

    class Meta:
        verbose_name = _("review step")
        verbose_name_plural = _("review steps")
        ordering = ["inspection", "position"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "position"], name="review_step_position_once"),
            models.CheckConstraint(
                condition=Q(position__gte=1, position__lte=STEPS_AT_MOST), name="review_step_one_to_five"
            ),
            models.CheckConstraint(condition=Q(role__in=[r.value for r in REVIEWERS]), name="review_step_role_known"),
        ]

    def __str__(self) -> str:
        return self.name


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Adjectives of applications."""

    def visible_to(self, user: Viewer) -> "ApplicationQuerySet":
        """Keep the applications of measures that the user sees, and those for issues that the user sees."""
        grants = grants_of(user)
        if not grants.can_see_parts:
            return self.filter(grants.within("inspection__organisation__path", ORGANISATION_ROLES))
        of_measures = Q(measure__in=Measure.objects.visible_to(user))
        of_issues = Q(measure=None, issue__in=Issue.objects.visible_to(user))
        return self.filter(of_measures | of_issues)

    def pending(self) -> "ApplicationQuerySet":
        return self.filter(status=Application.Status.PENDING)

    def claims(self) -> "ApplicationQuerySet":
        """Keep what imported sources say; no one decided it here."""
        return self.filter(origin=Application.Origin.IMPORTED)


class Application(models.Model):
    """An application (销号申请) for a measure, or for closing an issue where `measure` is empty.

    `review_steps` are those of the inspection when the application was made, `manifest` the canonical text of what is
    decided on: the measure, what was done, every file with its size and hash. Neither changes any more.
    One of origin `imported` is what a source says (原件所载结论): round 0, its words as the statement, no applicant, no
    decider, no steps.
    """

    KIND = "application"

    class Status(models.TextChoices):
        PENDING = "pending", _("under review")
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")
        WITHDRAWN = "withdrawn", _("withdrawn")
        CLAIMED = "claimed", _("claimed by an imported source")

    class Origin(models.TextChoices):
        SYSTEM = "system", _("created here")
        IMPORTED = "imported", _("imported")

    STEPS: Transitions = {Status.PENDING: frozenset({Status.ACCEPTED, Status.RETURNED, Status.WITHDRAWN})}

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, verbose_name=_("inspection"))
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, verbose_name=_("issue"))
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("measure"))
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin.choices, default=Origin.SYSTEM)
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.PENDING)
    step = models.PositiveSmallIntegerField(_("step that comes next"), default=1)
    review_steps = models.JSONField(_("review steps"), default=list)
    review_step_count = models.PositiveSmallIntegerField(_("number of steps"), default=0)
    statement = models.TextField(_("what was done and with what effect"))
    completion = models.CharField(_("conclusion"), max_length=20, choices=Issue.Completion.choices, blank=True)
    is_sustained = models.BooleanField(_("to be kept up"), default=False)
    upkeep = models.TextField(_("how it is kept up"), blank=True)
    manifest = models.TextField(_("manifest"))
    manifest_sha256 = models.CharField(_("SHA-256 of the manifest"), max_length=64)
    applicant = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="applications", verbose_name=_("applicant")
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    applied_at = models.DateTimeField(_("applied at"))
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    withdrawal_reason = models.TextField(_("reason for withdrawing"), blank=True)
    source_title = models.CharField(_("source"), max_length=300, blank=True)
    source_line = models.PositiveIntegerField(_("line of the source"), null=True, blank=True)
    source_sha256 = models.CharField(_("SHA-256 of the source"), max_length=64, blank=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        ordering = ["applied_at", "id"]
        default_related_name = "applications"
        constraints = [
            models.UniqueConstraint(fields=["measure", "round"], name="application_round_once_per_measure"),
            models.UniqueConstraint(
                fields=["issue", "round"], condition=Q(measure=None), name="application_round_once_per_issue"
            ),
            models.UniqueConstraint(
                fields=["measure"], condition=Q(status="pending"), name="application_one_pending_per_measure"
            ),
            models.UniqueConstraint(
                fields=["issue"],
                condition=Q(status="pending", measure=None),
                name="application_one_pending_per_issue",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "accepted", "returned", "withdrawn", "claimed"]),
                name="application_status_known",
            ),
            models.CheckConstraint(
                condition=Q(origin="system", applicant__isnull=False) & ~Q(status="claimed")
                | Q(origin="imported", status="claimed", applicant=None),
                name="application_origin_says_who",
            ),
            models.CheckConstraint(
                condition=Q(origin="system", round__gte=1, source_title="", source_line=None, source_sha256="")
                | Q(origin="imported", round=0, source_line__isnull=False),
                name="application_claim_names_its_source",
            ),
            models.CheckConstraint(
                condition=Q(status="pending", ended_at=None) | (~Q(status="pending") & Q(ended_at__isnull=False)),
                name="application_ended_has_time",
            ),
            models.CheckConstraint(
                condition=Q(completion__in=["", "not_done", "basically_done", "done"]),
                name="application_completion_known",
            ),
            models.CheckConstraint(condition=~Q(manifest=""), name="application_has_manifest"),
            models.CheckConstraint(
                condition=Q(review_step_count__gte=1) | Q(origin="imported"), name="application_has_review_steps"
            ),
            models.CheckConstraint(
                condition=Q(measure__isnull=False) | ~Q(completion=""), name="closure_has_conclusion"
            ),
        ]
        indexes = [models.Index(fields=["inspection", "status", "step"], name="application_by_step")]

    def __str__(self) -> str:
        return f"{self.code} {self.round}"

    @property
    def code(self) -> str:
        return self.measure.code if self.measure else self.issue.code

    @property
    def is_closure(self) -> bool:
        return self.measure_id is None

    @property
    def next_step(self) -> dict[str, str]:
        """The step that comes next (`name`, `role`); empty once the application has ended."""
        return self.step_at(self.step) if self.status == self.Status.PENDING else {}

    def step_at(self, number: int) -> dict[str, str]:
        """The review step of this number, counted from 1; empty where there is none."""
        step: dict[str, str] = self.review_steps[number - 1] if 1 <= number <= len(self.review_steps) else {}
        return step

    @property
    def is_last_step(self) -> bool:
        return self.step >= self.review_step_count


class DecisionQuerySet(models.QuerySet["Decision"]):
    """Adjectives of decisions."""

    def returned(self) -> "DecisionQuerySet":
        """Keep those that returned an application: the one condition for lists, figures and bulletins."""
        return self.filter(verdict=Decision.Verdict.RETURNED)


class Decision(models.Model):
    """One decision on one step. `applicant` repeats the application's, so that the database can refuse its own hand."""

    KIND = "decision"

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")

    class Ground(models.TextChoices):
        UNFINISHED = "unfinished", _("the task is not done")
        WEAK_MEASURE = "weak_measure", _("the measure is weak")
        POOR_QUALITY = "poor_quality", _("the quality is not good enough")
        OTHER = "other", _("another ground")

    application = models.ForeignKey(
        Application, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("application")
    )
    step = models.PositiveSmallIntegerField(_("step"))
    step_name = models.CharField(_("name of the step"), max_length=40)
    role = models.CharField(_("role"), max_length=20)
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict.choices)
    ground = models.CharField(_("ground"), max_length=20, choices=Ground.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    meeting_on = models.DateField(_("date of the meeting"), null=True, blank=True)
    minute_number = models.CharField(_("number of the minutes"), max_length=60, blank=True)
    applicant = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("applicant"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="decisions", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["application", "step"]
        constraints = [
            models.UniqueConstraint(fields=["application", "step"], name="decision_step_once"),
            models.UniqueConstraint(fields=["application", "by"], name="decision_one_step_a_person"),
            models.CheckConstraint(condition=~Q(by=F("applicant")), name="decision_not_on_own_application"),
            models.CheckConstraint(
                condition=Q(verdict="accepted", ground="") | (Q(verdict="returned") & ~Q(ground="") & ~Q(reason="")),
                name="decision_return_has_ground_and_reason",
            ),
            models.CheckConstraint(
                condition=Q(meeting_on=None, minute_number="") | (Q(meeting_on__isnull=False) & ~Q(minute_number="")),
                name="decision_meeting_has_minutes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.step_name} {self.verdict}"

    @property
    def is_return(self) -> bool:
        return self.verdict == self.Verdict.RETURNED


def _differ(new: str, old: str) -> str:
    """SQL that two values differ, NULL counted as a value; older SQLite has no IS DISTINCT FROM."""
    return f"NOT COALESCE({new} = {old}, {new} IS NULL AND {old} IS NULL)"


FROZEN = " OR ".join(
    _differ(f"NEW.{column}", f"OLD.{column}")
    for column in (
        "inspection_id",
        "review_steps",
        "review_step_count",
        "manifest",
        "manifest_sha256",
        "statement",
        "completion",
        "is_sustained",
        "upkeep",
        "applicant_id",
        "measure_id",
        "issue_id",
        "round",
        "origin",
        "applied_at",
        "source_title",
        "source_line",
        "source_sha256",
    )
)
UNDECIDED = (
    "NEW.status = 'signed_off' AND NOT EXISTS "
    "(SELECT 1 FROM signoffs_application a WHERE a.measure_id = NEW.id AND a.status = 'accepted')"
)
FOREIGN_HAND = (
    "NOT EXISTS (SELECT 1 FROM signoffs_application a "
    "WHERE a.id = NEW.application_id AND a.applicant_id = NEW.applicant_id)"
)
OUT_OF_TURN = (
    "NOT EXISTS (SELECT 1 FROM signoffs_application a "
    "WHERE a.id = NEW.application_id AND a.status = 'pending' AND a.step = NEW.step)"
)
UNDECIDED_STEP = (
    "NEW.step <> OLD.step AND (NEW.step <> OLD.step + 1 OR NEW.step > NEW.review_step_count OR NOT EXISTS "
    "(SELECT 1 FROM signoffs_decision d "
    "WHERE d.application_id = NEW.id AND d.step = OLD.step AND d.verdict = 'accepted'))"
)
UNRETURNED = (
    "NEW.status = 'returned' AND NOT EXISTS (SELECT 1 FROM signoffs_decision d "
    "WHERE d.application_id = NEW.id AND d.step = NEW.step AND d.verdict = 'returned')"
)
UNSUPPORTED = (
    "NEW.status = 'accepted' AND (SELECT COUNT(*) FROM signoffs_decision d "
    "WHERE d.application_id = NEW.id AND d.verdict = 'accepted') < NEW.review_step_count"
)
guards.protect("signoffs_decision", message="A decision is never changed or deleted.")
guards.register(
    guards.Guard("application_no_delete", "signoffs_application", "DELETE", "An application is never deleted."),
    guards.Guard("application_frozen", "signoffs_application", "UPDATE", "What is decided on never changes.", FROZEN),
    guards.Guard(
        "application_ended",
        "signoffs_application",
        "UPDATE",
        "An application that has ended never changes.",
        "OLD.status <> 'pending'",
    ),
    guards.Guard(
        "application_accepted_by_decision",
        "signoffs_application",
        "UPDATE",
        "An application is accepted by decisions alone.",
        UNSUPPORTED,
    ),
    guards.Guard(
        "application_returned_by_decision",
        "signoffs_application",
        "UPDATE",
        "An application is returned by a decision alone.",
        UNRETURNED,
    ),
    guards.Guard(
        "application_step_by_decision",
        "signoffs_application",
        "UPDATE",
        "An application moves on by one step, once that step is decided.",
        UNDECIDED_STEP,
    ),
    guards.Guard(
        "application_begins_pending",
        "signoffs_application",
        "INSERT",
        "An application begins under review.",
        "NEW.status NOT IN ('pending', 'claimed') OR NEW.step <> 1",
    ),
    guards.Guard(
        "decision_names_the_applicant",
        "signoffs_decision",
        "INSERT",
        "A decision names the applicant of its application.",
        FOREIGN_HAND,
    ),
    guards.Guard(
        "decision_in_its_turn",
        "signoffs_decision",
        "INSERT",
        "A decision is on the step that an application waits at.",
        OUT_OF_TURN,
    ),
    guards.Guard(
        "measure_signed_off_by_decision",
        "measures_measure",
        "UPDATE",
        "A measure is signed off by an accepted application alone.",
        UNDECIDED,
    ),
    guards.Guard(
        "measure_final",
        "measures_measure",
        "UPDATE",
        "A measure that is signed off or cancelled stays so.",
        "OLD.status IN ('signed_off', 'cancelled') AND NEW.status <> OLD.status",
    ),
    guards.Guard(
        "measure_begins_unsigned",
        "measures_measure",
        "INSERT",
        "A measure is signed off by an accepted application alone.",
        "NEW.status = 'signed_off'",
    ),
)
