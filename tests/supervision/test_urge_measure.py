"""Urging: one click of a leader or the office, at most once a day for a measure and for a unit."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from audit.models import Event
from core.exceptions import Forbidden, RuleViolation
from supervision.models import Urge
from supervision.services import urge_measure, urge_unit
from tests.api.client import ApiClient, problem_of
from tests.database_constraints import put, refused_by
from tests.factories import NOW, TODAY, Cast
from tests.html_pages import Page, followed

pytestmark = pytest.mark.django_db
YESTERDAY, TOMORROW = TODAY - timedelta(days=1), NOW + timedelta(days=1)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.parametrize("who", ["leader", "office"])
def test_a_leader_and_the_office_urge(cast: Cast, who: str) -> None:
    measure = cast.measure()
    urge = urge_measure(measure=measure, by=getattr(cast, who), at=NOW)
    assert (urge.measure, urge.unit, urge.on) == (measure, cast.roads, TODAY)
    event = Event.objects.get(verb="urge_measure")
    assert (event.object_id, event.actor_id) == (measure.pk, getattr(cast, who).pk)


@pytest.mark.parametrize("who", ["group", "inspector", "roads_officer", "roads_head", "superuser", "system_admin"])
def test_nobody_else_does(cast: Cast, who: str) -> None:
    measure = cast.measure(deadline=YESTERDAY)
    with pytest.raises(Forbidden):
        urge_measure(measure=measure, by=getattr(cast, who), at=NOW)
    with pytest.raises(Forbidden):
        urge_unit(inspection=cast.inspection, unit=cast.roads, by=getattr(cast, who), at=NOW)
    assert not Urge.objects.exists()


def test_a_measure_is_urged_once_a_day_whoever_does_it(cast: Cast) -> None:
    measure = cast.measure()
    urge_measure(measure=measure, by=cast.leader, at=NOW)
    with pytest.raises(RuleViolation, match="Leader has already urged this today"):
        urge_measure(measure=measure, by=cast.office, at=NOW)
    assert Event.objects.filter(verb="urge_measure").count() == 1
    urge_measure(measure=measure, by=cast.office, at=TOMORROW)
    assert Urge.objects.count() == 2


@pytest.mark.parametrize("status", ["submitted", "signed_off", "cancelled"])
def test_what_nobody_can_move_on_is_not_urged(cast: Cast, status: str) -> None:
    extra = {"cancellation_reason": "No longer needed"} if status == "cancelled" else {}
    with pytest.raises(RuleViolation):
        urge_measure(measure=cast.measure(status=status, **extra), by=cast.office, at=NOW)


def test_a_measure_of_nobody_is_not_urged(cast: Cast) -> None:
    with pytest.raises(RuleViolation, match="no lead unit"):
        urge_measure(measure=cast.measure(lead_unit=None), by=cast.office, at=NOW)


def test_a_unit_is_urged_for_all_that_it_has_overdue(cast: Cast) -> None:
    for days in (1, 2, -3):
        cast.measure(deadline=TODAY - timedelta(days=days))
    cast.measure(deadline=YESTERDAY, status="submitted")
    urge = urge_unit(inspection=cast.inspection, unit=cast.roads, by=cast.leader, at=NOW)
    assert urge.measures == 2
    with pytest.raises(RuleViolation, match="Leader has already urged this today"):
        urge_unit(inspection=cast.inspection, unit=cast.roads, by=cast.office, at=NOW)
    with pytest.raises(RuleViolation, match="Nothing of this unit is overdue"):
        urge_unit(inspection=cast.inspection, unit=cast.parks, by=cast.office, at=NOW)


def test_the_database_knows_it_too(cast: Cast) -> None:
    measure = cast.measure()
    row: dict[str, Any] = {"inspection": cast.inspection, "unit": cast.roads, "by": cast.office, "at": NOW}
    put(Urge, measure=measure, on=TODAY, **row)
    with refused_by("supervision", "urge_measure_once_a_day"):
        put(Urge, measure=measure, on=TODAY, **row)
    put(Urge, on=TODAY, **row)
    with refused_by("supervision", "urge_unit_once_a_day"):
        put(Urge, on=TODAY, **row)
    with refused_by("supervision", "urge_of_something"):
        put(Urge, on=YESTERDAY, measures=0, **row)


def test_the_button_on_the_page_of_a_measure(cast: Cast, page_of: Callable[[Any], Client]) -> None:
    measure = cast.measure()
    address = reverse("measure", args=[measure.pk])
    button = f"//form[@action='/measures/{measure.pk}/urge/']//button"
    leader = page_of(cast.leader)
    assert Page(leader.get(address)).texts(button) == ["Urge"]
    assert Page(page_of(cast.roads_officer).get(address)).texts(button) == []
    page = followed(leader, reverse("urge_measure", args=[measure.pk]))
    assert page.toasts() == ["Roads was urged."]
    assert page.texts(button) == []
    assert "Urged today" in page.html
    assert "urged the lead unit" in Page(leader.get(f"{address}?tab=history")).html


def test_the_overdue_list_of_the_dashboard_urges_and_stays_there(
    cast: Cast, page_of: Callable[[Any], Client], queries: Callable[[Callable[[], Any]], int]
) -> None:
    measure = cast.measure(deadline=YESTERDAY)
    dashboard = reverse("inspection", args=[cast.inspection.code])
    leader = page_of(cast.leader)
    few = queries(lambda: leader.get(dashboard))
    for _each in range(5):
        cast.measure(deadline=YESTERDAY)
    assert queries(lambda: leader.get(dashboard)) == few
    page = followed(leader, reverse("urge_measure", args=[measure.pk]), {"next": dashboard})
    assert page.text("//h1") == cast.inspection.title
    foreign = leader.post(reverse("urge_measure", args=[measure.pk]), {"next": "https://elsewhere.example/"})
    assert foreign["Location"] == f"/measures/{measure.pk}/"


def test_the_page_of_late_units(cast: Cast, page_of: Callable[[Any], Client]) -> None:
    for days in (1, 9):
        cast.measure(deadline=TODAY - timedelta(days=days))
    cast.measure(deadline=YESTERDAY, lead_unit=cast.parks)
    address, office = reverse("urges", args=[cast.inspection.code]), page_of(cast.office)
    assert [row[:3] for row in Page(office.get(address)).table("Unit")] == [
        ["Roads", "2", "9 days late"],
        ["Parks", "1", "1 day late"],
    ]
    page = followed(office, address, {"unit": cast.roads.pk})
    assert page.toasts() == ["Roads was urged for 2 overdue measures."]
    assert "Urged today" in page.table("Unit")[0][3]
    assert page.texts("//main//form//button") == ["Urge"]
    assert followed(office, address, {"unit": "x"}).toasts() == ["Nothing of this unit is overdue."]


def test_by_the_api(cast: Cast) -> None:
    measure = cast.measure()
    leader = ApiClient(cast.leader)
    assert leader.post(f"measures/{measure.pk}/urge/").status_code == 200
    again = leader.post(f"measures/{measure.pk}/urge/")
    assert again.status_code == 422
    assert "already urged this today" in problem_of(again)["detail"]
    assert ApiClient(cast.roads_officer).post(f"measures/{measure.pk}/urge/").status_code == 403
    assert ApiClient(cast.parks_officer).post(f"measures/{measure.pk}/urge/").status_code == 404
