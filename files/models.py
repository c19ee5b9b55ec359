"""Stored files: the bytes lie in the storage under a random name, everything known about them lies here."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import guards
from core.leases import LeasedQuerySet, LeasedRow


class StoredFile(models.Model):
    """One file as it came in or was made; never changed, never renamed, never deleted."""

    KIND = "file"

    key = models.UUIDField(_("key"), default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    kind = models.CharField(_("kind"), max_length=20)
    stored_as = models.CharField(_("place in the storage"), max_length=120, unique=True)
    received_from = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("received from")
    )
    received_at = models.DateTimeField(_("received at"))

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["-received_at", "-id"]
        constraints = [models.CheckConstraint(condition=models.Q(size__gt=0), name="file_not_empty")]

    def __str__(self) -> str:
        return self.name

    @property
    def lock(self) -> str:
        """Why no one is given this file: `pending`, `infected` or `failed`; an empty text where anybody may be.

        What was found infected stays locked also after scanning was turned off.
        """
        scan = getattr(self, "scan", None)
        state = scan.state if scan is not None else FileScan.State.PENDING
        if state == FileScan.State.INFECTED:
            return str(state)
        return "" if state == FileScan.State.CLEAN or not settings.CLAMD_URL else str(state)


class FileScanQuerySet(LeasedQuerySet["FileScan"]):
    """Adjectives of scans."""

    def unfinished(self) -> "FileScanQuerySet":
        """Keep what waits for the scanner, and what it could not judge: it is asked again, for ever."""
        return self.filter(state__in=[FileScan.State.PENDING, FileScan.State.FAILED])


class FileScan(LeasedRow):
    """What the virus scanner says of a file; a row of its own, so that the file itself never changes.

    `answer` is what it found; why it could not judge is the `error`.
    """

    PAUSES = (timedelta(hours=1),)

    class State(models.TextChoices):
        PENDING = "pending", _("being checked")
        CLEAN = "clean", _("checked")
        INFECTED = "infected", _("infected")
        FAILED = "failed", _("could not be checked")

    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="scan", verbose_name=_("file"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    answer = models.CharField(_("answer of the scanner"), max_length=200, blank=True)
    scanned_at = models.DateTimeField(_("scanned at"), null=True, blank=True)

    objects = FileScanQuerySet.as_manager()

    class Meta:
        verbose_name = _("virus scan")
        verbose_name_plural = _("virus scans")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "clean", "infected", "failed"]), name="scan_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state="pending") | Q(scanned_at__isnull=False), name="scan_verdict_has_time"
            ),
            models.CheckConstraint(condition=~Q(state="infected") | ~Q(answer=""), name="scan_infected_has_name"),
        ]
        indexes = [models.Index(fields=["state", "lease_until"], name="scan_by_state")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.state}"

    def values_put_back(self, at: datetime) -> dict[str, Any]:
        return {"state": self.State.FAILED, "scanned_at": at}


class RenditionQuerySet(LeasedQuerySet["Rendition"]):
    """Adjectives of renditions."""

    def unfinished(self) -> "RenditionQuerySet":
        return self.filter(state=Rendition.State.PENDING)


class Rendition(LeasedRow):
    """The pages of an office document, made from it to be looked at in a browser; never handed out as the file."""

    MOST_FAILURES = 3

    class State(models.TextChoices):
        PENDING = "pending", _("being prepared")
        DONE = "done", _("ready")
        FAILED = "failed", _("could not be prepared")

    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="rendition", verbose_name=_("file"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    pages = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pages")
    )

    objects = RenditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("pages of a document")
        verbose_name_plural = _("pages of documents")
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["pending", "failed"], pages=None) | Q(state="done", pages__isnull=False),
                name="rendition_done_has_pages",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.state}"

    def values_given_up(self, at: datetime) -> dict[str, Any]:
        return {"state": self.State.FAILED}


guards.register(
    guards.Guard("files_storedfile_no_update", "files_storedfile", "UPDATE", "A stored file never changes.")
)
