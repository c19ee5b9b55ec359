"""Who works here: units as a tree, users, and the roles that a user holds over a unit and all below it."""

import json
from datetime import date, datetime
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Roles of `domain.md`. A task force is a role too, but by membership, not by appointment."""

    OFFICER = "officer", _("officer")
    UNIT_HEAD = "unit_head", _("unit head")
    LEADER = "leader", _("leader")
    TASK_FORCE = "task_force", _("task force")
    OFFICE = "office", _("rectification office")
    GROUP = "group", _("leading group")
    INSPECTOR = "inspector", _("inspector")
    AUDITOR = "auditor", _("auditor")
    SYSTEM_ADMIN = "system_admin", _("system administrator")


ORGANISATION_ROLES = frozenset({Role.LEADER, Role.OFFICE, Role.GROUP, Role.INSPECTOR})
"""Roles that read everything of the inspections whose organisation lies in their subtree."""

UNIT_ROLES = frozenset({Role.OFFICER, Role.UNIT_HEAD})
"""Roles that read the measures whose lead or supporting unit lies in their subtree."""


class UnitQuerySet(models.QuerySet["Unit"]):
    """Adjectives of units."""

    def within(self, path: str) -> "UnitQuerySet":
        """Keep the unit with this path and everything below it."""
        return self.filter(path__startswith=path)


class Unit(models.Model):
    """An organisation or a part of one. `path` is the ids from the root down, so that a subtree is one prefix."""

    KIND = "unit"

    name = models.CharField(_("name"), max_length=120)
    short_name = models.CharField(_("short name"), max_length=40, blank=True)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("parent")
    )
    path = models.CharField(_("path"), max_length=255, unique=True, null=True, editable=False)
    leader = models.ForeignKey(
        "accounts.User",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="led_units",
        verbose_name=_("leader in charge"),
    )
    initials = models.CharField(_("initials"), max_length=170, blank=True, editable=False)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_active = models.BooleanField(_("active"), default=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["parent", "name"], name="unit_name_once_per_parent"),
            models.UniqueConstraint(fields=["name"], condition=Q(parent=None), name="unit_root_name_once"),
            models.CheckConstraint(condition=~Q(parent=models.F("id")), name="unit_is_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name


class UserManager(DjangoUserManager["User"]):
    """Django's manager; `create_user` fills `name` from the user name where none is given."""

    def create_user(self, username: str, email: str | None = None, password: str | None = None, **extra: Any) -> "User":
        extra.setdefault("name", username)
        return super().create_user(username, email, password, **extra)


class User(AbstractUser):
    """A person or a post. A post without a log-in has an unusable password."""

    KIND = "user"

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name or post"), max_length=120)
    initials = models.CharField(_("initials"), max_length=130, blank=True, editable=False)
    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="users", verbose_name=_("unit")
    )

    objects: ClassVar[UserManager] = UserManager()
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Name as it is frozen into the trail: name and log-in."""
        return f"{self.name} ({self.username})"

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Adjectives of appointments."""

    def in_force(self, today: date) -> "AppointmentQuerySet":
        """Keep those in force on the day `today`."""
        started = Q(since=None) | Q(since__lte=today)
        not_ended = Q(until=None) | Q(until__gte=today)
        return self.filter(started, not_ended)


class Appointment(models.Model):
    """A role that a user holds over a unit and everything below it."""

    KIND = "appointment"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("user"))
    role = models.CharField(
        _("role"), max_length=20, choices=[choice for choice in Role.choices if choice[0] != Role.TASK_FORCE]
    )
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("unit"))
    since = models.DateField(_("since"), null=True, blank=True)
    until = models.DateField(_("until"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.UniqueConstraint(fields=["user", "role", "unit"], name="appointment_once"),
            models.CheckConstraint(
                condition=Q(role__in=[r.value for r in Role if r != Role.TASK_FORCE]), name="appointment_role_known"
            ),
            models.CheckConstraint(
                condition=Q(since=None) | Q(until=None) | Q(until__gte=models.F("since")),
                name="appointment_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.unit}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Adjectives of tokens."""

    def in_force(self, now: datetime) -> "ApiTokenQuerySet":
        """Keep those that were not revoked and have not run out."""
        return self.filter(revoked_at=None, expires_at__gt=now)

    def visible_to(self, user: Any) -> "ApiTokenQuerySet":
        """Keep the user's own."""
        return self.filter(user=user.pk) if getattr(user, "is_authenticated", False) else self.none()


class ApiToken(models.Model):
    """By which a program acts for a person over the API. Only a hash is stored, and the beginning to know it by."""

    KIND = "token"

    class Scope(models.TextChoices):
        READ = "read", _("reads")
        WRITE = "write", _("reads and writes")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="api_tokens", verbose_name=_("user"))
    name = models.CharField(_("what it is for"), max_length=80)
    scope = models.CharField(_("what it may do"), max_length=10, choices=Scope.choices, default=Scope.READ)
    prefix = models.CharField(_("beginning"), max_length=16)
    digest = models.CharField(_("SHA-256"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("valid until"))
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=["read", "write"]), name="token_scope_known"),
            models.CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="token_ends_after_start"),
            models.CheckConstraint(condition=~Q(name=""), name="token_has_name"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def state(self, now: datetime) -> str:
        """Return `in_force`, `expired` or `revoked`."""
        if self.revoked_at is not None:
            return "revoked"
        return "in_force" if self.expires_at > now else "expired"


class IdempotencyRecord(models.Model):
    """The answer to a request with an idempotency key; `status` is 0 while the request is at work."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("user"))
    key = models.CharField(_("key"), max_length=200)
    digest = models.CharField(_("SHA-256 of what was sent"), max_length=64)
    at = models.DateTimeField(_("at"))
    status = models.PositiveSmallIntegerField(_("status"), default=0)
    text = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("recorded answer")
        verbose_name_plural = _("recorded answers")
        ordering = ["-at", "-id"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once_per_user")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"

    def is_for(self, digest: str) -> bool:
        """Whether the key came with the same before."""
        return self.digest == digest

    @property
    def is_answered(self) -> bool:
        return self.status > 0

    @property
    def content(self) -> Any:
        return json.loads(self.text)


Actor = User | None
"""Who does something: a user, or None for the program itself."""
Viewer = User | AnonymousUser
"""Who looks at something."""
