"""The verb: a week is rolled up once, as of its own end, by whoever may, and never changes again."""

import json
from datetime import datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django_celery_beat.models import PeriodicTask

from audit.models import Event
from audit.services import verify
from core import guards
from core.exceptions import Forbidden, RuleViolation
from imports.services import ledger_state
from issues.models import Inspection
from measures.models import Measure
from measures.services import cancel_measure, hand_over, plan_measure, start_measure
from reporting import tasks
from reporting.models import Snapshot, SnapshotRow, Week
from reporting.queries.standings import ranks_of
from reporting.services import roll_up_due, roll_up_week, verify_snapshots
from signoffs.queries.figures import MeasureCounts
from tests.factories import NOW, TODAY, Cast, claim, inspection, issue
from tests.measures.trail_checks import REASON
from tests.reporting.fridays import SHANGHAI, beside, friday

pytestmark = pytest.mark.django_db
W9 = Week(2026, 9)


def roll(shown: Inspection, week: Week = W9, *, at: datetime = NOW, by: Any = None) -> Snapshot:
    return roll_up_week(inspection=shown, week=week, by=by, at=at)


def test_the_figures_are_those_of_friday_and_not_of_monday(cast: Cast) -> None:
    """Started in time, cancelled on Saturday; moved to another unit at the last moment and just after it."""
    started, late, idle = (cast.measure(deadline=TODAY - timedelta(days=days)) for days in (-9, 5, 2))
    start_measure(measure=started, by=cast.roads_officer, at=friday(0, hours=-1))
    hand_over(measure=late, lead_unit=cast.parks, reason=REASON, by=cast.office, at=friday())
    hand_over(measure=idle, lead_unit=cast.parks, reason=REASON, by=cast.office, at=friday(microseconds=1))
    cancel_measure(measure=started, reason=REASON, by=cast.office, at=friday(0, days=1))
    snapshot = roll(cast.inspection)
    assert vars(snapshot.measures) == {
        "total": 3,
        "planned": 2,
        "in_progress": 1,
        "under_review": 0,
        "signed_off": 0,
        "cancelled": 0,
        "overdue": 1,  # due on Saturday 28 February is not late on Friday the 27th
        "overdue_planned": 1,
        "due_soon": 1,
    }
    units = {row.name: row.measures.total for row in snapshot.rows.filter(kind="unit") if row.measures.total}
    assert units == {"Roads": 2, "Parks": 1}
    assert (snapshot.issues.in_progress, snapshot.issues.planned, snapshot.issues.overdue) == (1, 2, 1)


def test_week_3_computed_in_week_10_is_week_3_computed_in_week_3(cast: Cast) -> None:
    """The same history twice; one inspection is rolled up in time, the other seven weeks later."""
    twin = inspection(cast.organisation)
    rounds = []
    for shown in (cast.inspection, twin):
        under = issue(shown)
        rounds.append([cast.measure(issue=under, at=friday(-1)) for _number in range(3)])
    in_time = roll(cast.inspection, at=friday(0, seconds=2))
    for measures in rounds:
        start_measure(measure=measures[0], by=cast.roads_officer, at=friday(0, days=3))
        hand_over(measure=measures[1], lead_unit=cast.parks, reason=REASON, by=cast.office, at=friday(1, days=2))
        cancel_measure(measure=measures[2], reason=REASON, by=cast.office, at=friday(4))
    late = roll(twin, at=friday(7, days=1))
    assert (late.measures, late.issues, late.ends_at) == (in_time.measures, in_time.issues, in_time.ends_at)
    assert rows_of(late, "unit", "leader") == rows_of(in_time, "unit", "leader")
    assert late.taken_at > in_time.taken_at


def rows_of(snapshot: Snapshot, *kinds: str) -> list[tuple[Any, ...]]:
    rows = snapshot.rows.filter(kind__in=kinds).order_by("kind", "position")
    return [(row.kind, row.object_id, row.position, row.rank, row.measures, row.issues) for row in rows]


def test_a_second_time_returns_the_first_one(cast: Cast) -> None:
    cast.measure()
    first = roll(cast.inspection)
    events = Event.objects.count()
    assert roll(cast.inspection, at=NOW + timedelta(days=9)) == first
    assert (Snapshot.objects.count(), Event.objects.count()) == (1, events)


@pytest.mark.parametrize("at", [friday(0, hours=-3), friday()])
def test_a_week_that_has_not_ended_is_refused(cast: Cast, at: datetime) -> None:
    cast.measure()
    with pytest.raises(RuleViolation) as refused:
        roll(cast.inspection, at=at)
    assert (refused.value.field, Snapshot.objects.count()) == ("week", 0)


def test_a_week_without_a_plan_is_refused(cast: Cast) -> None:
    cast.measure(at=friday(microseconds=1))
    with pytest.raises(RuleViolation):
        roll(cast.inspection, at=NOW)


def test_only_the_office_and_the_program_itself_may(cast: Cast) -> None:
    cast.measure()
    for who in ("leader", "group", "inspector", "roads_officer", "superuser", "system_admin", "stranger"):
        with pytest.raises(Forbidden):
            roll(cast.inspection, by=getattr(cast, who))
    assert roll(cast.inspection, by=cast.office).rows.exists()


def test_the_trail_tells_of_it_and_no_later_change_can_lie_before_it(cast: Cast) -> None:
    """A change that another server dates a minute back, into the week that was rolled up, is moved behind it."""
    measure = cast.measure()
    snapshot = roll(cast.inspection, at=friday(seconds=30))
    event = Event.objects.filter(verb="roll_up_week").get()
    told = json.loads(event.text)
    assert (event.kind, event.object_id, told["actor"]) == ("snapshot", snapshot.pk, "")
    assert told["data"]["week"] == "2026-W09"
    assert told["data"]["measures"] == {"signed_off": 0, "counted": 1, "overdue": 0}
    assert told["data"]["fingerprint"] == snapshot.fingerprint
    start_measure(measure=measure, by=cast.roads_officer, at=friday(seconds=-30))
    assert measure.spans.get(valid_to=None).valid_from == snapshot.taken_at > snapshot.ends_at
    assert verify([cast.inspection.chain])[2] == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reporting_snapshot SET measures_signed_off = 1, measures_planned = 0",
        "UPDATE reporting_snapshot SET taken_at = ends_at",
        "DELETE FROM reporting_snapshot",
        "UPDATE reporting_snapshotrow SET name = 'Mine'",
        "DELETE FROM reporting_snapshotrow",
    ],
)
def test_the_database_lets_nobody_change_it(cast: Cast, statement: str) -> None:
    cast.measure()
    roll(cast.inspection)
    with (
        pytest.raises(IntegrityError, match="never changed or deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_what_was_put_past_the_program_is_found_by_verifying(cast: Cast) -> None:
    cast.measure(at=friday(-3))
    roll_up_due(at=NOW)
    assert verify_snapshots([cast.inspection]) == []
    gone, altered, added, foreign = Snapshot.objects.order_by("ends_at")
    with guards.lifted(connection):
        SnapshotRow.objects.filter(snapshot=gone).delete()
        Snapshot.objects.filter(pk=gone.pk).delete()
        Snapshot.objects.filter(pk=altered.pk).update(measures_overdue=0, measures_planned=0, measures_signed_off=1)
        row = added.rows.filter(kind="unit").first()
        row.pk, row.object_id, row.position = None, 999, 999
        row.save()
        Event.objects.filter(object_id=foreign.pk, verb="roll_up_week").update(verb="roll_up_month")
    faults = {fault.what for fault in verify_snapshots([cast.inspection])}
    assert faults == {
        f"roll-up of {gone.week_label} is missing",
        f"roll-up of {altered.week_label}: the figures were altered",
        f"roll-up of {added.week_label}: the figures were altered",
        f"roll-up of {foreign.week_label}: no event records it",
    }


def test_what_belongs_to_nobody_is_a_part_too(cast: Cast) -> None:
    cast.measure(lead_unit=None, leader=None, deadline=None)
    rows = roll(cast.inspection).rows
    told = [(row.kind, row.object_id, row.name, row.rank) for row in rows.exclude(kind__in=["area", "category"])]
    nobody = [(kind, None, "", None) for kind in ("leader", "task_force", "unit")]
    assert sorted(told, key=str) == sorted(nobody, key=str)


def test_ranks_are_shared_by_equals_and_what_counts_nothing_has_none() -> None:
    """The higher rate first, then fewer overdue; 1, 2, 2, 4."""
    counts = {1: (4, 2, 0), 2: (2, 1, 0), 3: (2, 2, 0), 4: (2, 1, 1), 5: (0, 0, 0), None: (9, 9, 0)}
    figures = {key: _figures(*values) for key, values in counts.items()}
    assert ranks_of(figures) == {3: 1, 1: 2, 2: 2, 4: 4}


def _figures(total: int, signed_off: int, overdue: int) -> MeasureCounts:
    return MeasureCounts(total=total, planned=total - signed_off, signed_off=signed_off, overdue=overdue)


def test_one_that_fails_keeps_no_other_from_being_rolled_up(cast: Cast, caplog: Any) -> None:
    """The chain of one is ahead of this server's clock by an hour; it stays due and is told in the log."""
    cast.measure(at=friday(-1, hours=1))
    ahead = beside(cast, at=friday(-1, hours=1))
    plan = {"text": "Later", "leader": cast.leader, "lead_unit": cast.roads, "deadline": TODAY}
    plan_measure(issue=issue(ahead), **plan, by=cast.office, at=NOW + timedelta(hours=1))
    made = roll_up_due(at=NOW)
    assert [snapshot.inspection_id for snapshot in made] == [cast.inspection.pk]
    assert f"Week 2026-W09 of inspection {ahead.pk} could not be rolled up" in caplog.text
    assert [each.inspection_id for each in roll_up_due(at=NOW + timedelta(hours=2))] == [ahead.pk]


def test_many_inspections_cost_as_many_counts_as_one(cast: Cast, queries: Any) -> None:
    """Per inspection only its chain is opened and its event written."""
    cast.measure(at=friday(-1, hours=1))
    one = queries(lambda: roll_up_due(at=NOW))
    for _number in range(5):
        beside(cast, at=friday(-1, hours=1))
    five = queries(lambda: roll_up_due(at=NOW))
    assert Snapshot.objects.count() == 6
    assert (five - one) / 4 <= 8


def test_the_tasks_twice_make_everything_once(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the scheduler calls hands portions out; a message that comes twice or a second scheduler does no harm."""
    cast.measure(at=friday(-2))
    sent: list[list[int]] = []
    monkeypatch.setattr(
        tasks.roll_up_inspections, "apply_async", lambda args, **options: sent.append([*args[0], options["expires"]])
    )
    with time_machine.travel(NOW, tick=False):
        tasks.roll_up()
        tasks.roll_up()
        assert sent == [[cast.inspection.pk, tasks.PORTION_EXPIRES]] * 2
        tasks.roll_up_inspections([cast.inspection.pk])
        tasks.roll_up_inspections([cast.inspection.pk])
        tasks.roll_up()
    assert len(sent) == 2, "nothing is due any more"
    assert [each.week_label for each in Snapshot.objects.order_by("ends_at")] == ["2026-W07", "2026-W08", "2026-W09"]


def test_the_schedule_is_friday_at_five_in_shanghai_with_a_beat_that_makes_up() -> None:
    weekly, often = PeriodicTask.objects.filter(task="reporting.tasks.roll_up").order_by("-name")
    crontab = weekly.crontab
    assert (crontab.minute, crontab.hour, crontab.day_of_week, str(crontab.timezone)) == (
        "0",
        "17",
        "5",
        "Asia/Shanghai",
    )
    assert (often.interval.every, often.interval.period) == (5, "minutes")
    assert often.expire_seconds < 300
    assert tasks.PORTION_EXPIRES < 300
    assert weekly.expire_seconds
    assert {weekly.queue, often.queue} == {"rest"}


def told(*arguments: str, code: int = 0) -> dict[str, Any]:
    out = StringIO()
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command("roll_up", "--json", *arguments, stdout=out)
        assert ended.value.code == code
    else:
        call_command("roll_up", "--json", *arguments, stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


NUMBERS = {"total", "basically_done", "under_review", "in_progress", "planned", "cancelled", "rate", "overdue"}


def test_the_command_makes_up_what_is_missing_and_tells_the_latest_again(cast: Cast) -> None:
    cast.measure(at=friday(-1), status="in_progress", deadline=TODAY - timedelta(days=30))
    signed_off = cast.measure(status="signed_off", at=friday(-1))
    with time_machine.travel(NOW, tick=False):
        first = told()
        again = told("--inspection", cast.inspection.code)
        one = told("--inspection", cast.inspection.code, "--week", "2026-W08")
    assert [each["week"] for each in first["snapshots"]] == ["2026-W08", "2026-W09"]
    assert again["snapshots"] == first["snapshots"][1:]
    assert one["snapshots"] == first["snapshots"][:1]
    (latest,) = again["snapshots"]
    assert (latest["inspection"], signed_off.inspection.code) == (cast.inspection.code, cast.inspection.code)
    assert set(latest["measures"]) == NUMBERS | {"signed_off"}
    assert set(latest["issues"]) == NUMBERS | {"rectified"}
    assert (latest["measures"]["total"], latest["measures"]["signed_off"], latest["measures"]["rate"]) == (2, 1, 0.5)
    assert (latest["measures"]["overdue"], latest["measures"]["in_progress"]) == (1, 1)


def test_the_command_refuses_with_the_reason_and_knows_bad_usage(cast: Cast, capsys: Any) -> None:
    cast.measure()
    with time_machine.travel(NOW, tick=False):
        refused = told("--week", "2026-W10", code=1)
        assert refused == {"snapshots": [], "errors": [f"{cast.inspection.code}: Week 2026-W10 has not ended yet."]}
        unknown = told("--inspection", "no-such", code=2)
        assert unknown == {"error": "There is no inspection with the code no-such."}
        with pytest.raises(CommandError, match="is not a week"):
            call_command("roll_up", "--week", "2026-W99")
    assert Snapshot.objects.count() == 0


def test_a_preview_of_an_import_stays_valid_over_a_friday(cast: Cast) -> None:
    measure = cast.measure(at=friday(-1))
    previewed = ledger_state(cast.inspection)
    roll_up_due(at=NOW)
    assert ledger_state(cast.inspection) == previewed
    start_measure(measure=measure, by=cast.roads_officer, at=NOW)
    assert ledger_state(cast.inspection) > previewed


def test_the_day_that_counts_is_the_day_in_shanghai(cast: Cast) -> None:
    """Monday seven in the morning is still Sunday in the time of the database."""
    Inspection.objects.filter(pk=cast.inspection.pk).update(week_ends_weekday=1, week_ends_at=time(7))
    cast.measure(deadline=TODAY - timedelta(days=1), at=friday(-1))
    snapshot = roll(cast.inspection, Week(2026, 10))
    assert snapshot.ends_at == datetime(2026, 3, 2, 7, tzinfo=SHANGHAI)
    assert snapshot.measures.overdue == 1


def test_what_a_later_import_claims_was_not_claimed_before(cast: Cast) -> None:
    cast.measure(at=friday(-1))
    claim(cast.measure(at=friday(-1)).issue)
    assert roll(cast.inspection).issues.claimed == 0
    assert roll(cast.inspection, Week(2026, 10), at=friday(2)).issues.claimed == 1


def test_an_issue_without_measures_counts_too(cast: Cast) -> None:
    cast.measure(at=friday(-1))
    cast.issue(at=friday(-1))
    assert roll(cast.inspection).issues.total == 2
    assert Measure.objects.count() == 1
