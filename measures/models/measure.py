"""Measures and what belongs to them: milestones, progress reports, extensions."""

import re
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import ORGANISATION_ROLES, UNIT_ROLES, Unit, User, Viewer
from accounts.permissions import Grants, grants_of, in_any
from core.search import ContainsText
from core.transitions import Transitions
from issues.models import Inspection, Issue, light_of

RETURNED = Q(status="in_progress", last_application="returned")
NO_LEADER_UNIT_OR_DEADLINE = Q(leader=None) | Q(lead_unit=None) | Q(deadline=None) & ~Q(mode="long_term")
INCOMPLETE = NO_LEADER_UNIT_OR_DEADLINE & ~Q(status="cancelled")
CODE = re.compile(r"[\d-]+")  # what the beginning of a code looks like


def unfinished() -> Q:
    """The conditions under which figures count, here and below, hold of measures and of their spans alike."""
    return Q(status__in=Measure.UNFINISHED)


def overdue(today: date) -> Q:
    return unfinished() & Q(deadline__lt=today)


def due_within(today: date, days: int) -> Q:
    return unfinished() & Q(deadline__range=(today, today + timedelta(days=days)))


def _units_of(grants: Grants) -> Any:
    return Unit.objects.filter(grants.within("path", UNIT_ROLES)).values("pk")


def _supported_by(units: Any) -> Any:
    return Measure.supporting_units.through.objects.filter(unit__in=units).values("measure")


def _visible_via_work(grants: Grants) -> Q:
    """Return the condition that a measure is visible through the work of units and task forces.

    For the measures of one inspection, which are few: the condition is checked on each of them, so that the database
    is free to take the index of another filter.
    """
    forces = Issue.objects.filter(task_force__in=grants.forces).values("pk")
    visible = Q(issue__in=forces) if grants.forces else Q(pk__in=[])
    if grants.unit_paths:
        units = _units_of(grants)
        visible |= Q(lead_unit__in=units) | Q(pk__in=_supported_by(units))
    return visible


class MeasureQuerySet(models.QuerySet["Measure"]):
    """Adjectives of measures."""

    def visible_to(self, user: Viewer, inspection: Inspection | None = None) -> "MeasureQuerySet":
        """Keep what the user may see, of one inspection where it is given; every read of measures goes through here."""
        grants = grants_of(user)
        if grants.user_id is None:
            return self.none()
        if inspection is not None:
            of_inspection = self.filter(inspection=inspection)
            if grants.holds(ORGANISATION_ROLES, inspection.organisation):
                return of_inspection
            return of_inspection.filter(_visible_via_work(grants))
        whole = grants.within("inspection__organisation__path", ORGANISATION_ROLES)
        if not grants.can_see_parts:
            return self.filter(whole)
        measures, units = Measure.objects.values("pk"), _units_of(grants)
        parts: list[models.QuerySet[Any, Any]] = [measures.filter(whole)] if grants.organisation_paths else []
        if grants.forces:
            parts.append(measures.filter(issue__task_force__in=grants.forces))
        if grants.unit_paths:
            parts += [measures.filter(lead_unit__in=units), _supported_by(units)]
        return self.filter(pk__in=in_any(parts))

    def unfinished(self) -> "MeasureQuerySet":
        """Keep planned and under way: what can be overdue."""
        return self.filter(unfinished())

    def overdue(self, today: date) -> "MeasureQuerySet":
        """Keep what is late on `today`. What waits for review is under review, not overdue."""
        return self.filter(overdue(today))

    def due_within(self, today: date, days: int) -> "MeasureQuerySet":
        """Keep what falls due from `today` up to `days` days later."""
        return self.filter(due_within(today, days))

    def incomplete(self) -> "MeasureQuerySet":
        """Keep what lacks a leader, a unit or a deadline, and so cannot be started."""
        return self.filter(INCOMPLETE)

    def with_last_application(self) -> "MeasureQuerySet":
        """Add `last_application`, the state of the latest application; for conditions on it."""
        applications = Measure._meta.get_field("applications").related_model._default_manager
        last = applications.filter(measure=OuterRef("pk")).order_by("-round")
        return self.alias(last_application=Coalesce(Subquery(last.values("status")[:1]), Value("")))

    def returned(self) -> "MeasureQuerySet":
        """Keep what is under way again because its last application was returned."""
        return self.with_last_application().filter(RETURNED)

    def search(self, words: str) -> "MeasureQuerySet":
        """Keep measures that have every word in their text, in the text of their issue or at the start of their code.

        Words are separated by blanks. Each place is a query of its own in a union: no index serves them all at once.
        """
        measures = self
        for word in words.split():
            places = [
                Q(ContainsText("text", word)),
                Q(issue__in=Issue.objects.filter(ContainsText("text", word)).order_by()),
            ]
            if CODE.fullmatch(word):
                places.append(Q(code__startswith=word))
            first, *others = (self.filter(place).order_by().values("pk") for place in places)
            measures = measures.filter(pk__in=first.union(*others))
        return measures


class Measure(models.Model):
    """One measure (整改措施). It carries its inspection's key so that one inspection is one index range."""

    KIND = "measure"

    class Status(models.TextChoices):
        PLANNED = "planned", _("planned")
        IN_PROGRESS = "in_progress", _("in progress")
        SUBMITTED = "submitted", _("under review")
        SIGNED_OFF = "signed_off", _("signed off")
        CANCELLED = "cancelled", _("cancelled")

    class Mode(models.TextChoices):
        IMMEDIATE = "immediate", _("immediate")
        TIME_LIMITED = "time_limited", _("time-limited")
        STAGED = "staged", _("staged")
        LONG_TERM = "long_term", _("long-term")

    class Kind(models.TextChoices):
        RULE_MAKING = "rule_making", _("rule-making")
        CAMPAIGN = "campaign", _("campaign")
        EXTENSION = "extension", _("extension to similar cases")
        ACCOUNTABILITY = "accountability", _("accountability")
        LOSS_RECOVERY = "loss_recovery", _("loss recovery")
        MAJOR = "major", _("major")

    STEPS: Transitions = {
        Status.PLANNED: frozenset({Status.IN_PROGRESS, Status.CANCELLED}),
        Status.IN_PROGRESS: frozenset({Status.SUBMITTED, Status.CANCELLED}),
        Status.SUBMITTED: frozenset({Status.IN_PROGRESS, Status.SIGNED_OFF}),
    }
    UNFINISHED = (Status.PLANNED, Status.IN_PROGRESS)
    OVERDUE, OVERDUE_WORD = "overdue", _("overdue")
    PARTS = (Status.SIGNED_OFF, Status.SUBMITTED, Status.IN_PROGRESS, OVERDUE, Status.PLANNED, Status.CANCELLED)

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, verbose_name=_("inspection"))
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, verbose_name=_("issue"))
    position = models.PositiveSmallIntegerField(_("position"))
    code = models.CharField(_("code"), max_length=50)
    sort_key = models.CharField(_("sort key"), max_length=50, editable=False)
    text = models.TextField(_("text"))
    mode = models.CharField(_("mode"), max_length=20, choices=Mode.choices, default=Mode.TIME_LIMITED)
    kinds = models.JSONField(_("kinds"), default=list, blank=True)
    leader = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("responsible leader")
    )
    lead_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("lead unit"))
    supporting_units = models.ManyToManyField(
        Unit, blank=True, related_name="supported_measures", verbose_name=_("supporting units")
    )
    handler = models.CharField(_("handler"), max_length=120, blank=True)
    deadline = models.DateField(_("deadline"), null=True, blank=True)
    status = models.CharField(_("state"), max_length=20, choices=Status.choices, default=Status.PLANNED)
    remarks = models.TextField(_("remarks"), blank=True)
    cancellation_reason = models.TextField(_("reason for cancelling"), blank=True)
    redo_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="redone_by", verbose_name=_("redo of")
    )

    objects = MeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure")
        verbose_name_plural = _("measures")
        ordering = ["inspection", "sort_key"]
        default_related_name = "measures"
        constraints = [
            models.UniqueConstraint(fields=["issue", "position"], name="measure_position_once"),
            models.UniqueConstraint(fields=["inspection", "code"], name="measure_code_once"),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "in_progress", "submitted", "signed_off", "cancelled"]),
                name="measure_status_known",
            ),
            models.CheckConstraint(
                condition=Q(mode__in=["immediate", "time_limited", "staged", "long_term"]), name="measure_mode_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["planned", "cancelled"])
                | (
                    Q(leader__isnull=False, lead_unit__isnull=False) & (Q(deadline__isnull=False) | Q(mode="long_term"))
                ),
                name="measure_started_is_complete",
            ),
            models.CheckConstraint(
                condition=~Q(status="cancelled") | ~Q(cancellation_reason=""), name="measure_cancelled_has_reason"
            ),
            models.CheckConstraint(condition=~Q(text=""), name="measure_has_text"),
        ]
        indexes = [
            models.Index(fields=["inspection", "sort_key"], name="measure_in_order"),
            models.Index(fields=["inspection", "status", "deadline"], name="measure_by_state"),
            models.Index(fields=["inspection", "lead_unit", "status"], name="measure_by_unit"),
            models.Index(fields=["inspection", "leader", "status"], name="measure_by_leader"),
            models.Index(fields=["inspection", "deadline"], name="measure_by_deadline"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text[:40]}"

    @property
    def is_complete(self) -> bool:
        """Whether leader, unit and deadline are known, so that it can be started."""
        dated = self.deadline is not None or self.mode == self.Mode.LONG_TERM
        return self.leader_id is not None and self.lead_unit_id is not None and dated

    def is_overdue(self, today: date) -> bool:
        """Whether it is late on `today`; computed, never stored."""
        return self.deadline is not None and self.deadline < today and self.status in self.UNFINISHED

    def is_due_soon(self, today: date, days: int) -> bool:
        near = self.deadline is not None and today <= self.deadline <= today + timedelta(days=days)
        return near and self.status in self.UNFINISHED

    def light(self, today: date, due_soon_days: int) -> str:
        """Return the light of this one measure; an empty text where no light burns (cancelled)."""
        if self.status == self.Status.CANCELLED:
            return ""
        soon, is_done = self.is_due_soon(today, due_soon_days), self.status == self.Status.SIGNED_OFF
        return light_of(overdue=self.is_overdue(today), due_soon=soon, signed_off=is_done, counted=True)

    def part(self, today: date) -> str:
        """Return the segment of a bar that the measure belongs to: its state, or overdue."""
        return self.OVERDUE if self.is_overdue(today) else self.status

    @classmethod
    def part_word(cls, part: str) -> Any:
        return cls.OVERDUE_WORD if part == cls.OVERDUE else cls.Status(part).label

    @property
    def status_word(self) -> str:
        """The word for its state. `get_status_display` says the same, but builds its table again for every row."""
        return str(self.Status(self.status).label)

    def kind_labels(self) -> list[str]:
        return [str(self.Kind(kind).label) for kind in self.kinds]


class Milestone(models.Model):
    """A stage of a staged measure with its date, counted back from the deadline (倒排时间节点)."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="milestones", verbose_name=_("measure"))
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("what is to be reached"), max_length=200)
    due_on = models.DateField(_("due on"))
    reached_on = models.DateField(_("reached on"), null=True, blank=True)

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["measure", "due_on", "position"]
        constraints = [
            models.UniqueConstraint(fields=["measure", "position"], name="milestone_position_once"),
            models.CheckConstraint(condition=~Q(title=""), name="milestone_has_title"),
        ]

    def __str__(self) -> str:
        return self.title


class ProgressReport(models.Model):
    """What a unit reports about a measure (整改进展); never changed, a correction is the next report."""

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="reports", verbose_name=_("measure"))
    text = models.TextField(_("progress"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="progress_reports", verbose_name=_("by"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("progress report")
        verbose_name_plural = _("progress reports")
        ordering = ["measure", "-at", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="report_has_text")]

    def __str__(self) -> str:
        return self.text[:60]


class ExtensionQuerySet(models.QuerySet["Extension"]):
    """Adjectives of extensions."""

    def pending(self) -> "ExtensionQuerySet":
        return self.filter(status=Extension.Status.REQUESTED)

    def visible_to(self, user: Viewer) -> "ExtensionQuerySet":
        """Keep the extensions of measures that the user sees."""
        grants = grants_of(user)
        if not grants.can_see_parts:
            return self.filter(grants.within("measure__inspection__organisation__path", ORGANISATION_ROLES))
        return self.filter(measure__in=Measure.objects.visible_to(user))


class Extension(models.Model):
    """A request for a later deadline and what became of it; the old deadline stays here."""

    KIND = "extension"

    class Status(models.TextChoices):
        REQUESTED = "requested", _("requested")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    STEPS: Transitions = {Status.REQUESTED: frozenset({Status.GRANTED, Status.REFUSED})}

    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="extensions", verbose_name=_("measure"))
    old_deadline = models.DateField(_("deadline so far"))
    new_deadline = models.DateField(_("requested deadline"))
    reason = models.TextField(_("reason"))
    status = models.CharField(_("state"), max_length=20, choices=Status.choices, default=Status.REQUESTED)
    requested_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="requested_extensions", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested at"))
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="decided_extensions", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)
    note = models.TextField(_("note of the decision"), blank=True)

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        ordering = ["requested_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["measure"], condition=Q(status="requested"), name="extension_one_pending_per_measure"
            ),
            models.CheckConstraint(condition=Q(new_deadline__gt=F("old_deadline")), name="extension_is_later"),
            models.CheckConstraint(condition=~Q(reason=""), name="extension_has_reason"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("requested_by")), name="extension_not_self_decided"
            ),
            models.CheckConstraint(
                condition=Q(status="requested", decided_by=None, decided_at=None)
                | Q(status__in=["granted", "refused"], decided_by__isnull=False, decided_at__isnull=False),
                name="extension_decided_has_decider",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.old_deadline} → {self.new_deadline}"
