"""The people of synthetic inspections: a city with an office that sees all, and an organisation for each inspection."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.contrib.auth.hashers import make_password

from accounts.models import Appointment, Role, Unit, User
from accounts.services import CHAIN
from audit.services import open_trail
from core.search import initials_of
from tools.synthesize.verbs import SynthesizeVerb

CITY = "合成数据市"
DEPARTMENTS = (
    "办公室",
    "机关党委",
    "人事科",
    "财务科",
    "规划科",
    "建设科",
    "法规科",
    "执法支队",
    "质量中心",
    "服务中心",
    "管网所",
    "信息中心",
)
LEADERS = ("主要负责人", "党组副书记", "分管建设副职", "分管运行副职", "总工程师")
BATCH = 2000


@dataclass
class SyntheticStaff:
    """One organisation: its units, an officer for each of them in the same order, leaders, and who decides."""

    organisation: Unit
    units: list[Unit] = field(default_factory=list)
    officers: list[User] = field(default_factory=list)
    leaders: list[User] = field(default_factory=list)
    office: list[User] = field(default_factory=list)
    group: list[User] = field(default_factory=list)


@dataclass
class _Draft:
    """People on their way into the database, each with the role and where it is held."""

    password: str
    people: list[User] = field(default_factory=list)
    roles: list[tuple[Role, Unit]] = field(default_factory=list)

    def add(self, username: str, name: str, unit: Unit, role: Role) -> User:
        person = User(username=username, name=name, initials=initials_of(name), unit=unit, password=self.password)
        self.people.append(person)
        self.roles.append((role, unit))
        return person

    def save(self) -> None:
        User.objects.bulk_create(self.people, batch_size=BATCH)
        appointed = zip(self.people, self.roles, strict=True)
        rows = [Appointment(user=person, role=role, unit=unit) for person, (role, unit) in appointed]
        Appointment.objects.bulk_create(rows, batch_size=BATCH)


def make_organisations(codes: list[str], *, password: str, at: datetime) -> list[SyntheticStaff]:
    """Create an organisation for each code, below one city; all log in with the same password. One event for all."""
    city = _saved([Unit(name=CITY, initials=initials_of(CITY))])[0]
    organisations = _organisations(city, codes)
    draft = _Draft(make_password(password))
    draft.add("mass-office", "市整改办", city, Role.OFFICE)
    draft.add("mass-leader", "市分管领导", city, Role.LEADER)
    for code, staff in zip(codes, organisations, strict=True):
        _people(draft, code, staff)
    draft.save()
    with open_trail(CHAIN, at=at) as trail:
        trail.record(SynthesizeVerb.SYNTHESIZE, by=None, obj=city, units=len(organisations), users=len(draft.people))
    return organisations


def _organisations(city: Unit, codes: list[str]) -> list[SyntheticStaff]:
    names = [f"合成数据局{number:04}" for number in range(1, len(codes) + 1)]
    roots = _saved(_unit(name, city, place) for place, name in enumerate(names, 1))
    below = _saved(_unit(name, root, place) for root in roots for place, name in enumerate(DEPARTMENTS, 1))
    each = len(DEPARTMENTS)
    return [SyntheticStaff(root, below[n * each : (n + 1) * each]) for n, root in enumerate(roots)]


def _unit(name: str, parent: Unit, position: int) -> Unit:
    return Unit(name=name, parent=parent, position=position, initials=initials_of(name))


def _saved(units: Iterable[Unit]) -> list[Unit]:
    """Save units with the paths that their keys give."""
    created = Unit.objects.bulk_create(units, batch_size=BATCH)
    for unit in created:
        unit.path = f"{unit.parent.path if unit.parent else '/'}{unit.pk}/"
    Unit.objects.bulk_update(created, ["path"], batch_size=500)
    return created


def _people(draft: _Draft, code: str, staff: SyntheticStaff) -> None:
    top, name = staff.organisation, staff.organisation.name
    staff.office = [draft.add(f"{code}-office", f"{name}整改办联络员", top, Role.OFFICE)]
    staff.group = [draft.add(f"{code}-group", f"{name}党组秘书", top, Role.GROUP)]
    for number, post in enumerate(LEADERS, 1):
        staff.leaders.append(draft.add(f"{code}-leader-{number}", f"{name}{post}", top, Role.LEADER))
    for number, unit in enumerate(staff.units, 1):
        staff.officers.append(draft.add(f"{code}-unit-{number:02}", f"{name}{unit.name}经办人", unit, Role.OFFICER))
