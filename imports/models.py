"""Sources of the ledger: imports, notices with preamble and closing."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Role, Unit, User, Viewer
from accounts.permissions import grants_of
from core.transitions import Transitions
from files.models import StoredFile
from issues.models import Inspection
from jobs.models import Job


class ImportQuerySet(models.QuerySet["Import"]):
    """Adjectives of imports."""

    def visible_to(self, user: Viewer) -> "ImportQuerySet":
        """Keep one's own imports, and those into inspections that one administers."""
        grants = grants_of(user)
        if grants.user_id is None:
            return self.none()
        return self.filter(Q(by=grants.user_id) | grants.within("inspection__organisation__path", [Role.OFFICE]))


class Import(models.Model):
    """One file on its way into the ledger: read → applied. Nothing of the plan changes before `applied`.

    `mapping` is what the person chose for unknown names: `{"units": {name: id}, "leaders": {name: id}}`.
    A notice is read again whenever its page is opened, with the `corrections` of a person: `{"layout": name, "lines":
    {line: what it is}}`; the rows of a workbook are staged, and `preview` is what was worked out of them at the state
    `base_seq` of the ledger.
    """

    KIND = "import"

    class Status(models.TextChoices):
        READ = "read", _("read")
        APPLIED = "applied", _("applied")
        DISCARDED = "discarded", _("discarded")

    STEPS: Transitions = {Status.READ: frozenset({Status.APPLIED, Status.DISCARDED})}

    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="imports", verbose_name=_("file"))
    code = models.CharField(_("code of the inspection"), max_length=40)
    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, null=True, related_name="imports", verbose_name=_("inspection")
    )
    organisation = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("inspected organisation")
    )
    status = models.CharField(_("state"), max_length=10, choices=Status.choices, default=Status.READ)
    mapping = models.JSONField(_("mapped names"), default=dict, blank=True)
    corrections = models.JSONField(_("corrections of the reading"), default=dict, blank=True)
    preview = models.JSONField(_("what it would do"), null=True, blank=True)
    outcome = models.JSONField(_("what it did"), null=True, blank=True)
    job = models.ForeignKey(Job, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("job"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="imports", verbose_name=_("by"))
    at = models.DateTimeField(_("at"))

    objects = ImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(status__in=["read", "applied", "discarded"]), name="import_status_known")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.file_id}"

    @property
    def is_workbook(self) -> bool:
        return self.file.kind == "xlsx"

    @property
    def is_at_work(self) -> bool:
        """Whether a job reads or writes it just now, or waits to."""
        return self.job is not None and not self.job.is_over


class StagedRow(models.Model):
    """One row of a workbook on its way into the ledger, as it was read; gone once the import is over."""

    source = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="staged", verbose_name=_("import"))
    line = models.PositiveIntegerField(_("row of the sheet"))
    values = models.JSONField(_("what was read"))

    class Meta:
        verbose_name = _("staged row")
        verbose_name_plural = _("staged rows")
        ordering = ["source", "line"]
        constraints = [models.UniqueConstraint(fields=["source", "line"], name="staged_row_once")]

    def __str__(self) -> str:
        return f"{self.source_id} {self.line}"
