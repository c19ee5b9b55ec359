"""Stored files: the bytes lie in the storage under a random name, everything known about them lies here."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core import guards


class StoredFile(models.Model):
    """One file as it came in or was made; never changed, never renamed, never deleted."""

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
        """Why nobody is given this file: `pending`, `infected` or `failed`; an empty text where anybody may be.

        What was found infected stays locked also after scanning was turned off.
        """
        scan = getattr(self, "scan", None)
        state = scan.state if scan is not None else FileScan.State.PENDING
        if state == FileScan.State.INFECTED:
            return str(state)
        return "" if state == FileScan.State.CLEAN or not settings.CLAMD_URL else str(state)


def _claimable(now: datetime) -> Q:
    return Q(claimed_until=None) | Q(claimed_until__lt=now)


class FileScanQuerySet(models.QuerySet["FileScan"]):
    """Adjectives of scans."""

    def due(self, now: datetime) -> "FileScanQuerySet":
        """Keep what waits for the scanner, and what it could not judge and may be asked about again."""
        return self.filter(_claimable(now), state__in=[FileScan.State.PENDING, FileScan.State.FAILED])


class FileScan(models.Model):
    """What the virus scanner says of a file; a row of its own, so that the file itself never changes.

    `claimed_until` keeps others away: while one worker scans, and until the next try after a failure.
    """

    class State(models.TextChoices):
        PENDING = "pending", _("being checked")
        CLEAN = "clean", _("checked")
        INFECTED = "infected", _("infected")
        FAILED = "failed", _("could not be checked")

    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="scan", verbose_name=_("file"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    told = models.CharField(_("answer of the scanner"), max_length=200, blank=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)
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
            models.CheckConstraint(condition=~Q(state="infected") | ~Q(told=""), name="scan_infected_has_name"),
        ]
        indexes = [models.Index(fields=["state", "claimed_until"], name="scan_by_state")]

    def __str__(self) -> str:
        return f"{self.file_id} {self.state}"


class RenditionQuerySet(models.QuerySet["Rendition"]):
    """Adjectives of renditions."""

    def due(self, now: datetime) -> "RenditionQuerySet":
        return self.filter(_claimable(now), state=Rendition.State.PENDING)


class Rendition(models.Model):
    """The pages of an office document, made from it to be looked at in a browser; never handed out as the file."""

    class State(models.TextChoices):
        PENDING = "pending", _("being made")
        DONE = "done", _("made")
        FAILED = "failed", _("could not be made")

    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="rendition", verbose_name=_("file"))
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.PENDING)
    pages = models.ForeignKey(
        StoredFile, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("pages")
    )
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, blank=True)

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


guards.register(
    guards.Guard("files_storedfile_no_update", "files_storedfile", "UPDATE", "A stored file never changes.")
)
