from datetime import date, timedelta
from typing import Any

import pytest

from core.exceptions import Forbidden
from issues.models import Issue
from measures.models import Measure
from measures.services import plan_measure
from tests.factories import NOW, TODAY, Cast, inspection, issue, user
from tests.measures.trail_checks import event, refused, spans

pytestmark = pytest.mark.django_db
DEADLINE = TODAY + timedelta(days=60)
WITHIN = TODAY + timedelta(days=20)  # of the concentrated period, which ends on TODAY + 76
BEYOND = TODAY + timedelta(days=90)


def planned(cast: Cast, **changed: Any) -> Measure:
    values: dict[str, Any] = {
        "issue": changed.pop("issue", None) or cast.issue(),
        "text": "Mend the road",
        "leader": cast.leader,
        "lead_unit": cast.roads,
        "deadline": DEADLINE,
        "by": cast.office,
        "at": NOW,
    }
    return plan_measure(**{**values, **changed})


def test_the_office_plans_a_measure_and_its_history_begins(cast: Cast) -> None:
    measure = planned(cast, kinds=["major"], handler="Old Li", remarks="By hand", supporting_units=[cast.parks])
    measure.refresh_from_db()
    assert (measure.status, measure.mode, measure.kinds) == ("planned", "time_limited", ["major"])
    assert (measure.handler, measure.remarks) == ("Old Li", "By hand")
    assert list(measure.supporting_units.all()) == [cast.parks]
    assert measure.inspection == cast.inspection
    assert spans(measure, "status", "deadline", "lead_unit", "leader") == [
        ("planned", DEADLINE, cast.roads.pk, cast.leader.pk, NOW, None)
    ]


def test_the_trail_tells_who_planned_what_for_which_issue(cast: Cast) -> None:
    measure = planned(cast)
    assert event("plan_measure") == (
        cast.office.pk,
        {"issue": measure.issue_id, "code": measure.code, "text": "Mend the road"},
    )


def test_measures_of_an_issue_are_numbered_after_the_last_one(cast: Cast) -> None:
    under = cast.issue()
    first, second = planned(cast, issue=under), planned(cast, issue=under)
    assert (first.code, second.code) == (f"{under.code}-01", f"{under.code}-02")
    assert first.sort_key < second.sort_key
    Measure.objects.filter(pk=second.pk).update(position=7)
    assert planned(cast, issue=under).position == 8


def test_planning_leaves_the_issue_open(cast: Cast) -> None:
    measure = planned(cast)
    assert Issue.objects.get(pk=measure.issue_id).status == Issue.Status.OPEN


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", ""), ("text", " \n　"), ("leader", None), ("lead_unit", None), ("deadline", None)],
)
def test_a_plan_made_by_hand_lacks_nothing(cast: Cast, field: str, value: Any) -> None:
    under = cast.issue()
    with refused(field=field):
        planned(cast, issue=under, **{field: value})


def test_only_long_term_work_goes_without_a_deadline(cast: Cast) -> None:
    under = cast.issue()
    for mode in ("immediate", "time_limited"):
        with refused(field="deadline"):
            planned(cast, issue=under, mode=mode, deadline=None)
    assert planned(cast, issue=under, mode="long_term", deadline=None).deadline is None


def test_staged_work_needs_a_milestone_and_one_within_the_concentrated_period(cast: Cast) -> None:
    under = cast.issue()
    late = {"mode": "staged", "deadline": BEYOND + timedelta(days=30)}
    with refused(field="milestones"):
        planned(cast, issue=under, **late)
    with refused(field="milestones"):
        planned(cast, issue=under, **late, stages=[("Done", BEYOND)])
    measure = planned(cast, issue=under, **late, stages=[("Half done", WITHIN), ("Done", BEYOND)])
    assert list(measure.milestones.values_list("position", "title", "due_on", "reached_on")) == [
        (1, "Half done", WITHIN, None),
        (2, "Done", BEYOND, None),
    ]


@pytest.mark.parametrize("day", ["concentrated_from", "concentrated_until"])
def test_the_first_and_the_last_day_belong_to_the_concentrated_period(cast: Cast, day: str) -> None:
    border: date = getattr(cast.inspection, day)
    outside = timedelta(days=-1 if day == "concentrated_from" else 1)
    under = cast.issue()
    with refused(field="milestones"):
        planned(cast, issue=under, mode="staged", deadline=BEYOND, stages=[("Show results", border + outside)])
    planned(cast, issue=under, mode="staged", deadline=BEYOND, stages=[("Show results", border)])


def test_where_the_period_has_no_dates_yet_any_milestone_will_do(cast: Cast) -> None:
    undated = issue(inspection(cast.organisation, concentrated_from=None, concentrated_until=None))
    with refused(field="milestones"):
        planned(cast, issue=undated, mode="staged", deadline=BEYOND)
    measure = planned(cast, issue=undated, mode="staged", deadline=BEYOND, stages=[("Done", BEYOND)])
    assert measure.milestones.count() == 1


@pytest.mark.parametrize("mode", ["staged", "time_limited"])
def test_no_milestone_is_due_after_the_deadline(cast: Cast, mode: str) -> None:
    under = cast.issue()
    with refused(field="milestones"):
        planned(cast, issue=under, mode=mode, stages=[("In time", WITHIN), ("Late", DEADLINE + timedelta(days=1))])
    planned(cast, issue=under, mode=mode, stages=[("In time", WITHIN), ("On the day", DEADLINE)])


@pytest.mark.parametrize("status", [Issue.Status.AWAITING_CLOSURE, Issue.Status.RECTIFIED])
def test_an_issue_that_is_closed_or_awaits_closure_takes_no_more_measures(cast: Cast, status: str) -> None:
    under = cast.issue()
    Issue.objects.filter(pk=under.pk).update(status=status, completion="done")  # behind the back of `under`
    with refused():
        planned(cast, issue=under)
    assert planned(cast, issue=cast.issue(status="in_rectification")).pk


@pytest.mark.parametrize(
    "who",
    ["group", "leader", "inspector", "roads_officer", "roads_head", "auditor", "system_admin", "superuser", "stranger"],
)
def test_nobody_but_the_office_plans(cast: Cast, who: str) -> None:
    under = cast.issue()
    with refused(Forbidden):
        planned(cast, issue=under, by=getattr(cast, who))


def test_the_office_plans_below_its_unit_and_not_above_it(cast: Cast) -> None:
    under = cast.issue()
    with refused(Forbidden):
        planned(cast, issue=under, by=user("Roads office", role="office", over=cast.roads))
    assert planned(cast, issue=issue(inspection(cast.roads)), by=cast.office).pk


@pytest.mark.parametrize("title", ["", "  ", "x" * 201])
def test_a_milestone_without_a_title_or_with_an_endless_one_is_told_at_the_milestones(cast: Cast, title: str) -> None:
    under = cast.issue()
    with refused(field="milestones"):
        planned(cast, issue=under, mode="staged", stages=[("Half done", WITHIN), (title, WITHIN)])
    assert planned(cast, issue=under, mode="staged", stages=[("x" * 200, WITHIN)]).milestones.count() == 1
