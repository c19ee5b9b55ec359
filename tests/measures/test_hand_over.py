from datetime import timedelta
from typing import Any

import pytest

from core.exceptions import Forbidden
from issues.models import Issue
from measures.models import Measure
from measures.services import edit_measure, hand_over, hand_over_duties
from tests.factories import NOW, TODAY, Cast, inspection, issue, measure, user
from tests.measures.trail_checks import REASON, copies, event, events, refused, spans

pytestmark = pytest.mark.django_db
BEFORE = NOW - timedelta(days=20)
EVERYBODY_BUT_THE_OFFICE = [
    *("group", "leader", "inspector", "roads_officer", "roads_head", "parks_officer"),
    *("auditor", "system_admin", "superuser", "stranger"),
]


@pytest.mark.parametrize("status", ["planned", "in_progress", "submitted"])
def test_the_office_hands_a_measure_over_and_the_history_keeps_who_had_it_when(cast: Cast, status: str) -> None:
    handed = cast.measure(status=status)
    successor = user("Successor")
    hand_over(measure=handed, leader=successor, lead_unit=cast.parks, reason=f" {REASON}\n", by=cast.office, at=NOW)
    stored = Measure.objects.get(pk=handed.pk)
    assert (stored.leader, stored.lead_unit, stored.status) == (successor, cast.parks, status)
    changes = {"leader": ["Leader", "Successor"], "lead_unit": ["Roads", "Parks"]}
    assert event("hand_over") == (cast.office.pk, {"changes": changes, "reason": REASON})
    assert spans(handed, "status", "leader", "lead_unit") == [
        (status, cast.leader.pk, cast.roads.pk, BEFORE, NOW),
        (status, successor.pk, cast.parks.pk, NOW, None),
    ]


def test_what_is_not_handed_over_stays(cast: Cast) -> None:
    handed = cast.measure()
    hand_over(measure=handed, lead_unit=cast.parks, reason=REASON, by=cast.office, at=NOW)
    assert (handed.leader, handed.lead_unit) == (cast.leader, cast.parks)
    assert event("hand_over")[1]["changes"] == {"lead_unit": ["Roads", "Parks"]}


@pytest.mark.parametrize("status", ["signed_off", "cancelled"])
def test_a_finished_measure_is_not_handed_over(cast: Cast, status: str) -> None:
    finished = cast.measure(status=status, cancellation_reason=REASON)
    with refused():
        hand_over(measure=finished, lead_unit=cast.parks, reason=REASON, by=cast.office, at=NOW)


@pytest.mark.parametrize("reason", ["", "nine char", "  nine char  ", "九个字的理由不够长"])
def test_the_reason_has_ten_characters(cast: Cast, reason: str) -> None:
    handed = cast.measure()
    with refused(field="reason"):
        hand_over(measure=handed, lead_unit=cast.parks, reason=reason, by=cast.office, at=NOW)
    with refused(field="reason"):
        duties(cast, reason=reason)
    hand_over(measure=handed, lead_unit=cast.parks, reason="十个字的理由已经够长", by=cast.office, at=NOW)


def test_handing_over_to_who_has_it_already_is_refused(cast: Cast) -> None:
    handed = cast.measure()
    for same in ({}, {"leader": cast.leader}, {"leader": cast.leader, "lead_unit": cast.roads}):
        with refused(field="leader"):
            hand_over(measure=handed, reason=REASON, by=cast.office, at=NOW, **same)


def test_two_who_hand_over_the_same_thing_the_same_way_make_one_event(cast: Cast) -> None:
    mine, yours = copies(cast.measure())
    hand_over(measure=mine, lead_unit=cast.parks, reason=REASON, by=cast.office, at=NOW)
    with refused(field="leader"):
        hand_over(measure=yours, lead_unit=cast.parks, reason=REASON, by=cast.office, at=NOW)


def test_a_new_deadline_that_a_page_does_not_show_yet_survives_the_handing_over(cast: Cast) -> None:
    stale, edited = copies(cast.measure())
    deadline = TODAY + timedelta(days=5)
    edit_measure(measure=edited, values={"deadline": deadline}, by=cast.office, at=NOW)
    hand_over(measure=stale, lead_unit=cast.parks, reason=REASON, by=cast.office, at=NOW + timedelta(hours=1))
    assert spans(stale, "deadline", "lead_unit")[-1][:2] == (deadline, cast.parks.pk)
    assert Measure.objects.get(pk=stale.pk).deadline == deadline


@pytest.mark.parametrize("who", EVERYBODY_BUT_THE_OFFICE)
def test_nobody_but_the_office_hands_over(cast: Cast, who: str) -> None:
    handed = cast.measure(supporting_units=[cast.parks])
    with refused(Forbidden):
        hand_over(measure=handed, lead_unit=cast.parks, reason=REASON, by=getattr(cast, who), at=NOW)
    with refused(Forbidden):
        duties(cast, by=getattr(cast, who))


def duties(cast: Cast, **changed: Any) -> int:
    values = {"from_leader": cast.leader, "to_leader": cast.roads_head, "by": cast.office, "reason": REASON}
    return hand_over_duties(inspection=cast.inspection, at=NOW, **{**values, **changed})


def test_a_post_changes_hands_with_every_unfinished_measure_and_open_issue(cast: Cast) -> None:
    finished = ("signed_off", "cancelled")
    measures = {status: cast.measure(status=status, cancellation_reason=REASON) for status in Measure.Status.values}
    issues = {
        status: cast.issue(status=status, leader=cast.leader, completion="done") for status in Issue.Status.values
    }
    assert duties(cast) == 3
    for status, one in measures.items():
        one.refresh_from_db()
        assert one.leader == (cast.leader if status in finished else cast.roads_head)
        assert len(spans(one)) == (1 if status in finished else 2)
    for status, one_issue in issues.items():
        one_issue.refresh_from_db()
        closed = status in {"awaiting_closure", "rectified"}
        assert one_issue.leader == (cast.leader if closed else cast.roads_head)


def test_handing_a_post_over_tells_the_reason_and_every_single_change(cast: Cast) -> None:
    for _number in range(2):
        cast.measure()
    cast.issue(leader=cast.leader)
    duties(cast)
    change = {"changes": {"leader": ["Leader", "Roads head"]}}
    assert events("hand_over") == [(cast.office.pk, {**change, "reason": REASON})] * 2
    assert events("edit_issue") == [(cast.office.pk, change)]


def test_what_other_leaders_have_and_what_lies_in_other_inspections_stays(cast: Cast) -> None:
    of_another = cast.measure(leader=cast.roads_officer)
    elsewhere = measure(issue(inspection(cast.organisation)), leader=cast.leader)
    assert duties(cast) == 0
    for one, leader in ((of_another, cast.roads_officer), (elsewhere, cast.leader)):
        one.refresh_from_db()
        assert one.leader == leader


def test_a_post_is_not_handed_over_to_itself(cast: Cast) -> None:
    cast.measure()
    with refused(field="to_leader"):
        duties(cast, to_leader=cast.leader)
