"""The engine of claimed rows, tried on the plainest model that has one; what each app makes of it is tried there."""

from datetime import date, datetime, timedelta

import pytest
from django.apps import apps

from core.leases import LeasedRow
from notifications.models import ReminderRun
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LEASE = timedelta(minutes=3)
AFTER = NOW + LEASE + timedelta(seconds=1)


@pytest.fixture
def run() -> ReminderRun:
    return ReminderRun.objects.create(day=date(2026, 3, 2))


def claimed(run: ReminderRun, *, at: datetime = NOW) -> ReminderRun:
    row: ReminderRun | None = ReminderRun.objects.claim(run.pk, at=at, lease=LEASE)
    assert row is not None
    return row


def stored(run: ReminderRun) -> ReminderRun:
    return ReminderRun.objects.get(pk=run.pk)


def test_all_rows_with_a_lease_are_of_the_one_engine() -> None:
    leased = {model.__name__ for model in apps.get_models() if issubclass(model, LeasedRow)}
    with_columns = {
        model.__name__
        for model in apps.get_models()
        if {"lease_until", "claimed_until", "next_attempt_at"} & {field.name for field in model._meta.get_fields()}
    }
    assert leased == with_columns == {"Job", "FileScan", "Rendition", "Delivery", "Subscription", "ReminderRun"}


def test_one_of_two_workers_that_read_the_same_row_gets_it(run: ReminderRun) -> None:
    first, second = stored(run), stored(run)
    assert first.claim(at=NOW, lease=LEASE)
    assert not second.claim(at=NOW, lease=LEASE)
    assert (stored(run).attempt, stored(run).lease_until) == (1, NOW + LEASE)


def test_a_row_that_its_worker_ended_meanwhile_is_not_claimed(run: ReminderRun) -> None:
    slow, late = claimed(run), ReminderRun.objects.due(AFTER).get()
    assert slow.succeed(ended_at=AFTER)
    assert not late.claim(at=AFTER, lease=LEASE)
    assert stored(run).ended_at == AFTER


def test_a_lease_that_is_renewed_is_held_longer(run: ReminderRun) -> None:
    held = claimed(run)
    late = ReminderRun.objects.due(AFTER).get()
    assert held.renew(until=AFTER + LEASE)
    assert not late.claim(at=AFTER, lease=LEASE)
    assert not ReminderRun.objects.due(AFTER).exists()


def test_a_worker_that_lost_its_lease_changes_nothing(run: ReminderRun) -> None:
    lost = claimed(run)
    current = claimed(run, at=AFTER)
    assert not lost.renew(until=AFTER + LEASE)
    assert not lost.release()
    assert not lost.succeed(ended_at=AFTER)
    assert not lost.fail("Too late", at=AFTER)
    assert lost.ended_at is None, "the object in memory says what the row says"
    assert (stored(run).attempt, stored(run).error) == (2, "The last attempt was broken off.")
    assert current.succeed(ended_at=AFTER)
    assert not current.release(), "a lease ends once"


def test_failures_put_the_row_off_by_growing_pauses_until_it_goes_well(
    run: ReminderRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = (timedelta(minutes=1), timedelta(minutes=5))
    monkeypatch.setattr(ReminderRun, "PAUSES", pauses)
    at = NOW
    for failures, pause in enumerate((*pauses, pauses[-1]), 1):
        assert claimed(run, at=at).fail("Away", at=at)
        row = stored(run)
        assert (row.failures, row.error, row.next_attempt_at, row.lease_until) == (failures, "Away", at + pause, None)
        assert not ReminderRun.objects.due(at + pause - timedelta(seconds=1)).exists()
        at += pause
    assert claimed(run, at=at).succeed()
    row = stored(run)
    assert (row.failures, row.error, row.next_attempt_at, row.attempt) == (0, "", None, 4)


@pytest.mark.parametrize("is_broken_off", [True, False])
def test_too_many_failures_give_the_row_up(
    run: ReminderRun, monkeypatch: pytest.MonkeyPatch, is_broken_off: bool
) -> None:
    monkeypatch.setattr(ReminderRun, "MOST_FAILURES", 2)
    monkeypatch.setattr(ReminderRun, "values_given_up", lambda self, at: {"ended_at": at})
    at = NOW
    for _attempt in range(2):
        assert not stored(run).ended_at
        held = claimed(run, at=at)
        at += LEASE + timedelta(seconds=1)
        if not is_broken_off:
            held.fail("Away", at=at - timedelta(minutes=1))
    assert ReminderRun.objects.claim(run.pk, at=at, lease=LEASE) is None
    assert (stored(run).ended_at is not None, stored(run).failures) == (True, 2)
    assert stored(run).error == ("The job was started 2 times and interrupted each time." if is_broken_off else "Away")
