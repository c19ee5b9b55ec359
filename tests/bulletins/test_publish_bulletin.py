"""Publishing gives the number, witnesses the trail, and ends every change."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection

from audit.models import Event
from audit.services import verify
from bulletins.models import Bulletin
from bulletins.services import draft_bulletin, next_number, publish_bulletin
from bulletins.services.lifecycle import content_hash
from core.exceptions import Conflict, Forbidden, RuleViolation
from reporting.models import Week
from tests.bulletins.two_weeks import FIRST, FRIDAY, OTHERS, TwoWeeks, second_inspection
from tests.measures.trail_checks import events

pytestmark = pytest.mark.django_db


def test_it_gets_its_number_and_the_event_that_its_foot_tells(scene: TwoWeeks) -> None:
    bulletin = scene.edited(scene.draft())
    assert next_number(bulletin, year=2026) == 1
    scene.published(bulletin)
    bulletin.refresh_from_db()
    assert (bulletin.status, bulletin.number_year, bulletin.number, bulletin.published_by) == (
        "published",
        2026,
        1,
        scene.office,
    )
    event = Event.objects.get(verb="publish_bulletin")
    assert (bulletin.chain_seq, bulletin.chain_hash) == (event.seq, event.hash)
    data = json.loads(event.text)["data"]
    assert (data["number"], data["sha256"]) == (1, content_hash(bulletin))
    assert verify([scene.inspection.chain])[2] == []


def test_numbers_count_through_the_inspections_of_one_organisation(scene: TwoWeeks) -> None:
    first, second = scene.draft(FIRST), scene.draft()
    other = second_inspection(scene)
    assert [scene.published(each).number for each in (second, other, first)] == [1, 2, 3]


def test_each_calendar_year_begins_with_one(scene: TwoWeeks) -> None:
    first, second = scene.draft(FIRST), scene.draft()
    scene.published(first)
    scene.published(second, at=FRIDAY + timedelta(days=330))
    assert [(each.number_year, each.number) for each in (first, second)] == [(2026, 1), (2027, 1)]


def test_who_saw_an_older_text_does_not_publish_the_newer_one(scene: TwoWeeks) -> None:
    bulletin = scene.edited(scene.draft())
    with pytest.raises(Conflict):
        publish_bulletin(bulletin=bulletin, version=1, by=scene.office, at=FRIDAY)


def test_it_is_published_once(scene: TwoWeeks) -> None:
    bulletin = scene.published()
    with pytest.raises(Conflict):
        publish_bulletin(bulletin=bulletin, version=1, by=scene.second_office, at=FRIDAY)
    assert len(events("publish_bulletin")) == 1


def test_nobody_but_the_office_publishes(scene: TwoWeeks) -> None:
    bulletin = scene.draft()
    for who in OTHERS:
        with pytest.raises(Forbidden):
            publish_bulletin(bulletin=bulletin, version=1, by=getattr(scene, who), at=FRIDAY)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_many_published_at_once_each_gets_a_number_and_none_is_left_out(scene: TwoWeeks) -> None:
    """Two inspections of one organisation, so that no single chain puts the writers in order."""
    drafts = [scene.draft(FIRST), scene.draft(), second_inspection(scene)]
    other = drafts[-1].inspection
    later = FRIDAY + timedelta(days=60)
    for number in (11, 12, 13, 14, 15):
        for inspection in (scene.inspection, other):
            scene.inspection, stored = inspection, scene.inspection
            drafts.append(draft_bulletin(snapshot=scene.snapshot(Week(2026, number), later), by=None, at=later))
            scene.inspection = stored
    barrier = Barrier(len(drafts))

    def one(bulletin: Bulletin) -> bool:
        try:
            mine = Bulletin.objects.select_related("inspection", "organisation").get(pk=bulletin.pk)
            barrier.wait(timeout=30)
            publish_bulletin(bulletin=mine, version=1, by=scene.office, at=later)
        except RuleViolation:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(len(drafts)) as pool:
        assert all(pool.map(one, drafts, timeout=60))
    numbers = Bulletin.objects.filter(number_year=2026).order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, len(drafts) + 1))
    assert verify([scene.inspection.chain, other.chain])[2] == []
