"""The draft of a week: figures of its snapshot, lists of its moment, made once."""

from datetime import timedelta
from typing import Any

import pytest

from bulletins import tasks
from bulletins.models import Bulletin
from bulletins.services import draft_bulletin
from bulletins.services.content import content_of
from core.exceptions import Forbidden, RuleViolation
from issues.services import approve_disclosure, propose_disclosure
from issues.services.disclosing import Proposal
from measures.services import hand_over
from reporting.models import Snapshot
from tests.bulletins.two_weeks import FIRST, FRIDAY, SECOND, TwoWeeks, codes
from tests.factories import NOW
from tests.measures.trail_checks import events
from tests.signoffs.review_setup import GROUND, REASON

pytestmark = pytest.mark.django_db


def test_the_figures_are_those_of_the_snapshot(scene: TwoWeeks) -> None:
    bulletin, taken = scene.draft(), scene.snapshot()
    measures, issues = bulletin.content["overall"]["measures"], bulletin.content["overall"]["issues"]
    expected = {
        "total": 6,
        "cancelled": 1,
        "signed_off": 1,
        "under_review": 1,
        "in_progress": 1,
        "planned": 2,
        "overdue": 1,
    }
    assert {key: measures[key] for key in expected} == expected
    assert (taken.measures.counted, taken.measures.signed_off, taken.measures.overdue) == (5, 1, 1)
    assert (measures["cancelled"], measures["this_week"]) == (1, 1)
    expected = {"total": 6, "rectified": 1, "this_week": 1, "in_progress": 2, "overdue": 1}
    assert {key: issues[key] for key in expected} == expected
    assert taken.issues.rectified == 1


def test_each_figure_stands_beside_that_of_the_week_before(scene: TwoWeeks) -> None:
    content = scene.draft().content
    before = content["overall"]["measures"]["before"]
    assert (before["total"], before["cancelled"], before["signed_off"], before["overdue"]) == (6, 0, 0, 0)
    assert [week["week"] for week in content["course"]] == [9, 10]
    first = scene.draft(FIRST).content
    assert first["overall"]["measures"]["before"] is None
    assert not first["has_before"]


def test_areas_add_up_to_the_whole(scene: TwoWeeks) -> None:
    content = scene.draft().content
    for level, done in (("issues", "rectified"), ("measures", "signed_off")):
        for key in ("total", done, "this_week", "under_review", "in_progress", "planned", "overdue"):
            assert sum(area[level][key] for area in content["areas"]) == content["overall"][level][key], key


def test_units_stand_in_the_order_of_their_ranks_with_lights(scene: TwoWeeks) -> None:
    roads, parks = scene.draft().content["units"]
    assert (roads["name"], roads["rank"], roads["rank_before"], roads["total"], roads["signed_off"]) == (
        "Roads",
        1,
        1,
        3,
        1,
    )
    assert (parks["name"], parks["rank"], parks["light"]) == ("Parks", 2, "overdue")
    assert (parks["total"], parks["cancelled"]) == (3, 1)
    assert roads["light"] == "on_course"


def test_the_lists_hold_what_happened_in_the_week_and_what_stood_at_its_end(scene: TwoWeeks) -> None:
    content = scene.draft().content
    code = {name: measure.code for name, measure in scene.measures.items()}
    assert codes(content["signed_off"]) == [code["lane"]]
    assert codes(content["closed"]) == [scene.measures["lane"].issue.code]
    assert (content["closed"][0]["completion"], content["closed"][0]["is_sustained"]) == ("done", True)
    (late,) = content["overdue"]
    assert (late["code"], late["days"], late["unit"], late["leader"]) == (code["late"], 5, "Parks", "Leader")
    (returned,) = content["returned"]
    assert (returned["code"], returned["ground"], returned["reason"]) == (code["pole"], GROUND, REASON)
    assert codes(content["due"]) == [code["soon"]]
    assert content["next_days"] == ["2026-03-09", "2026-03-15"]


def test_nothing_of_the_second_week_stands_in_the_first(scene: TwoWeeks) -> None:
    content = scene.draft(FIRST).content
    assert [content[name] for name in ("signed_off", "closed", "overdue", "returned")] == [[], [], [], []]
    assert content["overall"]["measures"]["total"] == 6


def test_content_made_a_month_later_is_as_if_made_in_time(scene: TwoWeeks) -> None:
    """What was handed over, signed off and cancelled in between belongs to later weeks."""
    bulletin = scene.published()
    in_time = content_of(bulletin.snapshot)
    month = FRIDAY + timedelta(days=30)
    late = scene.fresh("late")
    hand_over(measure=late, lead_unit=scene.roads, leader=scene.other_leader, reason=REASON, by=scene.office, at=month)
    scene.cancel("soon", at=month)
    pending = scene.fresh("under").applications.get()
    scene.accepted(pending, scene.office, scene.group, at=month)
    assert content_of(bulletin.snapshot) == in_time
    anew = content_of(bulletin.snapshot, corrected=bulletin, reason=REASON)
    assert {**anew, "corrects": None} == in_time


def test_the_second_run_of_the_task_makes_nothing_twice(scene: TwoWeeks) -> None:
    scene.snapshot(FIRST)
    scene.snapshot()
    assert tasks.draft_bulletins() == 2
    assert tasks.draft_bulletins() == 0
    assert Bulletin.objects.count() == len(events("draft_bulletin")) == 2
    assert draft_bulletin(snapshot=scene.snapshot(), by=None, at=FRIDAY) == Bulletin.objects.get(week=10)


def test_a_draft_that_fails_holds_up_no_other(scene: TwoWeeks, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.snapshot(FIRST)
    scene.snapshot()

    def one_fails(*, snapshot: Snapshot, **rest: Any) -> Bulletin:
        if snapshot.week == 9:
            raise ValueError("a bad row")
        return draft_bulletin(snapshot=snapshot, **rest)

    monkeypatch.setattr(tasks, "draft_bulletin", one_fails)
    assert tasks.draft_bulletins() == 1
    assert Bulletin.objects.get().week == 10


def test_only_the_office_or_the_program_has_a_draft_made(scene: TwoWeeks) -> None:
    for by in (scene.group, scene.leader, scene.roads_officer, scene.superuser, scene.stranger):
        with pytest.raises(Forbidden):
            draft_bulletin(snapshot=scene.snapshot(), by=by, at=FRIDAY)
    assert draft_bulletin(snapshot=scene.snapshot(), by=scene.office, at=FRIDAY).is_draft


def test_what_those_within_the_party_are_not_shown_is_counted_and_not_listed(scene: TwoWeeks) -> None:
    late = scene.measures["late"].issue
    closed = scene.measures["lane"].issue
    for issue, extent, text in ((late, "withheld", ""), (closed, "redacted", "A road matter")):
        proposal = Proposal(extent=extent, text=text, reason=REASON)
        proposed = propose_disclosure(issue=issue, audience="internal", proposal=proposal, by=scene.office, at=NOW)
        approve_disclosure(disclosure=proposed, by=scene.group, at=NOW)
    content = scene.draft().content
    assert content["overdue"] == []
    assert content["unlisted"]["overdue"] == 1
    assert content["overall"]["measures"]["overdue"] == 1
    assert [row["text"] for row in content["closed"]] == ["A road matter"]
    assert (content["signed_off"], content["unlisted"]["signed_off"]) == ([], 1)


def test_a_clock_far_behind_is_refused(scene: TwoWeeks) -> None:
    taken = scene.snapshot()
    with pytest.raises(RuleViolation):
        draft_bulletin(snapshot=taken, by=None, at=NOW - timedelta(days=9))


@pytest.mark.parametrize("more", [0, 5])
def test_as_many_queries_for_many_rows_as_for_few(scene: TwoWeeks, queries: Any, more: int) -> None:
    for _each in range(more):
        scene.accepted(scene.applied(), scene.office, scene.group)
    scene.snapshot(FIRST)
    taken = scene.snapshot(SECOND)
    assert queries(lambda: content_of(taken)) == 15
