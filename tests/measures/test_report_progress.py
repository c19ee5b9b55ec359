from datetime import UTC, date, datetime, timedelta

import pytest

from core.exceptions import Conflict, Forbidden
from measures.models import Measure, ProgressReport
from measures.services import cancel_measure, edit_measure, hand_over, report_progress
from tests.factories import NOW, TODAY, Cast
from tests.measures.trail_checks import REASON, copies, event, events, refused, spans

pytestmark = pytest.mark.django_db
SOON, LATER = TODAY + timedelta(days=10), TODAY + timedelta(days=20)


@pytest.fixture
def running(cast: Cast) -> Measure:
    """Under way at the roads unit, supported by the parks unit, with two milestones ahead."""
    stages = [("Half done", SOON), ("Done", LATER)]
    return cast.measure(status="in_progress", stages=stages, supporting_units=[cast.parks])


@pytest.mark.parametrize("who", ["roads_officer", "roads_head", "parks_officer"])
def test_lead_and_supporting_units_report_and_it_is_kept_who_for_which_unit(
    cast: Cast, running: Measure, who: str
) -> None:
    person = getattr(cast, who)
    report = report_progress(measure=running, text="  Ten metres are done.\n", by=person, at=NOW)
    assert list(ProgressReport.objects.values_list("measure", "text", "by", "unit", "at")) == [
        (running.pk, "Ten metres are done.", person.pk, person.unit_id, NOW)
    ]
    data = {"report": report.pk, "text": "Ten metres are done.", "reached": []}
    assert event("report_progress") == (person.pk, data)


def test_a_report_leaves_state_and_history_as_they_are(cast: Cast, running: Measure) -> None:
    before = spans(running, "status")
    report_progress(measure=running, text="Ten metres", by=cast.roads_officer, at=NOW)
    assert Measure.objects.get(pk=running.pk).status == "in_progress"
    assert spans(running, "status") == before


def test_a_milestone_that_is_reached_gets_the_day_of_the_report_in_the_office_s_time(
    cast: Cast, running: Measure
) -> None:
    evening = datetime(2026, 3, 4, 17, 0, tzinfo=UTC)  # one in the morning of the fifth in Shanghai
    half = running.milestones.get(title="Half done")
    report_progress(measure=running, text="Half of it", reached=[half], by=cast.parks_officer, at=evening)
    assert list(running.milestones.values_list("title", "reached_on")) == [
        ("Half done", date(2026, 3, 5)),
        ("Done", None),
    ]
    assert event("report_progress")[1]["reached"] == ["Half done"]


def test_a_milestone_keeps_the_day_on_which_it_was_first_reached(cast: Cast, running: Measure) -> None:
    half = running.milestones.get(title="Half done")
    for days in (0, 3):
        report_progress(
            measure=running, text="Half", reached=[half], by=cast.roads_officer, at=NOW + timedelta(days=days)
        )
    half.refresh_from_db()
    assert half.reached_on == TODAY
    assert [data["reached"] for _who, data in events("report_progress")] == [["Half done"], []]


def test_a_milestone_of_another_measure_is_refused(cast: Cast, running: Measure) -> None:
    other = cast.measure(status="in_progress", stages=[("Other", SOON)])
    both = [running.milestones.get(title="Half done"), other.milestones.get()]
    with refused(field="reached"):
        report_progress(measure=running, text="Half", reached=both, by=cast.roads_officer, at=NOW)


def test_a_milestone_that_the_office_exchanged_meanwhile_is_told_and_not_lost(cast: Cast, running: Measure) -> None:
    half = running.milestones.get(title="Half done")
    stages = [("Three quarters done", SOON)]
    edit_measure(measure=running, values={}, stages=stages, by=cast.office, at=NOW)
    with refused(Conflict, field="reached"):
        report_progress(measure=running, text="Half", reached=[half], by=cast.roads_officer, at=NOW)


@pytest.mark.parametrize("text", ["", " \n\t　"])
def test_a_report_says_something(cast: Cast, running: Measure, text: str) -> None:
    with refused(field="text"):
        report_progress(measure=running, text=text, by=cast.roads_officer, at=NOW)


@pytest.mark.parametrize("status", ["planned", "submitted", "signed_off", "cancelled"])
def test_progress_is_reported_only_on_what_is_under_way(cast: Cast, status: str) -> None:
    measure = cast.measure(status=status, cancellation_reason=REASON)
    with refused():
        report_progress(measure=measure, text="Done", by=cast.roads_officer, at=NOW)


def test_a_measure_that_was_cancelled_meanwhile_takes_no_report(cast: Cast, running: Measure) -> None:
    stale, cancelled = copies(running)
    cancel_measure(measure=cancelled, reason=REASON, by=cast.office, at=NOW)
    with refused():
        report_progress(measure=stale, text="Done", by=cast.roads_officer, at=NOW)


@pytest.mark.parametrize("who", ["office", "group", "leader", "inspector", "auditor", "superuser", "stranger"])
def test_nobody_reports_for_the_units(cast: Cast, running: Measure, who: str) -> None:
    with refused(Forbidden):
        report_progress(measure=running, text="Done", by=getattr(cast, who), at=NOW)


def test_a_unit_that_neither_leads_nor_supports_does_not_report(cast: Cast) -> None:
    measure = cast.measure(status="in_progress")
    with refused(Forbidden):
        report_progress(measure=measure, text="Done", by=cast.parks_officer, at=NOW)


def test_a_unit_that_handed_the_measure_over_reports_no_more_from_a_page_opened_before(cast: Cast) -> None:
    stale, handed_over = copies(cast.measure(status="in_progress"))
    hand_over(measure=handed_over, lead_unit=cast.parks, reason=REASON, by=cast.office, at=NOW)
    with refused(Forbidden):
        report_progress(measure=stale, text="Done", by=cast.roads_officer, at=NOW)
    report_progress(measure=stale, text="Done", by=cast.parks_officer, at=NOW)
