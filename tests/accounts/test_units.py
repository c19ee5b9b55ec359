import pytest
from django.db import IntegrityError, transaction

from accounts.models import Appointment, Role, Unit
from accounts.permissions import grants_of
from accounts.services import appoint, create_unit, dismiss, edit_unit, move_unit
from audit.models import Event
from core.exceptions import RuleViolation
from tests.factories import NOW, Cast, unit, user

pytestmark = pytest.mark.django_db


def test_a_subtree_is_one_prefix_and_moves_as_one() -> None:
    city, other = unit("City"), unit("Other city")
    cast = unit("Bureau", parent=city)
    office = unit("Office", parent=cast)
    move_unit(unit=cast, parent=other, by=None, at=NOW)
    office.refresh_from_db()
    assert office.path == f"/{other.pk}/{cast.pk}/{office.pk}/"
    assert set(Unit.objects.within(other.path or "")) == {other, cast, office}
    assert list(Unit.objects.within(city.path or "")) == [city]


def test_a_unit_cannot_be_moved_below_itself() -> None:
    city = unit("City")
    cast = unit("Bureau", parent=city)
    with pytest.raises(RuleViolation):
        move_unit(unit=city, parent=cast, by=None, at=NOW)
    with pytest.raises(RuleViolation):
        edit_unit(unit=city, values={"parent": city}, by=None, at=NOW)


def test_unit_12_is_not_below_unit_1() -> None:
    first = unit("First")
    Unit.objects.filter(pk=first.pk).update(path="/1/")
    twelfth = unit("Twelfth")
    Unit.objects.filter(pk=twelfth.pk).update(path="/12/")
    assert list(Unit.objects.within("/1/")) == [first]


def test_two_units_of_one_name_below_one_parent_are_refused_by_the_database() -> None:
    unit("Bureau")
    with pytest.raises(IntegrityError), transaction.atomic():
        create_unit(name="Bureau", parent=None, by=None, at=NOW)


def test_an_appointment_holds_below_its_unit_only_and_within_its_dates(cast: Cast) -> None:
    assert grants_of(cast.roads_officer).holds([Role.OFFICER], cast.roads)
    assert not grants_of(cast.roads_officer).holds([Role.OFFICER], cast.parks)
    assert not grants_of(cast.roads_officer).holds([Role.OFFICER], cast.organisation)
    Appointment.objects.filter(user=cast.roads_officer).update(until=NOW.date().replace(year=2020))
    del cast.roads_officer._grants
    assert not grants_of(cast.roads_officer).holds([Role.OFFICER], cast.roads)


def test_an_inactive_person_and_a_superuser_without_a_role_are_granted_nothing(cast: Cast) -> None:
    cast.office.is_active = False
    assert grants_of(cast.office).roles_and_paths == ()
    assert grants_of(cast.superuser).roles_and_paths == ()


def test_nobody_gives_themselves_a_role(cast: Cast) -> None:
    with pytest.raises(RuleViolation):
        appoint(user=cast.system_admin, role=Role.GROUP, unit=cast.organisation, by=cast.system_admin, at=NOW)


def test_the_admin_pages_open_and_close_with_the_role_of_system_administrator(cast: Cast) -> None:
    person = user("New admin", over=cast.organisation)
    made = appoint(user=person, role=Role.SYSTEM_ADMIN, unit=cast.organisation, by=cast.system_admin, at=NOW)
    assert person.is_staff
    dismiss(appointment=made, by=cast.system_admin, at=NOW)
    person.refresh_from_db()
    assert not person.is_staff
    verbs = Event.objects.filter(chain__key="accounts").order_by("seq").values_list("verb", flat=True)
    assert list(verbs)[-2:] == ["appoint", "dismiss"]


def test_a_task_force_is_no_appointment(cast: Cast) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(user=cast.office, role=Role.TASK_FORCE, unit=cast.organisation)
