"""The history of issues in time, beside that of measures: figures of a past moment are one filter on both."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.history import SpanQuerySet
from issues.models.plan import Inspection, Issue, TaskForce


class IssueSpanQuerySet(SpanQuerySet["IssueSpan"]):
    """Adjectives of the spans of issues."""


class IssueSpan(models.Model):
    """What an issue was from one moment up to (not with) another."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="+")
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="spans", verbose_name=_("issue"))
    status = models.CharField(_("state"), max_length=20, choices=Issue.Status.choices)
    completion = models.CharField(_("conclusion"), max_length=20, choices=Issue.Completion.choices, blank=True)
    leader = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lead_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    task_force = models.ForeignKey(TaskForce, on_delete=models.PROTECT, null=True, related_name="+")
    valid_from = models.DateTimeField(_("valid from"))
    valid_to = models.DateTimeField(_("valid to"), null=True)

    objects = IssueSpanQuerySet.as_manager()

    class Meta:
        verbose_name = _("span of an issue")
        verbose_name_plural = _("spans of issues")
        ordering = ["issue", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["issue"], condition=Q(valid_to=None), name="issue_span_one_open"),
            models.UniqueConstraint(fields=["issue", "valid_from"], name="issue_span_one_start_per_moment"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="issue_span_not_empty"
            ),
        ]
        indexes = [models.Index(fields=["inspection", "valid_from", "valid_to"], name="issue_span_by_time")]

    def __str__(self) -> str:
        return f"{self.issue_id} {self.status} {self.valid_from}"
