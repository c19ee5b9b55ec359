from datetime import date, timedelta
from typing import Any

import pytest

from core.exceptions import Forbidden
from issues.models import Issue
from measures.models import Measure
from measures.services import plan_measure
from tests.factories import NOW, TODAY, Bureau, inspection, issue, user
from tests.measures.checks import event, refused, spans

pytestmark = pytest.mark.django_db
DEADLINE = TODAY + timedelta(days=60)
WITHIN = TODAY + timedelta(days=20)  # of the concentrated period, which ends on TODAY + 76
BEYOND = TODAY + timedelta(days=90)


def planned(bureau: Bureau, **changed: Any) -> Measure:
    values: dict[str, Any] = {
        "issue": changed.pop("issue", None) or bureau.issue(),
        "text": "Mend the road",
        "leader": bureau.leader,
        "lead_unit": bureau.roads,
        "deadline": DEADLINE,
        "by": bureau.office,
        "at": NOW,
    }
    return plan_measure(**{**values, **changed})


def test_the_office_plans_a_measure_and_its_history_begins(bureau: Bureau) -> None:
    measure = planned(bureau, kinds=["major"], handler="Old Li", remarks="By hand", supporting_units=[bureau.parks])
    measure.refresh_from_db()
    assert (measure.status, measure.mode, measure.kinds) == ("planned", "time_limited", ["major"])
    assert (measure.handler, measure.remarks) == ("Old Li", "By hand")
    assert list(measure.supporting_units.all()) == [bureau.parks]
    assert measure.inspection == bureau.inspection
    assert spans(measure, "status", "deadline", "lead_unit", "leader") == [
        ("planned", DEADLINE, bureau.roads.pk, bureau.leader.pk, NOW, None)
    ]


def test_the_trail_tells_who_planned_what_for_which_issue(bureau: Bureau) -> None:
    measure = planned(bureau)
    assert event("plan_measure") == (
        bureau.office.pk,
        {"issue": measure.issue_id, "code": measure.code, "text": "Mend the road"},
    )


def test_measures_of_an_issue_are_numbered_after_the_last_one(bureau: Bureau) -> None:
    under = bureau.issue()
    first, second = planned(bureau, issue=under), planned(bureau, issue=under)
    assert (first.code, second.code) == (f"{under.code}-01", f"{under.code}-02")
    assert first.sort_key < second.sort_key
    Measure.objects.filter(pk=second.pk).update(position=7)
    assert planned(bureau, issue=under).position == 8


def test_planning_leaves_the_issue_open(bureau: Bureau) -> None:
    measure = planned(bureau)
    assert Issue.objects.get(pk=measure.issue_id).status == Issue.Status.OPEN


@pytest.mark.parametrize(
    ("field", "value"),
    [("text", ""), ("text", " \n　"), ("leader", None), ("lead_unit", None), ("deadline", None)],
)
def test_a_plan_made_by_hand_lacks_nothing(bureau: Bureau, field: str, value: Any) -> None:
    under = bureau.issue()
    with refused(field=field):
        planned(bureau, issue=under, **{field: value})


def test_only_long_term_work_goes_without_a_deadline(bureau: Bureau) -> None:
    under = bureau.issue()
    for mode in ("immediate", "time_limited"):
        with refused(field="deadline"):
            planned(bureau, issue=under, mode=mode, deadline=None)
    assert planned(bureau, issue=under, mode="long_term", deadline=None).deadline is None


def test_staged_work_needs_a_milestone_and_one_within_the_concentrated_period(bureau: Bureau) -> None:
    under = bureau.issue()
    late = {"mode": "staged", "deadline": BEYOND + timedelta(days=30)}
    with refused(field="milestones"):
        planned(bureau, issue=under, **late)
    with refused(field="milestones"):
        planned(bureau, issue=under, **late, stages=[("Done", BEYOND)])
    measure = planned(bureau, issue=under, **late, stages=[("Half done", WITHIN), ("Done", BEYOND)])
    assert list(measure.milestones.values_list("position", "title", "due_on", "reached_on")) == [
        (1, "Half done", WITHIN, None),
        (2, "Done", BEYOND, None),
    ]


@pytest.mark.parametrize("day", ["concentrated_from", "concentrated_until"])
def test_the_first_and_the_last_day_belong_to_the_concentrated_period(bureau: Bureau, day: str) -> None:
    border: date = getattr(bureau.inspection, day)
    outside = timedelta(days=-1 if day == "concentrated_from" else 1)
    under = bureau.issue()
    with refused(field="milestones"):
        planned(bureau, issue=under, mode="staged", deadline=BEYOND, stages=[("Show results", border + outside)])
    planned(bureau, issue=under, mode="staged", deadline=BEYOND, stages=[("Show results", border)])


def test_where_the_period_has_no_dates_yet_any_milestone_will_do(bureau: Bureau) -> None:
    undated = issue(inspection(bureau.organisation, concentrated_from=None, concentrated_until=None))
    with refused(field="milestones"):
        planned(bureau, issue=undated, mode="staged", deadline=BEYOND)
    measure = planned(bureau, issue=undated, mode="staged", deadline=BEYOND, stages=[("Done", BEYOND)])
    assert measure.milestones.count() == 1


@pytest.mark.parametrize("mode", ["staged", "time_limited"])
def test_no_milestone_is_due_after_the_deadline(bureau: Bureau, mode: str) -> None:
    under = bureau.issue()
    with refused(field="milestones"):
        planned(bureau, issue=under, mode=mode, stages=[("In time", WITHIN), ("Late", DEADLINE + timedelta(days=1))])
    planned(bureau, issue=under, mode=mode, stages=[("In time", WITHIN), ("On the day", DEADLINE)])


@pytest.mark.parametrize("status", [Issue.Status.AWAITING_CLOSURE, Issue.Status.RECTIFIED])
def test_an_issue_that_is_closed_or_awaits_closure_takes_no_more_measures(bureau: Bureau, status: str) -> None:
    under = bureau.issue()
    Issue.objects.filter(pk=under.pk).update(status=status, completion="done")  # behind the back of `under`
    with refused():
        planned(bureau, issue=under)
    assert planned(bureau, issue=bureau.issue(status="in_rectification")).pk


@pytest.mark.parametrize(
    "who",
    ["group", "leader", "inspector", "roads_officer", "roads_head", "auditor", "system_admin", "superuser", "stranger"],
)
def test_nobody_but_the_office_plans(bureau: Bureau, who: str) -> None:
    under = bureau.issue()
    with refused(Forbidden):
        planned(bureau, issue=under, by=getattr(bureau, who))


def test_the_office_plans_below_its_unit_and_not_above_it(bureau: Bureau) -> None:
    under = bureau.issue()
    with refused(Forbidden):
        planned(bureau, issue=under, by=user("Roads office", role="office", over=bureau.roads))
    assert planned(bureau, issue=issue(inspection(bureau.roads)), by=bureau.office).pk


@pytest.mark.parametrize("title", ["", "  ", "x" * 201])
def test_a_milestone_without_a_title_or_with_an_endless_one_is_told_at_the_milestones(
    bureau: Bureau, title: str
) -> None:
    under = bureau.issue()
    with refused(field="milestones"):
        planned(bureau, issue=under, mode="staged", stages=[("Half done", WITHIN), (title, WITHIN)])
    assert planned(bureau, issue=under, mode="staged", stages=[("x" * 200, WITHIN)]).milestones.count() == 1
