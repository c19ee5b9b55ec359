"""The escalation of reminders: its rules, what was sent by them, one digest a person and day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.leases import LeasedQuerySet, LeasedRow
from issues.models import Inspection
from measures.models import Measure
from notifications.models.notifications import Notification

FARTHEST = 365  # days before or after a deadline


class ReminderRule(models.Model):
    """One step of an inspection's escalation; an inspection without any has the default steps.

    It is reached `days` after the deadline (before it where negative: -10 is ten days left, 1 the first day overdue)
    and, where `every` is set, again every so many days. `recipients` are roles as `services.recipients` knows them.
    """

    class Subject(models.TextChoices):
        MEASURE = "measure", _("measures")
        MILESTONE = "milestone", _("milestones")

    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="reminder_rules", verbose_name=_("inspection")
    )
    subject = models.CharField(_("subject"), max_length=10, choices=Subject.choices, default=Subject.MEASURE)
    days = models.SmallIntegerField(_("days after the deadline"))
    every = models.PositiveSmallIntegerField(_("again every so many days"), default=0)
    recipients = models.JSONField(_("recipients"), default=list)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        ordering = ["inspection", "subject", "days"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "subject", "days"], name="reminder_rule_once_a_day"),
            models.CheckConstraint(
                condition=Q(subject__in=["measure", "milestone"]), name="reminder_rule_subject_known"
            ),
            models.CheckConstraint(
                condition=Q(days__gte=-FARTHEST, days__lte=FARTHEST), name="reminder_rule_within_a_year"
            ),
            models.CheckConstraint(condition=Q(every=0) | Q(days__gte=1), name="reminder_rule_repeats_only_overdue"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.days:+}/{self.every}"


class Digest(models.Model):
    """What a person is reminded of on one day: one message, however many items there are."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="digests", verbose_name=_("person"))
    day = models.DateField(_("day"))
    notification = models.OneToOneField(
        Notification, on_delete=models.PROTECT, related_name="digest", verbose_name=_("message")
    )

    class Meta:
        verbose_name = _("digest")
        verbose_name_plural = _("digests")
        ordering = ["-day", "person"]
        constraints = [models.UniqueConstraint(fields=["person", "day"], name="digest_once_a_day")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.day}"


class Reminder(models.Model):
    """One item on one step, sent to one person. The deadline is part of the key: an extension begins the steps again.

    `stage` is the title of a milestone, empty for the measure itself: editing a plan replaces the rows of milestones,
    their titles stay. `step` is the day of the step and `offset` that of its occurrence, counted from the deadline.
    """

    # Hundreds of thousands are written in a morning: what begins an index below has no other one of its own.
    digest = models.ForeignKey(
        Digest, on_delete=models.PROTECT, related_name="reminders", db_index=False, verbose_name=_("digest")
    )
    person = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("person")
    )
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="+", verbose_name=_("measure"))
    stage = models.CharField(_("milestone"), max_length=200, blank=True)
    deadline = models.DateField(_("deadline"))
    step = models.SmallIntegerField(_("step"))
    occurrence = models.PositiveIntegerField(_("occurrence"), default=0)
    offset = models.IntegerField(_("days after the deadline"))

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        ordering = ["digest", "deadline", "measure"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "measure", "stage", "deadline", "step", "occurrence"], name="reminder_once"
            ),
            models.CheckConstraint(condition=Q(occurrence=0) | Q(step__gte=1), name="reminder_repeats_only_overdue"),
        ]
        indexes = [models.Index(fields=["digest", "deadline", "measure"], name="reminder_in_order")]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.step:+} {self.occurrence}"


class ReminderRunQuerySet(LeasedQuerySet["ReminderRun"]):
    """Adjectives of runs."""

    def unfinished(self) -> "ReminderRunQuerySet":
        return self.filter(ended_at=None)


class ReminderRun(LeasedRow):
    """The reminders of one working day: a run that broke off is resumed, and its day is not begun a second time."""

    day = models.DateField(_("day"), unique=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)

    objects = ReminderRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of reminders")
        verbose_name_plural = _("runs of reminders")
        ordering = ["-day"]

    def __str__(self) -> str:
        return str(self.day)
