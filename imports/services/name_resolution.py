"""Names in a source → units and leaders of the system; unknown ones are listed, mapped by hand or created."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q

from accounts.models import Actor, Unit, User
from accounts.services import create_post, create_unit
from issues.models import Inspection
from readers.notice.summary import issues_of
from readers.tree import Reading


@dataclass
class Names:
    """Units and leaders by the names that a source uses. `organisation` is None while it is not known itself."""

    organisation: Unit | None
    units: dict[str, Unit] = field(default_factory=dict)
    leaders: dict[str, User] = field(default_factory=dict)
    missing_units: list[str] = field(default_factory=list)
    missing_leaders: list[str] = field(default_factory=list)

    @property
    def are_all_known(self) -> bool:
        return not self.missing_units and not self.missing_leaders


def _wanted_units(reading: Reading) -> Iterator[str]:
    for issue in issues_of(reading):
        yield issue.lead_unit
        for measure in issue.measures:
            yield measure.lead_unit
            yield from measure.supporting_units


def _wanted_leaders(reading: Reading) -> Iterator[str]:
    for issue in issues_of(reading):
        yield issue.leader
        yield from (measure.leader for measure in issue.measures)


def resolve(
    reading: Reading,
    *,
    organisation: Unit | None,
    mapping: Mapping[str, Mapping[str, int]],
    inspection: Inspection | None = None,
) -> Names:
    """Look up every name of the source; `mapping` goes before all, then come the names that the ledger uses already.

    After these come those below the organisation, then units anywhere. `mapping` holds what a person chose:
    `{"units": {name: id}, "leaders": {name: id}}`.
    """
    names = Names(organisation=organisation)
    path = (organisation.path or "") if organisation else "/none/"
    wanted_units = list(dict.fromkeys(filter(None, _wanted_units(reading))))
    wanted_leaders = list(dict.fromkeys(filter(None, _wanted_leaders(reading))))
    units, users = known_units(path, inspection), known_leaders(path, inspection)
    chosen_units = Unit.objects.in_bulk(mapping.get("units", {}).values())
    chosen_leaders = User.objects.in_bulk(mapping.get("leaders", {}).values())
    for name in wanted_units:
        unit = chosen_units.get(mapping.get("units", {}).get(name, 0)) or units.get(name)
        if unit:
            names.units[name] = unit
        else:
            names.missing_units.append(name)
    for name in wanted_leaders:
        leader = chosen_leaders.get(mapping.get("leaders", {}).get(name, 0)) or users.get(name)
        if leader:
            names.leaders[name] = leader
        else:
            names.missing_leaders.append(name)
    return names


def known_units(path: str, inspection: Inspection | None = None) -> dict[str, Unit]:
    """Units by name and short name; those below the organisation win over others of the same name."""
    known: dict[str, Unit] = {}
    for unit in sorted(Unit.objects.filter(is_active=True), key=lambda unit: (unit.path or "").startswith(path)):
        known |= {name: unit for name in (unit.short_name, unit.name) if name}
    if inspection is not None:
        in_use = Q(measures__inspection=inspection) | Q(supported_measures__inspection=inspection)
        for unit in Unit.objects.filter(in_use).distinct():
            known |= {name: unit for name in (unit.short_name, unit.name) if name}
    return known


def known_leaders(path: str, inspection: Inspection | None = None) -> dict[str, User]:
    """People and posts of the organisation by name."""
    people = User.objects.filter(is_active=True, unit__path__startswith=path).order_by("-id")
    known = {person.name: person for person in people}
    if inspection is not None:
        in_use = User.objects.filter(measures__inspection=inspection).distinct().order_by("-id")
        known |= {person.name: person for person in in_use}
    return known


def make_missing(names: Names, *, by: Actor, at: datetime) -> None:
    """Create what is missing: units below the organisation, leaders as posts that cannot log in."""
    assert names.organisation is not None
    for name in names.missing_units:
        names.units[name] = create_unit(name=name, parent=names.organisation, by=by, at=at)
    for name in names.missing_leaders:
        names.leaders[name] = create_post(name=name, organisation=names.organisation, by=by, at=at)
    names.missing_units, names.missing_leaders = [], []
