from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from audit.models import Event
from core.exceptions import Forbidden, RuleViolation
from issues.models import Inspection
from issues.services import create_inspection, edit_inspection
from tests.factories import NOW, TODAY, Cast

pytestmark = pytest.mark.django_db


def _typed(inspection: Inspection, **changed: Any) -> dict[str, Any]:
    """What the browser sends when the page is filled as it is, but for `changed`."""
    return {
        "title": inspection.title,
        "inspected_by": "",
        "concentrated_from": inspection.concentrated_from,
        "concentrated_until": inspection.concentrated_until,
        "due_soon_days": 10,
        "look_back_months": 6,
        "week_ends_weekday": 5,
        "week_ends_at": "17:00",
        "light_on_course": "green",
        "light_due_soon": "yellow",
        "light_overdue": "red",
        "light_signed_off": "blue",
        **changed,
    }


def test_the_office_changes_a_setting_and_the_trail_tells_old_and_new(
    cast: Cast, page_of: Callable[[Any], Client]
) -> None:
    address = reverse("inspection_settings", args=[cast.inspection.code])
    response = page_of(cast.office).post(address, _typed(cast.inspection, due_soon_days=7))
    assert response.status_code == 302
    cast.inspection.refresh_from_db()
    assert cast.inspection.due_soon_days == 7
    event = Event.objects.get(verb="edit_inspection")
    assert '"due_soon_days":[10,7]' in event.text
    assert event.actor_id == cast.office.pk


def test_saving_without_a_change_leaves_no_event(cast: Cast) -> None:
    edit_inspection(inspection=cast.inspection, values={"title": cast.inspection.title}, by=cast.office, at=NOW)
    assert not Event.objects.filter(verb="edit_inspection").exists()


def test_a_period_that_ends_before_it_starts_is_told_at_the_field_and_nothing_is_lost(
    cast: Cast, page_of: Callable[[Any], Client]
) -> None:
    address = reverse("inspection_settings", args=[cast.inspection.code])
    typed = _typed(cast.inspection, title="A new title", concentrated_until=TODAY - timedelta(days=300))
    response = page_of(cast.office).post(address, typed)
    assert response.status_code == 422
    assert "A new title" in response.content.decode()
    cast.inspection.refresh_from_db()
    assert cast.inspection.title != "A new title"


@pytest.mark.parametrize(
    ("who", "status"),
    [("group", 403), ("leader", 403), ("inspector", 403), ("superuser", 404), ("stranger", 404), ("auditor", 404)],
)
def test_nobody_else_gets_at_the_settings(cast: Cast, page_of: Callable[[Any], Client], who: str, status: int) -> None:
    cast.measure()
    address = reverse("inspection_settings", args=[cast.inspection.code])
    assert page_of(getattr(cast, who)).get(address).status_code == status
    assert page_of(getattr(cast, who)).post(address, _typed(cast.inspection)).status_code == status
    with pytest.raises(Forbidden):
        edit_inspection(inspection=cast.inspection, values={}, by=getattr(cast, who), at=NOW)


def test_a_code_is_used_once_and_only_the_office_of_the_organisation_opens_an_inspection(cast: Cast) -> None:
    new = {"title": "Second round", "organisation": cast.organisation, "at": NOW}
    with pytest.raises(RuleViolation):
        create_inspection(code=cast.inspection.code, by=cast.office, **new)
    for person in (cast.stranger, cast.group, cast.superuser):
        with pytest.raises(Forbidden):
            create_inspection(code="second", by=person, **new)
    create_inspection(code="second", by=cast.office, **new)


@pytest.mark.parametrize(
    "values",
    [
        {"concentrated_from": date(2026, 3, 2), "concentrated_until": date(2026, 3, 2)},
        {"week_ends_weekday": 8},
        {"week_ends_weekday": 0},
    ],
)
def test_the_database_refuses_settings_that_cannot_be(cast: Cast, values: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Inspection.objects.filter(pk=cast.inspection.pk).update(**values)
