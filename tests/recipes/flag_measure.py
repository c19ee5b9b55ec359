"""A unit says that a measure needs attention; the measure stays as it is, the history says why."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from measures.models import Measure
from tests.api.client import ApiClient
from tests.factories import Cast
from tests.measures.trail_checks import REASON, event, rows

pytestmark = pytest.mark.django_db
PageOf = Callable[[Any], Client]
STATES = ("planned", "in_progress", "submitted")


@pytest.mark.parametrize("state", STATES)
def test_those_who_lead_the_work_are_offered_it_until_it_is_done(cast: Cast, page_of: PageOf, state: str) -> None:
    measure = cast.measure(status=state, supporting_units=[cast.parks])
    page, form = reverse("measure", args=[measure.pk]), reverse("flag_measure", args=[measure.pk])
    for who in ("office", "group", "leader", "roads_officer", "roads_head", "parks_officer"):
        person = getattr(cast, who)
        may = who.startswith("roads") and state != "submitted"
        assert (f'href="{form}"' in page_of(person).get(page).content.decode()) == may, who
        assert ("flag" in ApiClient(person).get(f"measures/{measure.pk}/").json()["abilities"]) == may, who


def test_on_its_page(cast: Cast, page_of: PageOf) -> None:
    measure, client = cast.measure(), page_of(cast.roads_officer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    page = reverse("flag_measure", args=[measure.pk])
    assert "<h1>标记措施</h1>" in client.get(page).content.decode()
    assert client.post(page, {"reason": "too short"}).status_code == 422
    after = client.post(page, {"reason": REASON}, follow=True).content.decode()
    assert "已标记。" in after
    assert event("flag_measure") == (cast.roads_officer.pk, {"reason": REASON})
    assert Measure.objects.get(pk=measure.pk).status == "planned"
    history = client.get(f"{reverse('measure', args=[measure.pk])}?tab=history").content.decode()
    assert "标记了措施" in history
    assert REASON in history
    assert page_of(cast.office).post(page, {"reason": REASON}).status_code == 403


def test_by_the_api(cast: Cast) -> None:
    measure, caller = cast.measure(), ApiClient(cast.roads_head)
    assert caller.post(f"measures/{measure.pk}/flag/", reason=REASON).status_code == 200
    assert event("flag_measure") == (cast.roads_head.pk, {"reason": REASON})
    labels = [entry["label"] for entry in caller.get(f"measures/{measure.pk}/history/").json()]
    assert "flagged the measure" in labels
    assert ApiClient(cast.office).post(f"measures/{measure.pk}/flag/", reason=REASON).status_code == 403


def test_a_measure_under_review_is_not_flagged(cast: Cast) -> None:
    measure, before = cast.measure(status="submitted"), rows()
    assert ApiClient(cast.roads_head).post(f"measures/{measure.pk}/flag/", reason=REASON).status_code == 422
    assert rows() == before
