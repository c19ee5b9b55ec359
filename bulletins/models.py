"""Weekly bulletins (周报 / 通报): one per inspection, ISO week and edition, frozen when made, final when published."""

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ORGANISATION_ROLES, Role, Unit, User, Viewer
from accounts.permissions import Grants, grants_of
from core import guards
from core.search import ContainsText
from core.transitions import Transitions
from issues.models import Inspection, TaskForce
from reporting.models import Snapshot

DRAFT_READERS = (Role.LEADER, Role.OFFICE, Role.GROUP)
"""Roles over the organisation that read a bulletin before it is published."""
LONGEST_TEXT = 2000


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    """Adjectives of bulletins."""

    def published(self) -> "BulletinQuerySet":
        return self.filter(status=Bulletin.Status.PUBLISHED)

    def drafts(self) -> "BulletinQuerySet":
        return self.filter(status=Bulletin.Status.DRAFT)

    def visible_to(self, user: Viewer) -> "BulletinQuerySet":
        """Keep the published ones of the organisations that the user belongs to, and the drafts of the user's office.

        A published bulletin names every unit to every unit: that is what a circular is for.
        """
        grants = grants_of(user)
        if grants.user_id is None:
            return self.none()
        circulated = grants.within("organisation__path", ORGANISATION_ROLES)
        if grants.forces:
            circulated |= Q(inspection__in=TaskForce.objects.filter(pk__in=grants.forces).values("inspection"))
        if places := _ancestors_of(user, grants):
            circulated |= Q(organisation__in=places)
        drafts = grants.within("organisation__path", DRAFT_READERS)
        return self.filter(Q(status=Bulletin.Status.PUBLISHED) & circulated | drafts)

    def of_week(self, year: int, week: int) -> "BulletinQuerySet":
        return self.filter(year=year, week=week)

    def search(self, words: str) -> "BulletinQuerySet":
        """Keep those that contain every word, in the title or in a text of the office. Words are parted by blanks."""
        rows = self
        for word in words.split():
            contains = (Q(ContainsText(name, word)) for name in ("title", *Bulletin.TEXTS))
            rows = rows.filter(reduce(or_, contains))
        return rows


def _ancestors_of(user: Viewer, grants: Grants) -> set[int]:
    """Return the keys of the units that the user works in or holds a role in, with all the units above them."""
    own = user.unit.path if user.is_authenticated and user.unit else ""
    paths = [own or "", *(path for _role, path in grants.roles_and_paths)]
    return {int(key) for path in paths for key in path.strip("/").split("/") if key}


class Bulletin(models.Model):
    """One edition of the bulletin of one week.

    `content` holds the figures and lists as they were at the moment of the snapshot; only the three texts of the
    office change, and only until it is published. The number (第N期) counts per organisation and calendar year.
    `chain_seq` and `chain_hash` are the event of the publication, printed in the foot of each paper.
    """

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")
        PUBLISHED = "published", _("published")

    STEPS: Transitions = {Status.DRAFT: frozenset({Status.PUBLISHED})}
    KIND = "bulletin"
    TEXTS = ("opening", "requirements", "outlook")

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, verbose_name=_("inspection"))
    organisation = models.ForeignKey(Unit, on_delete=models.PROTECT, verbose_name=_("inspected organisation"))
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, verbose_name=_("weekly figures"))
    year = models.PositiveSmallIntegerField(_("year of the week"))
    week = models.PositiveSmallIntegerField(_("week"))
    edition = models.PositiveSmallIntegerField(_("edition"), default=1)
    corrects = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="corrected_by",
        verbose_name=_("correction of"),
    )
    correction_reason = models.TextField(_("why it is corrected"), blank=True)
    title = models.CharField(_("title"), max_length=300)
    content = models.JSONField(_("content"))
    opening = models.TextField(_("opening"), blank=True)
    requirements = models.TextField(_("work asked for"), blank=True)
    outlook = models.TextField(_("next week"), blank=True)
    version = models.PositiveIntegerField(_("version of the text"), default=1)
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.DRAFT)
    drafted_at = models.DateTimeField(_("drafted at"))
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True)
    number_year = models.PositiveSmallIntegerField(_("year of the number"), null=True, blank=True)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("published by")
    )
    chain_seq = models.PositiveBigIntegerField(_("sequence number in the trail"), null=True, blank=True)
    chain_hash = models.CharField(_("hash in the trail"), max_length=64, blank=True)

    objects = BulletinQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulletin")
        verbose_name_plural = _("bulletins")
        ordering = ["-year", "-week", "-edition", "-id"]
        default_related_name = "bulletins"
        constraints = [
            models.UniqueConstraint(fields=["inspection", "year", "week", "edition"], name="bulletin_edition_once"),
            models.UniqueConstraint(fields=["organisation", "number_year", "number"], name="bulletin_number_once"),
            models.CheckConstraint(condition=Q(week__gte=1, week__lte=53), name="bulletin_iso_week"),
            models.CheckConstraint(
                condition=Q(edition=1, corrects=None, correction_reason="")
                | Q(edition__gte=2, corrects__isnull=False) & ~Q(correction_reason=""),
                name="bulletin_correction_names_the_corrected",
            ),
            models.CheckConstraint(
                condition=Q(
                    status="draft",
                    number=None,
                    number_year=None,
                    published_at=None,
                    published_by=None,
                    chain_seq=None,
                    chain_hash="",
                )
                | Q(
                    status="published",
                    number__gte=1,
                    number_year__isnull=False,
                    published_at__isnull=False,
                    chain_seq__isnull=False,
                )
                & ~Q(chain_hash=""),
                name="bulletin_published_has_number_and_event",
            ),
        ]
        indexes = [models.Index(fields=["organisation", "status", "year", "week"], name="bulletin_in_order")]

    def __str__(self) -> str:
        return self.title

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT

    @property
    def week_label(self) -> str:
        """The week as commands and addresses write it: `2026-W47`."""
        return f"{self.year}-W{self.week:02}"

    @property
    def texts(self) -> dict[str, str]:
        """What the office wrote."""
        return {name: getattr(self, name) for name in self.TEXTS}


def _differ(column: str) -> str:
    """SQL that a column changes, NULL counted as a value; older SQLite has no IS DISTINCT FROM."""
    return f"NOT COALESCE(NEW.{column} = OLD.{column}, NEW.{column} IS NULL AND OLD.{column} IS NULL)"


FROZEN = (
    *("inspection_id", "organisation_id", "snapshot_id", "year", "week", "edition"),
    *("corrects_id", "correction_reason", "title", "content", "drafted_at"),
)
OUT_OF_TURN = (
    "OLD.status = 'draft' AND NEW.status = 'published' AND NEW.number <> 1 + COALESCE("
    "(SELECT MAX(b.number) FROM bulletins_bulletin b "
    "WHERE b.organisation_id = NEW.organisation_id AND b.number_year = NEW.number_year AND b.id <> NEW.id), 0)"
)
guards.register(
    guards.Guard("bulletin_no_delete", "bulletins_bulletin", "DELETE", "A bulletin is never deleted."),
    guards.Guard(
        "bulletin_final",
        "bulletins_bulletin",
        "UPDATE",
        "A published bulletin never changes; a correction is the next edition.",
        "OLD.status = 'published'",
    ),
    guards.Guard(
        "bulletin_frozen",
        "bulletins_bulletin",
        "UPDATE",
        "The figures of a bulletin never change; a correction is the next edition.",
        " OR ".join(_differ(column) for column in FROZEN),
    ),
    guards.Guard(
        "bulletin_begins_as_draft",
        "bulletins_bulletin",
        "INSERT",
        "A bulletin begins as a draft.",
        "NEW.status <> 'draft'",
    ),
    guards.Guard(
        "bulletin_number_in_turn",
        "bulletins_bulletin",
        "UPDATE",
        "Bulletins are numbered one after another.",
        OUT_OF_TURN,
    ),
)
