"""What a user's appointments grant: the one place that turns roles into paths of the unit tree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from accounts.models import ORGANISATION_ROLES, UNIT_ROLES, Appointment, Role, Unit, User, Viewer


@dataclass(frozen=True)
class Grants:
    """The roles of one user with the paths of the units that they are over, and the task forces the user is in."""

    user_id: int | None
    roles_and_paths: tuple[tuple[str, str], ...] = ()
    forces: tuple[int, ...] = ()

    def paths(self, roles: Iterable[str]) -> list[str]:
        """Return the paths over which the user holds one of `roles`; none that lies below another of them."""
        wanted = set(roles)
        topmost: list[str] = []
        for path in sorted({path for role, path in self.roles_and_paths if role in wanted}):
            if not topmost or not path.startswith(topmost[-1]):
                topmost.append(path)
        return topmost

    def roles(self) -> set[str]:
        return {role for role, _path in self.roles_and_paths}

    def holds(self, roles: Iterable[str], unit: Unit | None) -> bool:
        """Return whether one of `roles` is over `unit` or something above it."""
        return unit is not None and any((unit.path or "").startswith(path) for path in self.paths(roles))

    def within(self, field: str, roles: Iterable[str]) -> Q:
        """Return the condition that the unit path `field` lies below a unit of one of the roles; else match nothing."""
        below = [Q(**{f"{field}__startswith": path}) for path in self.paths(roles)]
        return reduce(or_, below) if below else Q(pk__in=[])

    @property
    def organisation_paths(self) -> list[str]:
        return self.paths(ORGANISATION_ROLES)

    @property
    def unit_paths(self) -> list[str]:
        return self.paths(UNIT_ROLES)

    @property
    def can_see_parts(self) -> bool:
        """Whether the user sees work of units or task forces, beside the inspections that are seen as a whole."""
        return bool(self.forces or self.unit_paths)


NOTHING = Grants(user_id=None)


def in_any(parts: Sequence[QuerySet[Any, Any]]) -> QuerySet[Any, Any]:
    """Return the keys of all parts, for `pk__in`. Each part is found by its own index; a condition with an OR over
    several tables is found by none, and costs what the whole installation holds.
    """
    first, *others = (part.order_by() for part in parts)
    return first.union(*others, all=True) if others else first


def grants_of(user: Viewer | None) -> Grants:
    """Return what the user's appointments of today and task forces grant; one query per user object, nothing for the
    inactive.

    A superuser gets nothing from being one: system administration is no business decision.
    """
    if not isinstance(user, User) or not user.is_active:
        return NOTHING
    cached: Grants | None = getattr(user, "_grants", None)
    if cached is None:
        cached = user._grants = _read(user)  # type: ignore[attr-defined]
    return cached


def _read(user: User) -> Grants:
    appointments = Appointment.objects.in_force(timezone.localdate()).filter(user_id=user.pk)
    key = Cast("pk", CharField(max_length=20))
    memberships = user.task_forces.order_by().values_list(Value(Role.TASK_FORCE.value), key)
    rows = list(appointments.values_list("role", "unit__path").union(memberships, all=True))
    return Grants(
        user_id=user.pk,
        roles_and_paths=tuple((role, path or "") for role, path in rows if role != Role.TASK_FORCE),
        forces=tuple(int(key or 0) for role, key in rows if role == Role.TASK_FORCE),
    )


def is_system_admin(user: Viewer | None) -> bool:
    """Return whether the user administers accounts and settings."""
    return bool(getattr(user, "is_superuser", False)) or Role.SYSTEM_ADMIN in grants_of(user).roles()


def is_auditor(user: Viewer | None) -> bool:
    """Return whether the user may verify the audit trail."""
    return Role.AUDITOR in grants_of(user).roles()


def visible_units(user: Viewer | None) -> QuerySet[Unit]:
    """Return the units of the organisations in which the user works or holds a role; all for an administrator."""
    if is_system_admin(user):
        return Unit.objects.all()
    roots = _roots_of(user)
    condition = Q(pk__in=[])
    for root in roots:
        condition |= Q(path__startswith=root)
    return Unit.objects.filter(condition)


def visible_users(user: Viewer | None) -> QuerySet[User]:
    """Return the people and posts of the units that the user sees; names, for plans and reports mention them."""
    if is_system_admin(user):
        return User.objects.all()
    return User.objects.filter(Q(unit__in=visible_units(user).values("pk")) | Q(pk=grants_of(user).user_id))


def _roots_of(user: Viewer | None) -> set[str]:
    """Return the paths of the organisations at the top of what the user belongs to."""
    grants = grants_of(user)
    if grants.user_id is None:
        return set()
    own = user.unit.path if isinstance(user, User) and user.unit is not None else ""
    paths = [path for _role, path in grants.roles_and_paths] + [own or ""]
    return {path[: path.find("/", 1) + 1] for path in paths if path}


def possible_organisations(user: Viewer | None) -> QuerySet[Unit]:
    """Return the units that a new inspection can be of: those whose office the user is."""
    return Unit.objects.filter(grants_of(user).within("path", [Role.OFFICE]), is_active=True)
