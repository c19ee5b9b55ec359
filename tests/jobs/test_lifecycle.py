"""The life of a job, as its asker and two workers see it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone, translation

from audit.models import Event
from core.exceptions import Conflict, RuleViolation
from jobs.models import Job
from jobs.queries import due
from jobs.services import LeaseLost, advance, claim, enqueue, fail, finish, job_handler, renew, retry_job
from jobs.tasks import run_job, sweep
from tests.factories import NOW, Cast

pytestmark = pytest.mark.django_db
Ask = Callable[..., Job]
LATER = NOW + timedelta(seconds=31)  # the lease has run out


def effects() -> int:
    return Event.objects.filter(chain__key="effects").count()


def test_work_is_done_and_leaves_its_result(asked: Ask) -> None:
    job = asked()
    assert (job.status, job.percent, effects()) == ("queued", 0, 0)
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.percent, job.result_url, job.attempt) == ("done", 100, "/account/", 1)
    assert job.ended_at
    assert effects() == 1


def test_a_message_that_comes_twice_does_the_work_once(asked: Ask) -> None:
    job = asked()
    run_job(job.pk)
    run_job(job.pk)
    assert effects() == 1


def test_work_that_nobody_registered_cannot_be_asked_for(asked: Ask) -> None:
    with pytest.raises(LookupError):
        asked("tests.unheard_of")


def test_two_functions_cannot_bear_one_name() -> None:
    with pytest.raises(ValueError, match=r"tests\.effect"):

        @job_handler("tests.effect")
        def other(job: Job) -> None:
            """Never called."""


def test_with_a_unique_key_the_work_is_asked_for_once(asked: Ask, cast: Cast) -> None:
    first, second = asked(unique_key="import 7"), asked(unique_key="import 7", by=cast.group)
    assert first == second
    assert asked(unique_key="import 8") != first
    assert asked() != asked()


def test_a_refusal_is_shown_as_its_reason(asked: Ask) -> None:
    job = asked("tests.refuses")
    run_job(job.pk)
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "This file is empty.")


def test_of_an_unforeseen_error_the_page_gets_a_number_and_the_log_the_rest(asked: Ask, caplog: Any) -> None:
    job = asked("tests.breaks")
    run_job(job.pk)
    job.refresh_from_db()
    number = job.error.rstrip(".").rsplit(" ", 1)[1]
    assert job.status == "failed"
    assert "secret" not in job.error
    assert number in caplog.text
    assert "a secret of the inside" in caplog.text


def test_work_that_ends_without_a_word_failed(asked: Ask, caplog: Any) -> None:
    job = asked("tests.forgets")
    run_job(job.pk)
    job.refresh_from_db()
    assert job.status == "failed"
    assert "without calling finish" in caplog.text


def test_reasons_are_in_the_language_of_the_page_it_was_asked_for_on(asked: Ask) -> None:
    with translation.override("zh-hans"):
        job = asked("tests.breaks")
    with translation.override("en"):
        run_job(job.pk)
    job.refresh_from_db()
    assert job.language == "zh-hans"
    with translation.override("zh-hans"):
        assert job.error.startswith(
            translation.gettext(
                "An unexpected error occurred. Give the administrator this error number: %(number)s."
            ).split("%")[0]
        )


def test_a_job_that_a_worker_holds_cannot_be_claimed(asked: Ask) -> None:
    job = asked()
    held = claim(job_id=job.pk, at=NOW)
    assert held is not None
    assert (held.status, held.attempt) == ("running", 1)
    assert claim(job_id=job.pk, at=NOW + timedelta(seconds=29)) is None
    assert renew(job=held, at=NOW + timedelta(seconds=29))
    assert claim(job_id=job.pk, at=LATER) is None


def test_a_worker_that_lost_its_lease_changes_nothing(asked: Ask) -> None:
    job = asked()
    slow = claim(job_id=job.pk, at=NOW)
    quick = claim(job_id=job.pk, at=LATER)
    assert slow
    assert quick
    assert quick.attempt == 2
    for late in (lambda: advance(job=slow, percent=90), lambda: finish(job=slow, at=LATER, result_url="/wrong/")):
        with pytest.raises(LeaseLost), transaction.atomic():
            Event.objects.all().exists()
            late()
    assert not renew(job=slow, at=LATER)
    assert not fail(job=slow, error="too late", at=LATER)
    finish(job=quick, at=LATER, result_url="/right/")
    job.refresh_from_db()
    assert (job.status, job.result_url, job.error) == ("done", "/right/", "")


def test_the_effects_of_a_worker_that_lost_its_lease_are_rolled_back(asked: Ask, monkeypatch: Any) -> None:
    """Another worker takes over between the effects and the end of the first one."""
    job = asked(arguments={"hang": "inside", "mark": "unused"})

    def taken_over(_job: Job, _arguments: dict[str, Any], where: str) -> None:
        if where == "inside":
            assert claim(job_id=job.pk, at=timezone.now() + timedelta(seconds=60)) is not None

    monkeypatch.setattr("tests.jobs.job_handlers._hang", taken_over)
    run_job(job.pk)
    job.refresh_from_db()
    assert effects() == 0
    assert job.status == "running"  # the take-over was part of the same connection and went back as well


def test_progress_is_kept_within_bounds(asked: Ask) -> None:
    held = claim(job_id=asked().pk, at=NOW)
    for percent, shown in ((-5, 0), (40, 40), (140, 100)):
        advance(job=held, percent=percent, stage="Reading")
        held.refresh_from_db()
        assert (held.percent, held.stage) == (shown, "Reading")


def test_after_five_broken_attempts_it_is_given_up_with_a_reason(asked: Ask) -> None:
    job, at = asked(), NOW
    for attempt in range(1, Job.MOST_FAILURES + 1):
        held = claim(job_id=job.pk, at=at)
        assert held
        assert held.attempt == attempt
        at += timedelta(seconds=31)
    assert claim(job_id=job.pk, at=at) is None
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", "The job was started 5 times and interrupted each time.")
    assert due(now=at) == []


def test_a_failed_job_is_tried_again_and_its_old_worker_stays_shut_out(asked: Ask) -> None:
    job = asked()
    old = claim(job_id=job.pk, at=NOW)
    assert fail(job=old, error="no", at=NOW)
    job.refresh_from_db()
    same = Job.objects.get(pk=job.pk)
    retry_job(job=job, at=LATER)
    assert (job.status, job.error, job.attempt, job.failures) == ("queued", "", 1, 0)
    with pytest.raises(Conflict):
        retry_job(job=same, at=LATER)
    new = claim(job_id=job.pk, at=LATER)
    assert new
    with pytest.raises(LeaseLost):
        finish(job=old, at=LATER)
    finish(job=new, at=LATER)


@pytest.mark.parametrize("status", ["queued", "running", "done"])
def test_only_a_failed_job_is_tried_again(asked: Ask, status: str) -> None:
    job = asked()
    Job.objects.filter(pk=job.pk).update(status=status, lease_until=LATER)
    job.refresh_from_db()
    with pytest.raises(RuleViolation):
        retry_job(job=job, at=LATER)


def test_the_sweeper_finds_what_is_due_and_nothing_else(asked: Ask) -> None:
    fresh = asked(at=LATER)
    waiting, held, silent, done = asked(), asked(), asked(), asked()
    claim(job_id=held.pk, at=LATER)
    claim(job_id=silent.pk, at=NOW - timedelta(seconds=1))
    finish(job=claim(job_id=done.pk, at=NOW), at=NOW)
    assert due(now=LATER) == [waiting.pk, silent.pk]
    assert due(now=LATER + timedelta(seconds=11)) == [waiting.pk, silent.pk, fresh.pk]


def test_sweep_twice(asked: Ask, monkeypatch: Any) -> None:
    """Two schedulers tick at once: every message is sent twice, the work is done once."""
    jobs = [asked(at=timezone.now() - timedelta(minutes=1)) for _ in range(3)]
    sent: list[int] = []
    monkeypatch.setattr(run_job, "apply_async", lambda arguments, **_options: sent.extend(arguments))
    sweep()
    sweep()
    assert sent == [job.pk for job in jobs] * 2
    for job_id in sent:
        run_job(job_id)
    assert effects() == 3
    sent.clear()
    sweep()
    assert sent == []


@pytest.mark.parametrize(
    "values",
    [
        {"status": "paused"},
        {"percent": 101},
        {"status": "running", "lease_until": None},
        {"status": "failed", "error": ""},
    ],
)
def test_the_database_refuses_a_job_that_cannot_be(asked: Ask, values: dict[str, Any]) -> None:
    job = asked()
    with pytest.raises(IntegrityError), transaction.atomic():
        Job.objects.filter(pk=job.pk).update(**values)


def test_a_broker_that_is_down_does_not_keep_anybody_from_asking(asked: Ask, monkeypatch: Any) -> None:
    def down(*_args: Any) -> None:
        raise ConnectionError("no broker")

    monkeypatch.setattr(run_job, "delay", down)
    job = enqueue(job_type="tests.effect", arguments={}, title="T", by=asked().requested_by, at=NOW)
    with transaction.atomic():
        run_job.delay_on_commit(job.pk)
    assert due(now=LATER)[-1] == job.pk
