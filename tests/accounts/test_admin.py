from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import Appointment, Role, Unit, User
from audit.models import Event
from measures.models import Measure
from tests.factories import Cast

pytestmark = pytest.mark.django_db


def test_the_system_administrator_makes_a_unit_a_user_and_an_appointment_and_each_leaves_an_event(
    cast: Cast, page_of: Callable[[Any], Client]
) -> None:
    page = page_of(cast.system_admin)
    page.post(
        "/admin/accounts/unit/add/",
        {"name": "Lighting", "short_name": "", "parent": cast.organisation.pk, "is_active": "on"},
    )
    lighting = Unit.objects.get(name="Lighting")
    assert lighting.path == f"{cast.organisation.path}{lighting.pk}/"
    page.post(
        "/admin/accounts/user/add/",
        {
            "username": "lamp",
            "name": "Officer of lighting",
            "unit": lighting.pk,
            "usable_password": "true",
            "password1": "a-lamp-that-shines",
            "password2": "a-lamp-that-shines",
        },
    )
    lamp = User.objects.get(username="lamp")
    assert lamp.check_password("a-lamp-that-shines")
    page.post("/admin/accounts/appointment/add/", {"user": lamp.pk, "role": Role.OFFICER, "unit": lighting.pk})
    assert Appointment.objects.filter(user=lamp, role=Role.OFFICER, unit=lighting).exists()
    verbs = Event.objects.filter(chain__key="accounts", actor_id=cast.system_admin.pk).order_by("seq")
    assert list(verbs.values_list("verb", flat=True)) == ["create_unit", "create_user", "appoint"]


def test_changing_an_account_keeps_what_the_form_does_not_show(cast: Cast, page_of: Callable[[Any], Client]) -> None:
    person = cast.roads_officer
    page_of(cast.system_admin).post(
        f"/admin/accounts/user/{person.pk}/change/",
        {"username": person.username, "name": "Renamed", "email": "", "unit": cast.parks.pk, "is_active": "on"},
    )
    person.refresh_from_db()
    assert (person.name, person.unit, person.check_password("secret")) == ("Renamed", cast.parks, True)


def test_the_administrator_gives_themselves_no_role(cast: Cast, page_of: Callable[[Any], Client]) -> None:
    admin = cast.system_admin
    response = page_of(admin).post(
        "/admin/accounts/appointment/add/", {"user": admin.pk, "role": Role.GROUP, "unit": cast.organisation.pk}
    )
    assert "You cannot give yourself a role." in response.content.decode()
    assert not Appointment.objects.filter(user=admin, role=Role.GROUP).exists()


@pytest.mark.parametrize("who", ["office", "group", "roads_officer", "auditor"])
def test_nobody_else_gets_into_the_admin_pages(cast: Cast, page_of: Callable[[Any], Client], who: str) -> None:
    for address in ("/admin/", "/admin/accounts/user/add/", "/admin/measures/measure/"):
        assert page_of(getattr(cast, who)).get(address).status_code in (302, 403)


def test_business_records_can_be_neither_added_nor_changed_nor_deleted_there_not_even_by_a_superuser(
    cast: Cast, page_of: Callable[[Any], Client]
) -> None:
    measure = cast.measure()
    page = page_of(cast.superuser)
    for action in ("add/", f"{measure.pk}/change/", f"{measure.pk}/delete/"):
        response = page.post(f"/admin/measures/measure/{action}", {"text": "x", "status": "signed_off"})
        assert response.status_code in (302, 403)
    assert list(Measure.objects.values_list("text", "status")) == [(measure.text, "planned")]


def test_a_superuser_without_a_role_sees_no_business_record(cast: Cast, page_of: Callable[[Any], Client]) -> None:
    measure = cast.measure()
    assert measure.text not in page_of(cast.superuser).get("/admin/measures/measure/").content.decode()
