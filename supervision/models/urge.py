"""Supervision (跟踪督办): what makes a unit move before anything is overdue for good."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Unit, User, Viewer
from issues.models import Inspection
from measures.models import Measure


class UrgeQuerySet(models.QuerySet["Urge"]):
    """Adjectives of urges."""

    def visible_to(self, user: Viewer) -> "UrgeQuerySet":
        """Keep those of measures that the user sees, and those of a unit as a whole with such a measure."""
        visible = Measure.objects.visible_to(user)
        led = visible.filter(inspection=models.OuterRef("inspection"), lead_unit=models.OuterRef("unit"))
        return self.filter(Q(measure__in=visible) | Q(measure=None) & models.Exists(led))


class Urge(models.Model):
    """One urge (催办): of a measure, or of all that a unit has overdue in an inspection. Never changed."""

    KIND = "urge"

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, verbose_name=_("inspection"))
    measure = models.ForeignKey(Measure, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("measure"))
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, verbose_name=_("unit"))
    measures = models.PositiveIntegerField(_("number of measures"), default=1)
    on = models.DateField(_("day"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = UrgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("urge")
        verbose_name_plural = _("urges")
        ordering = ["-at", "-id"]
        default_related_name = "urges"
        constraints = [
            models.UniqueConstraint(fields=["measure", "on"], name="urge_measure_once_a_day"),
            models.UniqueConstraint(
                fields=["inspection", "unit", "on"], condition=Q(measure=None), name="urge_unit_once_a_day"
            ),
            models.CheckConstraint(condition=Q(measures__gte=1), name="urge_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.on}"
