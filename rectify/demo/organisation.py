"""The sample organisation: a text with its units, people and task forces, and creating them through the services.

Three parts, each headed by a line `# `; fields divided by `|`; `// ` is a remark. People are named by their posts;
who has no `登录` at the end of the line is a post without a log-in.
"""

from collections.abc import Callable, Container
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import UNIT_ROLES, Role, Unit, User
from accounts.services import appoint, create_unit, create_user, put_in_charge
from core.exceptions import RuleViolation

ROLES = {
    "经办人": Role.OFFICER,
    "单位负责人": Role.UNIT_HEAD,
    "责任领导": Role.LEADER,
    "专班": Role.TASK_FORCE,
    "整改办": Role.OFFICE,
    "党组": Role.GROUP,
    "巡察组": Role.INSPECTOR,
    "审计管理员": Role.AUDITOR,
    "系统管理员": Role.SYSTEM_ADMIN,
}
LOGS_IN = "登录"


@dataclass(frozen=True)
class UnitLine:
    name: str
    leader: str
    parent: str = ""


@dataclass(frozen=True)
class PersonLine:
    name: str
    username: str
    unit: str
    roles: tuple[Role, ...]
    logs_in: bool


@dataclass(frozen=True)
class ForceLine:
    name: str
    head: str
    members: tuple[str, ...]


@dataclass
class OrganisationText:
    """What the text says; every name in it is known by the time that the line which uses it is read."""

    units: list[UnitLine] = field(default_factory=list)
    people: list[PersonLine] = field(default_factory=list)
    forces: list[ForceLine] = field(default_factory=list)

    def unit(self, line: str) -> None:
        name, leader = (*_fields(line, 1, 2), "")[:2]
        roots = [unit.name for unit in self.units if not unit.parent]
        if line[0].isspace() and not roots:
            raise ValueError("no unit above this one")
        self.units.append(UnitLine(name, leader, parent=roots[-1] if line[0].isspace() else ""))

    def person(self, line: str) -> None:
        name, username, unit, roles, *rest = _fields(line, 4, 5)
        _known(unit, {each.name for each in self.units})
        for role in roles.split("、"):
            _known(role, ROLES)
        if rest and rest != [LOGS_IN]:
            raise ValueError(f"expected {LOGS_IN!r} or nothing, got {rest[0]!r}")
        self.people.append(PersonLine(name, username, unit, tuple(ROLES[r] for r in roles.split("、")), bool(rest)))

    def force(self, line: str) -> None:
        name, head, members = _fields(line, 3, 3)
        for person in (head, *members.split("、")):
            _known(person, {each.name for each in self.people})
        self.forces.append(ForceLine(name, head, tuple(members.split("、"))))


def _fields(line: str, least: int, most: int) -> list[str]:
    fields = [part.strip() for part in line.split("|")]
    if not least <= len(fields) <= most or not all(fields):
        raise ValueError(f"expected {least} to {most} fields, got {line.strip()!r}")
    return fields


def _known(name: str, names: Container[str]) -> None:
    if name not in names:
        raise ValueError(f"unknown name {name!r}")


def read_organisation(text: str) -> OrganisationText:
    """Return what a text says of units, people and task forces. Raises `ValueError` naming the line that is wrong."""
    result = OrganisationText()
    parts: dict[str, Callable[[str], None]] = {"# 单位": result.unit, "# 人员": result.person, "# 专班": result.force}
    read: Callable[[str], None] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("//"):
            continue
        try:
            if line.startswith("#"):
                _known(line.strip(), parts)
                read = parts[line.strip()]
            elif read is None:
                raise ValueError("no heading above this line")
            else:
                read(line)
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
    for unit in result.units:
        if unit.leader and unit.leader not in {person.name for person in result.people}:
            raise ValueError(f"the leader of {unit.name} is not among the people: {unit.leader!r}")
    return result


@dataclass
class SampleStaff:
    """The created units and people, by the names of the text."""

    organisation: Unit
    units: dict[str, Unit]
    people: dict[str, User]
    text: OrganisationText

    def officers(self) -> dict[int, User]:
        """Return an officer for every unit that has one, by the key of the unit."""
        return {
            self.units[line.unit].pk: self.people[line.name] for line in self.text.people if Role.OFFICER in line.roles
        }

    def holder(self, role: Role) -> User:
        """Return who holds the role: a person who logs in rather than a post, the first of them."""
        holders = [line for line in self.text.people if role in line.roles]
        return self.people[min(holders, key=lambda line: not line.logs_in).name]


def make_organisation(text: OrganisationText, *, password: str, at: datetime) -> SampleStaff:
    """Make units, people and appointments, as the program itself. Raises `RuleViolation` where a name is taken."""
    _require_free(text)
    units: dict[str, Unit] = {}
    for unit in text.units:
        units[unit.name] = create_unit(name=unit.name, parent=units.get(unit.parent), by=None, at=at)
    organisation = units[text.units[0].name]
    people: dict[str, User] = {}
    for line in text.people:
        secret = password if line.logs_in else None
        user = create_user(
            username=line.username, name=line.name, unit=units[line.unit], password=secret, by=None, at=at
        )
        people[line.name] = user
        for role in line.roles:
            if role != Role.TASK_FORCE:
                over = units[line.unit] if role in UNIT_ROLES else organisation
                appoint(user=user, role=role, unit=over, by=None, at=at)
    for unit in text.units:
        if unit.leader:
            put_in_charge(unit=units[unit.name], leader=people[unit.leader], by=None, at=at)
    return SampleStaff(organisation=organisation, units=units, people=people, text=text)


def _require_free(text: OrganisationText) -> None:
    """The sample never joins what is there already: a real unit or log-in of the same name stays what it is."""
    roots = [unit.name for unit in text.units if not unit.parent]
    taken = list(Unit.objects.filter(parent=None, name__in=roots).values_list("name", flat=True))
    usernames = [person.username for person in text.people]
    taken += User.objects.filter(username__in=usernames).values_list("username", flat=True)
    if taken:
        names = {"names": ", ".join(taken)}
        raise RuleViolation(_("The sample inspection needs names that are already taken: %(names)s.") % names)
