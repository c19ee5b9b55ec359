from datetime import timedelta
from typing import Any

import pytest

from audit.models import Event
from core.exceptions import Forbidden
from measures.models import Measure
from measures.services import edit_measure, hand_over, report_progress, start_measure
from tests.factories import NOW, TODAY, Cast, user
from tests.measures.trail_checks import REASON, copies, event, events, iso, refused, spans

pytestmark = pytest.mark.django_db
DEADLINE = TODAY + timedelta(days=30)  # of the measures that the factory makes
BEFORE = NOW - timedelta(days=20)  # when the factory plans them
SOON, LATER = TODAY + timedelta(days=10), TODAY + timedelta(days=20)


def edit(cast: Cast, measure: Measure, *, by: Any = None, at: Any = NOW, parts: Any = None, **values: Any) -> None:
    edit_measure(measure=measure, values=values, by=by or cast.office, at=at, **(parts or {}))


def test_the_office_changes_the_plan_and_the_trail_tells_old_and_new(cast: Cast) -> None:
    measure = cast.measure(text="Mend the road", kinds=["major"])
    other = user("New leader")
    edit(cast, measure, text="Mend the bridge", kinds=[], leader=other, lead_unit=cast.parks, deadline=SOON)
    measure = Measure.objects.get(pk=measure.pk)
    assert (measure.text, measure.kinds, measure.leader, measure.lead_unit) == (
        "Mend the bridge",
        [],
        other,
        cast.parks,
    )
    changes = {
        "text": ["Mend the road", "Mend the bridge"],
        "kinds": [["major"], []],
        "leader": ["Leader", "New leader"],
        "lead_unit": ["Roads", "Parks"],
        "deadline": iso(DEADLINE, SOON),
    }
    assert event("edit_measure") == (cast.office.pk, {"changes": changes})


def test_another_deadline_unit_or_leader_begins_a_new_span_and_another_text_does_not(cast: Cast) -> None:
    measure = cast.measure()
    edit(cast, measure, text="Other words", remarks="New")
    assert len(spans(measure)) == 1
    edit(cast, measure, deadline=SOON, at=NOW + timedelta(hours=1))
    edit(cast, measure, lead_unit=cast.parks, at=NOW + timedelta(hours=2))
    assert spans(measure, "deadline", "lead_unit") == [
        (DEADLINE, cast.roads.pk, BEFORE, NOW + timedelta(hours=1)),
        (SOON, cast.roads.pk, NOW + timedelta(hours=1), NOW + timedelta(hours=2)),
        (SOON, cast.parks.pk, NOW + timedelta(hours=2), None),
    ]


def test_saving_without_a_change_leaves_no_event_and_no_span(cast: Cast) -> None:
    stages = [("Half done", SOON), ("Done", LATER)]
    measure = cast.measure(stages=stages, supporting_units=[cast.parks, cast.organisation])
    units = [cast.parks, cast.organisation]
    for given, order in ((units, stages), (units[::-1], stages[::-1])):  # no one types them in the order of the rows
        edit(cast, measure, text=measure.text, parts={"supporting_units": given, "stages": order})
    assert events("edit_measure") == []
    assert len(spans(measure)) == 1


def test_supporting_units_and_milestones_are_exchanged_and_told(cast: Cast) -> None:
    measure = cast.measure(stages=[("Half done", SOON)], supporting_units=[cast.parks])
    stages = [("Half done", SOON), ("Done", LATER)]
    edit(cast, measure, parts={"supporting_units": [cast.organisation], "stages": stages})
    assert list(measure.supporting_units.all()) == [cast.organisation]
    assert list(measure.milestones.values_list("title", "due_on")) == stages
    assert event("edit_measure")[1]["changes"] == {
        "supporting_units": [["Parks"], ["Bureau"]],
        "milestones": [[["Half done", str(SOON)]], [["Half done", str(SOON)], ["Done", str(LATER)]]],
    }


def test_what_is_not_named_stays(cast: Cast) -> None:
    measure = cast.measure(stages=[("Half done", SOON)], supporting_units=[cast.parks])
    edit(cast, measure, remarks="New")
    assert list(measure.supporting_units.all()) == [cast.parks]
    assert measure.milestones.count() == 1
    assert list(event("edit_measure")[1]["changes"]) == ["remarks"]


@pytest.mark.parametrize("field", ["leader", "lead_unit", "deadline"])
def test_once_started_deadline_leader_and_unit_are_fixed(cast: Cast, field: str) -> None:
    measure = cast.measure(status="in_progress")
    new = {"leader": user("New leader"), "lead_unit": cast.parks, "deadline": SOON}
    with refused(field=field):
        edit(cast, measure, **{field: new[field]})
    same = {name: getattr(measure, name) for name in new}
    edit(cast, measure, text="Other words", **same)  # a form sends the fixed fields as they are
    assert Measure.objects.get(pk=measure.pk).text == "Other words"


def test_who_edits_a_copy_from_before_the_start_cannot_move_the_deadline_either(cast: Cast) -> None:
    stale, started = copies(cast.measure())
    start_measure(measure=started, by=cast.roads_officer, at=NOW)
    with refused(field="deadline"):
        edit(cast, stale, deadline=SOON)


def test_what_somebody_else_changed_meanwhile_is_not_undone(cast: Cast) -> None:
    stale, handed_over = copies(cast.measure(text="Mend the road"))
    hand_over(measure=handed_over, lead_unit=cast.parks, reason=REASON, by=cast.office, at=NOW)
    edit(cast, stale, text="Mend the bridge", at=NOW + timedelta(hours=1))
    stored = Measure.objects.get(pk=stale.pk)
    assert (stored.text, stored.lead_unit) == ("Mend the bridge", cast.parks)
    assert event("edit_measure")[1]["changes"] == {"text": ["Mend the road", "Mend the bridge"]}


def test_the_trail_tells_the_value_that_was_there_and_not_the_one_that_was_seen(cast: Cast) -> None:
    stale, other = copies(cast.measure(text="First"))
    edit(cast, other, text="Second")
    edit(cast, stale, text="Third")
    assert [data["changes"]["text"] for _who, data in events("edit_measure")] == [
        ["First", "Second"],
        ["Second", "Third"],
    ]


@pytest.mark.parametrize(("field", "value"), [("text", " "), ("leader", None), ("lead_unit", None), ("deadline", None)])
def test_a_plan_is_not_made_incomplete(cast: Cast, field: str, value: Any) -> None:
    measure = cast.measure()
    with refused(field=field):
        edit(cast, measure, **{field: value})


def test_what_a_notice_left_empty_is_filled_in_by_editing(cast: Cast) -> None:
    measure = cast.measure(leader=None, lead_unit=None, deadline=None)
    with refused(field="lead_unit"):
        edit(cast, measure, leader=cast.leader, deadline=SOON)
    edit(cast, measure, leader=cast.leader, deadline=SOON, lead_unit=cast.roads)
    assert Measure.objects.get(pk=measure.pk).is_complete
    assert event("edit_measure")[1]["changes"]["lead_unit"] == [None, "Roads"]
    assert [row[:3] for row in spans(measure, "deadline", "lead_unit", "leader")] == [
        (None, None, None),
        (SOON, cast.roads.pk, cast.leader.pk),
    ]


def test_milestones_stay_fitting_when_mode_deadline_or_they_themselves_change(cast: Cast) -> None:
    measure = cast.measure(stages=[("Half done", LATER)])
    with refused(field="milestones"):
        edit(cast, measure, deadline=SOON)
    with refused(field="milestones"):
        edit(cast, measure, mode="staged", parts={"stages": []})
    edit(cast, measure, mode="staged")
    with refused(field="milestones"):
        edit(cast, measure, parts={"stages": []})
    with refused(field="milestones"):
        edit(cast, measure, parts={"stages": [("After the deadline", DEADLINE + timedelta(days=1))]})


def test_a_milestone_that_was_reached_keeps_its_date_and_cannot_be_taken_away(cast: Cast) -> None:
    measure = cast.measure(status="in_progress", stages=[("Half done", SOON), ("Done", LATER)])
    reached = measure.milestones.get(title="Half done")
    report_progress(measure=measure, text="Half of it", reached=[reached], by=cast.roads_officer, at=NOW)
    for stages in ([("Done", LATER)], [("Half done", LATER)], [("Quarter done", SOON)]):
        with refused(field="milestones"):
            edit(cast, measure, text="Other words", parts={"stages": stages})
    edit(cast, measure, parts={"stages": [("Begun", TODAY), ("Half done", SOON)]})
    assert list(measure.milestones.values_list("title", "reached_on")) == [("Begun", None), ("Half done", TODAY)]


@pytest.mark.parametrize("status", ["submitted", "signed_off", "cancelled"])
def test_what_is_under_review_or_finished_is_not_edited(cast: Cast, status: str) -> None:
    measure = cast.measure(status=status, cancellation_reason=REASON)
    with refused():
        edit(cast, measure, remarks="Too late")


def test_the_lead_unit_does_not_edit_its_own_plan(cast: Cast) -> None:
    measure = cast.measure()
    for person in (cast.roads_officer, cast.roads_head, cast.leader, cast.group, cast.superuser):
        with refused(Forbidden):
            edit(cast, measure, by=person, remarks="Mine")


@pytest.mark.parametrize("field", ["status", "code", "inspection", "cancellation_reason"])
def test_no_other_field_can_be_slipped_in(cast: Cast, field: str) -> None:
    measure = cast.measure()
    with refused(ValueError):
        edit(cast, measure, **{field: "signed_off"})


def test_the_order_in_which_kinds_are_ticked_is_no_change(cast: Cast) -> None:
    measure = cast.measure(kinds=["campaign", "rule_making"])
    events = Event.objects.count()
    edit_measure(measure=measure, values={"kinds": ["rule_making", "campaign"]}, by=cast.office, at=NOW)
    assert Event.objects.count() == events
