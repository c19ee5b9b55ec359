"""What a person saves of the ledger for themselves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User, Viewer
from issues.models import Inspection


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    """Adjectives of saved filters."""

    def visible_to(self, user: Viewer) -> "SavedFilterQuerySet":
        """Keep one's own, of inspections that are still visible; those of others never are."""
        return self.filter(user=getattr(user, "pk", None), inspection__in=Inspection.objects.visible_to(user))


class SavedFilter(models.Model):
    """Filters of one ledger under a name that a person gave them. `query` is what follows the question mark."""

    LONGEST = 2000

    inspection = models.ForeignKey(
        Inspection, on_delete=models.CASCADE, related_name="saved_filters", verbose_name=_("inspection")
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_filters", verbose_name=_("person"))
    name = models.CharField(_("name"), max_length=30)
    query = models.CharField(_("filters"), max_length=LONGEST)
    at = models.DateTimeField(_("saved at"))

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "inspection", "name"], name="saved_filter_name_once"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query=""), name="saved_filter_says_something"),
        ]

    def __str__(self) -> str:
        return self.name
