from datetime import timedelta
from typing import Any

import pytest

from core.exceptions import Forbidden
from issues.models import Issue
from measures.models import Measure
from measures.services import edit_measure, hand_over, hand_over_duties
from tests.factories import NOW, TODAY, Bureau, inspection, issue, measure, user
from tests.measures.checks import REASON, copies, event, events, refused, spans

pytestmark = pytest.mark.django_db
BEFORE = NOW - timedelta(days=20)
EVERYBODY_BUT_THE_OFFICE = [
    *("group", "leader", "inspector", "roads_officer", "roads_head", "parks_officer"),
    *("auditor", "system_admin", "superuser", "stranger"),
]


@pytest.mark.parametrize("status", ["planned", "in_progress", "submitted"])
def test_the_office_hands_a_measure_over_and_the_history_keeps_who_had_it_when(bureau: Bureau, status: str) -> None:
    handed = bureau.measure(status=status)
    successor = user("Successor")
    hand_over(measure=handed, leader=successor, lead_unit=bureau.parks, reason=f" {REASON}\n", by=bureau.office, at=NOW)
    stored = Measure.objects.get(pk=handed.pk)
    assert (stored.leader, stored.lead_unit, stored.status) == (successor, bureau.parks, status)
    changes = {"leader": ["Leader", "Successor"], "lead_unit": ["Roads", "Parks"]}
    assert event("hand_over") == (bureau.office.pk, {"changes": changes, "reason": REASON})
    assert spans(handed, "status", "leader", "lead_unit") == [
        (status, bureau.leader.pk, bureau.roads.pk, BEFORE, NOW),
        (status, successor.pk, bureau.parks.pk, NOW, None),
    ]


def test_what_is_not_handed_over_stays(bureau: Bureau) -> None:
    handed = bureau.measure()
    hand_over(measure=handed, lead_unit=bureau.parks, reason=REASON, by=bureau.office, at=NOW)
    assert (handed.leader, handed.lead_unit) == (bureau.leader, bureau.parks)
    assert event("hand_over")[1]["changes"] == {"lead_unit": ["Roads", "Parks"]}


@pytest.mark.parametrize("status", ["signed_off", "cancelled"])
def test_a_finished_measure_is_not_handed_over(bureau: Bureau, status: str) -> None:
    finished = bureau.measure(status=status, cancellation_reason=REASON)
    with refused():
        hand_over(measure=finished, lead_unit=bureau.parks, reason=REASON, by=bureau.office, at=NOW)


@pytest.mark.parametrize("reason", ["", "nine char", "  nine char  ", "九个字的理由不够长"])
def test_the_reason_has_ten_characters(bureau: Bureau, reason: str) -> None:
    handed = bureau.measure()
    with refused(field="reason"):
        hand_over(measure=handed, lead_unit=bureau.parks, reason=reason, by=bureau.office, at=NOW)
    with refused(field="reason"):
        duties(bureau, reason=reason)
    hand_over(measure=handed, lead_unit=bureau.parks, reason="十个字的理由已经够长", by=bureau.office, at=NOW)


def test_handing_over_to_who_has_it_already_is_refused(bureau: Bureau) -> None:
    handed = bureau.measure()
    for same in ({}, {"leader": bureau.leader}, {"leader": bureau.leader, "lead_unit": bureau.roads}):
        with refused(field="leader"):
            hand_over(measure=handed, reason=REASON, by=bureau.office, at=NOW, **same)


def test_two_who_hand_over_the_same_thing_the_same_way_make_one_event(bureau: Bureau) -> None:
    mine, yours = copies(bureau.measure())
    hand_over(measure=mine, lead_unit=bureau.parks, reason=REASON, by=bureau.office, at=NOW)
    with refused(field="leader"):
        hand_over(measure=yours, lead_unit=bureau.parks, reason=REASON, by=bureau.office, at=NOW)


def test_a_new_deadline_that_a_page_does_not_show_yet_survives_the_handing_over(bureau: Bureau) -> None:
    stale, edited = copies(bureau.measure())
    deadline = TODAY + timedelta(days=5)
    edit_measure(measure=edited, values={"deadline": deadline}, by=bureau.office, at=NOW)
    hand_over(measure=stale, lead_unit=bureau.parks, reason=REASON, by=bureau.office, at=NOW + timedelta(hours=1))
    assert spans(stale, "deadline", "lead_unit")[-1][:2] == (deadline, bureau.parks.pk)
    assert Measure.objects.get(pk=stale.pk).deadline == deadline


@pytest.mark.parametrize("who", EVERYBODY_BUT_THE_OFFICE)
def test_nobody_but_the_office_hands_over(bureau: Bureau, who: str) -> None:
    handed = bureau.measure(supporting_units=[bureau.parks])
    with refused(Forbidden):
        hand_over(measure=handed, lead_unit=bureau.parks, reason=REASON, by=getattr(bureau, who), at=NOW)
    with refused(Forbidden):
        duties(bureau, by=getattr(bureau, who))


def duties(bureau: Bureau, **changed: Any) -> int:
    values = {"from_leader": bureau.leader, "to_leader": bureau.roads_head, "by": bureau.office, "reason": REASON}
    return hand_over_duties(inspection=bureau.inspection, at=NOW, **{**values, **changed})


def test_a_post_changes_hands_with_every_unfinished_measure_and_open_issue(bureau: Bureau) -> None:
    finished = ("signed_off", "cancelled")
    measures = {status: bureau.measure(status=status, cancellation_reason=REASON) for status in Measure.Status.values}
    issues = {
        status: bureau.issue(status=status, leader=bureau.leader, completion="done") for status in Issue.Status.values
    }
    assert duties(bureau) == 3
    for status, one in measures.items():
        one.refresh_from_db()
        assert one.leader == (bureau.leader if status in finished else bureau.roads_head)
        assert len(spans(one)) == (1 if status in finished else 2)
    for status, one_issue in issues.items():
        one_issue.refresh_from_db()
        closed = status in {"awaiting_closure", "rectified"}
        assert one_issue.leader == (bureau.leader if closed else bureau.roads_head)


def test_handing_a_post_over_tells_the_reason_and_every_single_change(bureau: Bureau) -> None:
    for _number in range(2):
        bureau.measure()
    bureau.issue(leader=bureau.leader)
    duties(bureau)
    change = {"changes": {"leader": ["Leader", "Roads head"]}}
    assert events("hand_over") == [(bureau.office.pk, {**change, "reason": REASON})] * 2
    assert events("edit_issue") == [(bureau.office.pk, change)]


def test_what_other_leaders_have_and_what_lies_in_other_inspections_stays(bureau: Bureau) -> None:
    of_another = bureau.measure(leader=bureau.roads_officer)
    elsewhere = measure(issue(inspection(bureau.organisation)), leader=bureau.leader)
    assert duties(bureau) == 0
    for one, leader in ((of_another, bureau.roads_officer), (elsewhere, bureau.leader)):
        one.refresh_from_db()
        assert one.leader == leader


def test_a_post_is_not_handed_over_to_itself(bureau: Bureau) -> None:
    bureau.measure()
    with refused(field="to_leader"):
        duties(bureau, to_leader=bureau.leader)
