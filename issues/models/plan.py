"""The plan's upper levels: inspection, area, category, problem, issue; task forces; the working calendar."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import ORGANISATION_ROLES, UNIT_ROLES, Unit, User, Viewer
from accounts.permissions import Grants, grants_of, in_any
from core.search import ContainsText
from core.transitions import Transitions
from issues.models.lights import default_lights


class InspectionQuerySet(models.QuerySet["Inspection"]):
    """Adjectives of inspections."""

    def visible_to(self, user: Viewer) -> "InspectionQuerySet":
        """Keep those whose organisation lies below an organisation role of the user, or with work the user sees."""
        grants = grants_of(user)
        whole = grants.within("organisation__path", ORGANISATION_ROLES)
        if not grants.can_see_parts:
            return self.filter(whole)
        return self.filter(whole | Q(pk__in=Issue.objects.visible_via_work(grants).values("inspection")))


class Inspection(models.Model):
    """One round of inspection of one organisation, with the settings of its rectification."""

    KIND = "inspection"

    code = models.CharField(
        _("code"),
        max_length=40,
        unique=True,
        validators=[RegexValidator(r"^[a-z0-9][a-z0-9-]*$", _("Lowercase letters, digits and hyphens only."))],
    )
    title = models.CharField(_("title"), max_length=200)
    organisation = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="inspections", verbose_name=_("inspected organisation")
    )
    inspected_by = models.CharField(_("inspection team"), max_length=120, blank=True)
    feedback_on = models.DateField(_("date of the feedback"), null=True, blank=True)
    kicked_off_on = models.DateField(_("date of the kick-off meeting"), null=True, blank=True)
    plan_due = models.DateField(_("plan due"), null=True, blank=True)
    concentrated_from = models.DateField(_("concentrated period from"), null=True, blank=True)
    concentrated_until = models.DateField(_("concentrated period until"), null=True, blank=True)
    due_soon_days = models.PositiveSmallIntegerField(_("days that count as due soon"), default=10)
    look_back_months = models.PositiveSmallIntegerField(_("months between look-backs"), default=6)
    week_ends_weekday = models.PositiveSmallIntegerField(_("weekday on which the week ends"), default=5)
    week_ends_at = models.TimeField(_("time at which the week ends"), default="17:00")
    lights = models.JSONField(_("names of the lights"), default=default_lights)
    is_public = models.BooleanField(_("public pages"), default=False)
    created_at = models.DateTimeField(_("created at"))

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("inspection")
        verbose_name_plural = _("inspections")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(concentrated_from=None)
                | Q(concentrated_until=None)
                | Q(concentrated_until__gt=models.F("concentrated_from")),
                name="inspection_period_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(week_ends_weekday__gte=1, week_ends_weekday__lte=7), name="inspection_iso_weekday"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def chain(self) -> str:
        """Key of the inspection's chain of events."""
        return f"inspection:{self.pk}"


class TaskForceQuerySet(models.QuerySet["TaskForce"]):
    """Adjectives of task forces."""

    def visible_to(self, user: Viewer) -> "TaskForceQuerySet":
        """Keep those of inspections seen as a whole, and those with an issue that the user sees."""
        whole = grants_of(user).within("inspection__organisation__path", ORGANISATION_ROLES)
        through = Issue.objects.visible_via_work(grants_of(user)).exclude(task_force=None).values("task_force")
        return self.filter(whole | Q(pk__in=through))


class TaskForce(models.Model):
    """A task force (专班); its members see the issues that are assigned to it."""

    KIND = "task_force"

    inspection = models.ForeignKey(
        Inspection, on_delete=models.PROTECT, related_name="task_forces", verbose_name=_("inspection")
    )
    name = models.CharField(_("name"), max_length=80)
    head = models.ForeignKey(
        User,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="headed_task_forces",
        verbose_name=_("head"),
    )
    members = models.ManyToManyField(User, blank=True, related_name="task_forces", verbose_name=_("members"))
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    objects = TaskForceQuerySet.as_manager()

    class Meta:
        verbose_name = _("task force")
        verbose_name_plural = _("task forces")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["inspection", "name"], name="task_force_name_once")]

    def __str__(self) -> str:
        return self.name


class LevelQuerySet(models.QuerySet):
    """Adjectives that areas, categories and problems share; `path_from_issue` leads up to them from an issue."""

    path_from_issue = ""

    def visible_to(self, user: Viewer) -> "LevelQuerySet":
        """Keep what is above an issue that the user sees, or in an inspection that the user sees as a whole."""
        grants = grants_of(user)
        whole = grants.within("inspection__organisation__path", ORGANISATION_ROLES)
        if not grants.can_see_parts:
            return self.filter(whole)
        through = Issue.objects.visible_via_work(grants).values(self.path_from_issue)
        return self.filter(whole | Q(pk__in=through))


class AreaQuerySet(LevelQuerySet):
    path_from_issue = "problem__category__area"


class CategoryQuerySet(LevelQuerySet):
    path_from_issue = "problem__category"


class ProblemQuerySet(LevelQuerySet):
    path_from_issue = "problem"


class Level(models.Model):
    """What areas, categories and problem headings have in common: a place, a printed number, a title."""

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, verbose_name=_("inspection"))
    position = models.PositiveSmallIntegerField(_("position"))
    number = models.CharField(_("printed number"), max_length=20, blank=True)
    title = models.TextField(_("title"), blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title or f"{self._meta.verbose_name} {self.position}"


class Area(Level):
    """The first level (方面); its title is empty where the source has none, and pages hide it then."""

    KIND = "area"

    objects = AreaQuerySet.as_manager()

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["inspection", "position"]
        default_related_name = "areas"
        constraints = [models.UniqueConstraint(fields=["inspection", "position"], name="area_position_once")]


class Category(Level):
    """The second level (大类)."""

    KIND = "category"

    area = models.ForeignKey(Area, on_delete=models.PROTECT, verbose_name=_("area"))

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["area", "position"]
        default_related_name = "categories"
        constraints = [models.UniqueConstraint(fields=["area", "position"], name="category_position_once")]


class Problem(Level):
    """The third level (问题), the heading above issues."""

    KIND = "problem"

    category = models.ForeignKey(Category, on_delete=models.PROTECT, verbose_name=_("category"))

    objects = ProblemQuerySet.as_manager()

    class Meta:
        verbose_name = _("problem")
        verbose_name_plural = _("problems")
        ordering = ["category", "position"]
        default_related_name = "problems"
        constraints = [models.UniqueConstraint(fields=["category", "position"], name="problem_position_once")]


class IssueQuerySet(models.QuerySet["Issue"]):
    """Adjectives of issues."""

    def visible_via_work(self, grants: Grants) -> "IssueQuerySet":
        """Keep issues with a measure of the user's units, and those assigned to a task force of the user's."""
        if not grants.can_see_parts:
            return self.none()
        issues = Issue.objects.values("pk")
        units = Unit.objects.filter(grants.within("path", UNIT_ROLES)).values("pk")
        parts = [issues.filter(task_force__in=grants.forces)] if grants.forces else []
        if grants.unit_paths:
            parts += [issues.filter(measures__lead_unit__in=units), issues.filter(measures__supporting_units__in=units)]
        return self.filter(pk__in=in_any(parts))

    def visible_to(self, user: Viewer, inspection: "Inspection | None" = None) -> "IssueQuerySet":
        """Keep what the user may see, of one inspection where it is given; every read of issues goes through here."""
        grants = grants_of(user)
        if inspection is not None:
            part = self.filter(inspection=inspection)
            return part if grants.holds(ORGANISATION_ROLES, inspection.organisation) else part.visible_to(user)
        whole = grants.within("inspection__organisation__path", ORGANISATION_ROLES)
        if not grants.can_see_parts:
            return self.filter(whole)
        return self.filter(whole | Q(pk__in=self.model.objects.visible_via_work(grants).values("pk")))

    def fully_visible_to(self, user: Viewer) -> "IssueQuerySet":
        """Keep those of inspections that the user sees as a whole, not only through the work of some units."""
        return self.filter(grants_of(user).within("inspection__organisation__path", ORGANISATION_ROLES))

    def claimed(self) -> "IssueQuerySet":
        """Keep those of which an imported source says something that was not decided here."""
        imported = Issue.objects.filter(pk=OuterRef("pk"), applications__origin="imported", applications__measure=None)
        return self.filter(Exists(imported))

    def search(self, words: str) -> "IssueQuerySet":
        """Keep issues that have every word in their text or at the start of their code. Blanks separate words."""
        issues = self
        for word in words.split():
            issues = issues.filter(ContainsText("text", word) | Q(code__startswith=word))
        return issues


class Issue(models.Model):
    """One issue (具体问题): one leader to the end, a goal, measures, and in the end a conclusion."""

    KIND = "issue"

    class Status(models.TextChoices):
        OPEN = "open", _("open")
        IN_RECTIFICATION = "in_rectification", _("in rectification")
        AWAITING_CLOSURE = "awaiting_closure", _("awaiting closure")
        RECTIFIED = "rectified", _("rectified")

    class Completion(models.TextChoices):
        NOT_DONE = "not_done", _("not done")
        BASICALLY_DONE = "basically_done", _("basically done")
        DONE = "done", _("done")

    STEPS: Transitions = {
        Status.OPEN: frozenset({Status.IN_RECTIFICATION}),
        Status.IN_RECTIFICATION: frozenset({Status.AWAITING_CLOSURE}),
        Status.AWAITING_CLOSURE: frozenset({Status.IN_RECTIFICATION, Status.RECTIFIED}),
    }

    inspection = models.ForeignKey(Inspection, on_delete=models.PROTECT, verbose_name=_("inspection"))
    problem = models.ForeignKey(Problem, on_delete=models.PROTECT, verbose_name=_("problem"))
    position = models.PositiveSmallIntegerField(_("position"))
    number = models.CharField(_("printed number"), max_length=20, blank=True)
    code = models.CharField(_("code"), max_length=40)
    sort_key = models.CharField(_("sort key"), max_length=40, editable=False)
    text = models.TextField(_("text"))
    goal = models.TextField(_("goal"), blank=True)
    leader = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("responsible leader")
    )
    lead_unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("lead unit"))
    task_force = models.ForeignKey(
        TaskForce, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("task force")
    )
    status = models.CharField(_("state"), max_length=20, choices=Status.choices, default=Status.OPEN)
    completion = models.CharField(_("conclusion"), max_length=20, choices=Completion.choices, blank=True)
    is_sustained = models.BooleanField(_("to be kept up"), default=False)
    outcome_before = models.TextField(_("prose before the reports"), blank=True)
    outcome_after = models.TextField(_("prose after the reports"), blank=True)
    relapse_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="relapses", verbose_name=_("relapse of")
    )

    objects = IssueQuerySet.as_manager()

    class Meta:
        verbose_name = _("issue")
        verbose_name_plural = _("issues")
        ordering = ["inspection", "sort_key"]
        default_related_name = "issues"
        indexes = [models.Index(fields=["inspection", "sort_key"], name="issue_in_order")]
        constraints = [
            models.UniqueConstraint(fields=["problem", "position"], name="issue_position_once"),
            models.UniqueConstraint(fields=["inspection", "code"], name="issue_code_once"),
            models.CheckConstraint(
                condition=~Q(status="rectified") | ~Q(completion=""), name="issue_rectified_has_conclusion"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["open", "in_rectification", "awaiting_closure", "rectified"]),
                name="issue_status_known",
            ),
            models.CheckConstraint(condition=~Q(text=""), name="issue_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.text[:40]}"

    @property
    def status_word(self) -> str:
        """The word for its state. `get_status_display` says the same, but builds its table again for every row."""
        return str(self.Status(self.status).label)


def code_of(*positions: int) -> str:
    """Return the code of an issue (four positions) or a measure (five): `1-3-2-03`, `1-3-2-03-01`."""
    return "-".join(str(p) if level < 3 else f"{p:02}" for level, p in enumerate(positions))


def sort_key_of(*positions: int) -> str:
    """Return the text that sorts as the positions do; `1-10` comes after `1-9`."""
    return "".join(f"{p:04}" for p in positions)


class CalendarDay(models.Model):
    """A day that differs from the plain week: a public holiday, or a weekend day on which offices work."""

    KIND = "calendar_day"

    class Kind(models.TextChoices):
        REST = "rest", _("rest day")
        MAKE_UP = "make_up", _("make-up working day")

    day = models.DateField(_("day"), unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    name = models.CharField(_("occasion"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")
        ordering = ["day"]
        constraints = [models.CheckConstraint(condition=Q(kind__in=["rest", "make_up"]), name="calendar_kind_known")]

    def __str__(self) -> str:
        return f"{self.day} {self.get_kind_display()} {self.name}"
