"""The history of measures in time, beside that of issues: figures of a past moment are one filter on both."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User
from core.history import SpanQuerySet
from issues.models import Inspection, Issue
from measures.models.measure import Measure


class MeasureSpanQuerySet(SpanQuerySet["MeasureSpan"]):
    """Adjectives of the spans of measures."""


class MeasureSpan(models.Model):
    """What a measure was from one moment up to (not with) another; figures of a past moment are one filter on it."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, related_name="+")
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, related_name="spans", verbose_name=_("measure"))
    issue = models.ForeignKey(Issue, on_delete=models.PROTECT, related_name="measure_spans", verbose_name=_("issue"))
    status = models.CharField(_("state"), max_length=20, choices=Measure.Status.choices)
    deadline = models.DateField(_("deadline"), null=True)
    lead_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, related_name="+")
    leader = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    valid_from = models.DateTimeField(_("valid from"))
    valid_to = models.DateTimeField(_("valid to"), null=True)

    objects = MeasureSpanQuerySet.as_manager()

    class Meta:
        verbose_name = _("span")
        verbose_name_plural = _("spans")
        ordering = ["measure", "valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["measure"], condition=Q(valid_to=None), name="span_one_open_per_measure"),
            models.UniqueConstraint(fields=["measure", "valid_from"], name="span_one_start_per_moment"),
            models.CheckConstraint(condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")), name="span_not_empty"),
        ]
        indexes = [models.Index(fields=["inspection", "valid_from", "valid_to"], name="span_by_time")]

    def __str__(self) -> str:
        return f"{self.measure_id} {self.status} {self.valid_from}"
