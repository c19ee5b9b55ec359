"""Who is reminded of a measure: roles of the escalation turned into people, set by set and not measure by measure.

Officers and heads are those of the lead unit: it starts, extends and applies; supporting units are not answerable for
the deadline. A role is given over a unit and everything below it, but of what falls due the nearest holder above it is
reminded: who is officer of the whole bureau hears of a unit only where the unit has none of its own.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import Q

from accounts.models import Appointment, Role, Unit, User
from issues.models import Inspection, TaskForce
from measures.models import Measure

OF_THE_UNIT = (Role.OFFICER, Role.UNIT_HEAD)
OF_THE_ORGANISATION = (Role.GROUP, Role.OFFICE)
RECIPIENTS = (Role.OFFICER, Role.UNIT_HEAD, Role.LEADER, Role.TASK_FORCE, Role.OFFICE, Role.GROUP)
"""Roles that a step may name; `leader` is the responsible leader of the measure, `task_force` that of its issue."""


class Holders:
    """Active people by role and unit on one day; read once, then looked up."""

    def __init__(self, day: date) -> None:
        self.paths = {pk: path or "" for pk, path in Unit.objects.values_list("pk", "path")}
        self._people: dict[tuple[str, str], list[int]] = {}
        wanted = [*OF_THE_UNIT, *OF_THE_ORGANISATION]
        rows = Appointment.objects.in_force(day).filter(role__in=wanted, user__is_active=True)
        for role, path, person in rows.order_by("user").values_list("role", "unit__path", "user"):
            self._people.setdefault((role, path or ""), []).append(person)

    def nearest(self, role: str, unit_id: int | None, *, among: Callable[[int], bool] | None = None) -> list[int]:
        """Return who holds the role at the unit, or at the nearest one above it that has anybody (`among` whom)."""
        path = self.paths.get(unit_id or 0, "")
        while path:
            people = [person for person in self._people.get((role, path), []) if among is None or among(person)]
            if people:
                return people
            path = path[: path[:-1].rfind("/") + 1].removesuffix("/")
            path = f"{path}/" if path else ""
        return []


@dataclass
class Duty:
    """What one person answers for: units by role, inspections by role, task forces; and the measures they lead."""

    person_id: int
    units: dict[str, set[int]] = field(default_factory=dict)
    inspections: dict[str, set[int]] = field(default_factory=dict)
    forces: set[int] = field(default_factory=set)

    def condition(self) -> Q:
        """Return the condition that a measure is one of those, for one query over all of them."""
        units = set().union(*self.units.values())
        inspections = set().union(*self.inspections.values())
        condition = Q(leader=self.person_id)
        condition |= Q(lead_unit__in=units) if units else Q()
        condition |= Q(inspection__in=inspections) if inspections else Q()
        return condition | Q(issue__task_force__in=self.forces) if self.forces else condition

    def roles_for(
        self, inspection: int, lead_unit: int | None, leader: int | None, force: int | None
    ) -> frozenset[str]:
        """Return in which roles the person is reminded of such a measure."""
        roles = {str(role) for role, units in self.units.items() if lead_unit in units}
        roles |= {str(role) for role, inspections in self.inspections.items() if inspection in inspections}
        if leader == self.person_id:
            roles.add(Role.LEADER.value)
        if force is not None and force in self.forces:
            roles.add(Role.TASK_FORCE.value)
        return frozenset(roles)


@dataclass
class Duties:
    """The duties of all people on one day."""

    day: date
    by_person: dict[int, Duty] = field(default_factory=dict)

    @cached_property
    def holders(self) -> Holders:
        return Holders(self.day)

    def of(self, person: int) -> Duty:
        return self.by_person.setdefault(person, Duty(person))

    def load(self) -> "Duties":
        """Read who answers for anything unfinished; a handful of queries, however many measures there are."""
        open_ones = Measure.objects.unfinished().order_by()
        units = open_ones.exclude(lead_unit=None).values_list("lead_unit", flat=True).distinct()
        for unit in units:
            for role in OF_THE_UNIT:
                for person in self.holders.nearest(role, unit):
                    self.of(person).units.setdefault(role, set()).add(unit)
        for inspection, organisation in Inspection.objects.values_list("pk", "organisation"):
            for role in OF_THE_ORGANISATION:
                for person in self.holders.nearest(role, organisation):
                    self.of(person).inspections.setdefault(role, set()).add(inspection)
        for leader in open_ones.filter(leader__is_active=True).values_list("leader", flat=True).distinct():
            self.of(leader)
        members = TaskForce.members.through.objects.filter(user__is_active=True)
        for force, person in members.values_list("taskforce", "user"):
            self.of(person).forces.add(force)
        return self


def people(ids: Iterable[int | None]) -> list[User]:
    """Return the active ones of these people, each once."""
    return list(User.objects.filter(pk__in={pk for pk in ids if pk}, is_active=True).order_by("pk"))


def workers_of(unit_id: int | None, holders: Holders) -> list[int]:
    """Return the officers and heads of a lead unit."""
    return [person for role in OF_THE_UNIT for person in holders.nearest(role, unit_id)]
