"""The weekly roll-up, frozen: the figures at the end of a week, of the whole, its areas, units, leaders …"""

from functools import reduce
from operator import add

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ORGANISATION_ROLES, Viewer
from accounts.permissions import grants_of
from core import guards
from issues.models import Inspection
from reporting.models.week import MOST_WEEKS, Week
from signoffs.queries.figures import AddableCounts, IssueCounts, MeasureCounts


def _add_up(prefix: str, counts: type[AddableCounts]) -> Q:
    return Q(**{f"{prefix}_total": reduce(add, [F(f"{prefix}_{name}") for name in counts.states()])})


def count_constraints(name: str) -> list[models.CheckConstraint]:
    """Return what holds of every set of counts: each row is in one state, an "of which" is never more than its all."""
    unfinished = F("measures_planned") + F("measures_in_progress")
    of_which = Q(
        measures_overdue__lte=unfinished - F("measures_due_soon"),
        measures_overdue_planned__lte=F("measures_planned"),
        issues_basically_done__lte=F("issues_rectified"),
        issues_overdue__lte=F("issues_total"),
        issues_claimed__lte=F("issues_total"),
    )
    conditions = {
        "measures_add_up": _add_up("measures", MeasureCounts),
        "issues_add_up": _add_up("issues", IssueCounts),
        "of_which_is_part": of_which & Q(measures_overdue_planned__lte=F("measures_overdue")),
    }
    return [models.CheckConstraint(condition=each, name=f"{name}_{what}") for what, each in conditions.items()]


class CountColumns(models.Model):
    """The figures of measures and issues as columns, one for each, by the names `measures_…` and `issues_…`."""

    class Meta:
        abstract = True

    @staticmethod
    def columns(measures: MeasureCounts, issues: IssueCounts) -> dict[str, int]:
        """Return the figures as the columns that store them."""
        of_measures = {f"measures_{name}": count for name, count in vars(measures).items()}
        return of_measures | {f"issues_{name}": count for name, count in vars(issues).items()}

    @property
    def measures(self) -> MeasureCounts:
        return MeasureCounts(**{name: getattr(self, f"measures_{name}") for name in MeasureCounts.names()})

    @property
    def issues(self) -> IssueCounts:
        return IssueCounts(**{name: getattr(self, f"issues_{name}") for name in IssueCounts.names()})


# The columns follow the shape, so that a new figure is written in one place only.
for _prefix, _counts in (("measures", MeasureCounts), ("issues", IssueCounts)):
    for _name, _label in _counts.labels().items():
        CountColumns.add_to_class(f"{_prefix}_{_name}", models.PositiveIntegerField(_label))


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    """Adjectives of snapshots."""

    def visible_to(self, user: Viewer) -> "SnapshotQuerySet":
        """Keep the snapshots of inspections that the user sees as a whole: they count everything."""
        return self.filter(grants_of(user).within("inspection__organisation__path", ORGANISATION_ROLES))

    def of_week(self, week: Week) -> "SnapshotQuerySet":
        return self.filter(year=week.year, week=week.number)


class Snapshot(CountColumns):
    """The figures of an inspection at the end of a week (每周汇总). Made once, never changed.

    `ends_at` is the moment that is counted, by the settings that held in that week; `taken_at` is when it was
    counted, later where the machine was off. `fingerprint` is the SHA-256 of all counts, which the trail records too.
    """

    KIND = "snapshot"

    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="snapshots", verbose_name=_("inspection")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    week = models.PositiveSmallIntegerField(_("week"))
    ends_at = models.DateTimeField(_("end of the week"))
    taken_at = models.DateTimeField(_("counted at"))
    due_soon_days = models.PositiveSmallIntegerField(_("days that count as due soon"))
    fingerprint = models.CharField(_("SHA-256 of the counts"), max_length=64)

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        verbose_name = _("weekly roll-up")
        verbose_name_plural = _("weekly roll-ups")
        ordering = ["-ends_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["inspection", "year", "week"], name="snapshot_week_once"),
            models.CheckConstraint(condition=Q(week__gte=1, week__lte=MOST_WEEKS), name="snapshot_iso_week"),
            models.CheckConstraint(condition=Q(taken_at__gt=F("ends_at")), name="snapshot_of_an_ended_week"),
            *count_constraints("snapshot"),
        ]

    def __str__(self) -> str:
        return f"{self.inspection_id} {self.week_label}"

    @property
    def iso_week(self) -> Week:
        return Week(self.year, self.week)

    @property
    def week_label(self) -> str:
        """The week as it is written: `2026-W47`."""
        return str(self.iso_week)


class SnapshotRow(CountColumns):
    """The part of a snapshot that one area, category, unit, leader or task force has in it.

    `object_id` is its key, empty for what has none (no lead unit, no leader, no task force); `name` is what it was
    called. `position` is the order of lists: areas and categories as in the plan, task forces as the office ordered
    them, units and leaders the most overdue first, then the lower rate. `rank` is of units and leaders alone: the
    higher rate by measure first, then fewer overdue; those equal in both share a rank, and the next ones are left out.
    """

    class Kind(models.TextChoices):
        AREA = "area", _("area")
        CATEGORY = "category", _("category")
        UNIT = "unit", _("lead unit")
        LEADER = "leader", _("responsible leader")
        TASK_FORCE = "task_force", _("task force")

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="rows", verbose_name=_("snapshot"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    object_id = models.BigIntegerField(_("key"), null=True)
    name = models.TextField(_("name"), blank=True)
    position = models.PositiveIntegerField(_("position"))
    rank = models.PositiveIntegerField(_("rank"), null=True)

    class Meta:
        verbose_name = _("part of a weekly roll-up")
        verbose_name_plural = _("parts of a weekly roll-up")
        ordering = ["snapshot", "kind", "position"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "kind", "object_id"], name="snapshot_row_once"),
            models.UniqueConstraint(fields=["snapshot", "kind", "position"], name="snapshot_row_position_once"),
            models.CheckConstraint(
                condition=Q(kind__in=["area", "category", "unit", "leader", "task_force"]),
                name="snapshot_row_kind_known",
            ),
            *count_constraints("snapshot_row"),
        ]

    def __str__(self) -> str:
        return f"{self.snapshot_id} {self.kind} {self.name}"


guards.protect("reporting_snapshot", message="A weekly roll-up is never changed or deleted.")
guards.protect("reporting_snapshotrow", message="A weekly roll-up is never changed or deleted.")
