"""What a published notice says around its tree."""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import ORGANISATION_ROLES
from accounts.permissions import grants_of
from files.models import StoredFile
from issues.models import Inspection


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Adjectives of notices."""

    def visible_to(self, user: Any) -> "NoticeQuerySet":
        """Keep the notices of inspections that the user sees as a whole; a preamble names every unit."""
        return self.filter(grants_of(user).within("inspection__organisation__path", ORGANISATION_ROLES))


class Notice(models.Model):
    """What a published notice says around its tree (the tree itself lives in issues and measures)."""

    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="notices", verbose_name=_("inspection")
    )
    file = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, related_name="notices", verbose_name=_("file")
    )
    title = models.CharField(_("title"), max_length=300)
    layout = models.CharField(_("layout"), max_length=120, blank=True)
    preamble = models.TextField(_("preamble"), blank=True)
    closing = models.TextField(_("closing"), blank=True)
    claimed = models.JSONField(_("numbers that the text itself claims"), default=dict)
    at = models.DateTimeField(_("at"))

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["inspection", "-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["inspection", "file"], name="notice_once_per_file")]

    def __str__(self) -> str:
        return self.title
