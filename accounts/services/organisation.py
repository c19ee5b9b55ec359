"""Changes of the organisation: units, users, appointments. All of them leave events in the chain `accounts`."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import CharField, F, Value
from django.db.models.functions import Concat, Substr
from django.utils.translation import gettext as _

from accounts.models import Actor, Appointment, Role, Unit, User
from accounts.verbs import AccountVerb
from audit.services import diff, open_trail
from core.exceptions import RuleViolation
from core.search import initials_of

CHAIN = "accounts"


def create_unit(
    *, name: str, by: Actor, at: datetime, parent: Unit | None = None, short_name: str = "", leader: User | None = None
) -> Unit:
    """Create a unit below `parent` (a root where None) and return it with its path."""
    with open_trail(CHAIN, at=at) as trail:
        position = Unit.objects.filter(parent=parent).count() + 1
        unit = Unit.objects.create(
            name=name,
            short_name=short_name,
            initials=initials_of(name, short_name),
            parent=parent,
            leader=leader,
            position=position,
        )
        unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
        unit.save(update_fields=["path"])
        trail.record(AccountVerb.CREATE_UNIT, by=by, obj=unit, name=name, parent=parent.pk if parent else None)
    return unit


def move_unit(*, unit: Unit, parent: Unit | None, by: Actor, at: datetime) -> None:
    """Put `unit` with everything below it under `parent`. Raises `RuleViolation` where that would close a circle."""
    if parent is not None and (parent.path or "").startswith(unit.path or ""):
        raise RuleViolation(_("A unit cannot be moved below itself."), field="parent")
    with open_trail(CHAIN, at=at) as trail:
        old = unit.path or ""
        new = f"{parent.path if parent else '/'}{unit.pk}/"
        rest = Substr(F("path"), len(old) + 1, output_field=CharField())
        Unit.objects.within(old).update(path=Concat(Value(new), rest))
        old_parent = unit.parent_id
        unit.parent, unit.path = parent, new
        unit.save(update_fields=["parent"])
        trail.record(AccountVerb.MOVE_UNIT, by=by, obj=unit, parent=[old_parent, parent.pk if parent else None])


def put_in_charge(*, unit: Unit, leader: User | None, by: Actor, at: datetime) -> None:
    """Set the leader in charge (分管领导) of a unit."""
    with open_trail(CHAIN, at=at) as trail:
        old = unit.leader_id
        unit.leader = leader
        unit.save(update_fields=["leader"])
        trail.record(AccountVerb.PUT_IN_CHARGE, by=by, obj=unit, leader=[old, leader.pk if leader else None])


def create_user(
    *, username: str, name: str, by: Actor, at: datetime, unit: Unit | None = None, password: str | None = None
) -> User:
    """Create a user; without a password it is a post that cannot log in."""
    with open_trail(CHAIN, at=at) as trail:
        user = User.objects.create_user(username, password=password, name=name, initials=initials_of(name), unit=unit)
        trail.record(
            AccountVerb.CREATE_USER, by=by, obj=user, username=username, name=name, can_log_in=password is not None
        )
    return user


def create_post(*, name: str, organisation: Unit, by: Actor, at: datetime) -> User:
    """Create a leader without a log-in, named by the post, for the organisation of a plan."""
    number = User.objects.filter(username__startswith="post-").count() + 1
    while User.objects.filter(username=f"post-{number}").exists():
        number += 1
    return create_user(username=f"post-{number}", name=name, unit=organisation, by=by, at=at)


def edit_unit(*, unit: Unit, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Change a unit; another parent moves everything below it along. Raises `RuleViolation` for a circle."""
    plain = {name: value for name, value in values.items() if name != "parent"}
    with open_trail(CHAIN, at=at) as trail:
        if "parent" in values and values["parent"] != unit.parent:
            move_unit(unit=unit, parent=values["parent"], by=by, at=trail.at)
        changes = diff(unit, plain)
        for name, value in plain.items():
            setattr(unit, name, value)
        if changes:
            unit.initials = initials_of(unit.name, unit.short_name)
            unit.save(update_fields=[*plain, "initials"])
            trail.record(AccountVerb.EDIT_UNIT, by=by, obj=unit, changes=changes)


def edit_user(*, user: User, values: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Change an account's name, log-in, address, unit or whether it is active."""
    with open_trail(CHAIN, at=at) as trail:
        changes = diff(user, values)
        for name, value in values.items():
            setattr(user, name, value)
        if changes:
            user.initials = initials_of(user.name)
            user.save(update_fields=[*values, "initials"])
            trail.record(AccountVerb.EDIT_USER, by=by, obj=user, changes=changes)


def note_password_change(*, user: User, by: Actor, at: datetime) -> None:
    """Leave an event that a password was set; the password itself is in no event."""
    with open_trail(CHAIN, at=at) as trail:
        trail.record(AccountVerb.CHANGE_PASSWORD, by=by, obj=user)


def appoint(
    *, user: User, role: str, unit: Unit, by: Actor, at: datetime, since: date | None = None, until: date | None = None
) -> Appointment:
    """Give `user` the role over `unit` and everything below it.

    Raises `RuleViolation` where it would be one's own role, or where the person has it already.
    """
    if by is not None and by.pk == user.pk:
        raise RuleViolation(_("You cannot give yourself a role."), field="user")
    if Appointment.objects.filter(user=user, role=role, unit=unit).exists():
        raise RuleViolation(_("This person already has this role there."), field="role")
    with open_trail(CHAIN, at=at) as trail:
        appointment = Appointment.objects.create(user=user, role=role, unit=unit, since=since, until=until)
        trail.record(AccountVerb.APPOINT, by=by, obj=appointment, user=user.pk, role=str(role), unit=unit.pk)
        _open_admin_pages(user)
    user.__dict__.pop("_grants", None)
    return appointment


def dismiss(*, appointment: Appointment, by: Actor, at: datetime) -> None:
    """End an appointment; the event records what it was."""
    data: dict[str, Any] = {"user": appointment.user_id, "role": appointment.role, "unit": appointment.unit_id}
    with open_trail(CHAIN, at=at) as trail:
        trail.record(AccountVerb.DISMISS, by=by, obj=appointment, **data)
        appointment.delete()
        _open_admin_pages(appointment.user)


def _open_admin_pages(user: User) -> None:
    """The admin pages are open to those who administer the system and to superusers alone."""
    is_staff = user.is_superuser or user.appointments.filter(role=Role.SYSTEM_ADMIN).exists()
    if user.is_staff != is_staff:
        user.is_staff = is_staff
        user.save(update_fields=["is_staff"])
