"""The page on which a person waits for a job."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from files.services import store_upload
from jobs.models import Job, WorkerHeartbeat
from jobs.queries import waiting_reason
from jobs.services import advance, claim, delete_heartbeat, fail, finish, prune_heartbeats, record_heartbeat
from jobs.tasks import run_job
from tests.factories import NOW, Cast

pytestmark = pytest.mark.django_db
Ask = Callable[..., Job]
SILENT = "No worker is responding."
BUSY = "Waiting for a free worker."


@pytest.fixture
def page(cast: Cast, page_of: Callable[[Any], Client]) -> Client:
    return page_of(cast.office)


def shown(page: Client, job: Job) -> str:
    return page.get(reverse("job", args=[job.pk])).content.decode()


@pytest.mark.parametrize("name", ["job", "job_progress", "job_result", "retry_job"])
@pytest.mark.parametrize("who", ["group", "roads_officer", "stranger", "superuser"])
def test_a_job_is_its_askers_alone(asked: Ask, cast: Cast, page_of: Any, name: str, who: str) -> None:
    job = asked("tests.refuses")
    run_job(job.pk)
    browser = page_of(getattr(cast, who))
    answer = browser.post if name == "retry_job" else browser.get
    assert answer(reverse(name, args=[job.pk])).status_code == 404
    job.refresh_from_db()
    assert job.status == "failed"


def test_the_page_says_within_thirty_seconds_that_no_worker_answers(asked: Ask, page: Client) -> None:
    job = asked()
    assert SILENT in shown(page, job)
    record_heartbeat(worker="one", at=timezone.now())
    assert SILENT not in shown(page, job)
    assert BUSY in shown(page, job)
    last = WorkerHeartbeat.objects.get().last_at
    assert waiting_reason(job, now=last + timedelta(seconds=24)) == "busy"
    assert waiting_reason(job, now=last + timedelta(seconds=26)) == "silent"


def test_a_worker_that_was_shut_down_in_order_is_not_waited_for(asked: Ask) -> None:
    record_heartbeat(worker="one", at=NOW)
    delete_heartbeat(worker="one")
    assert waiting_reason(asked(), now=NOW) == "silent"


def test_a_job_in_hand_says_how_far_it_is_until_its_worker_falls_silent(asked: Ask, page: Client) -> None:
    job = claim(job_id=asked().pk, at=timezone.now())
    advance(job=job, percent=40, stage="Reading line 7")
    html = shown(page, job)
    assert "40 % · Reading line 7" in html
    assert 'value="40"' in html
    assert SILENT not in html
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert SILENT in shown(page, job)


def test_the_page_asks_for_itself_until_the_job_is_over(asked: Ask, page: Client) -> None:
    job = asked()
    address = reverse("job_progress", args=[job.pk])
    assert f'hx-get="{address}" hx-trigger="every 2s"' in shown(page, job)
    assert page.get(address).status_code == 200
    finish(job=claim(job_id=job.pk, at=NOW), at=NOW, result_url="/account/")
    last = page.get(address)
    assert (last.status_code, last["HX-Refresh"]) == (286, "true")
    html = shown(page, job)
    assert "hx-get" not in html.split('<div class="job-progress"')[1].split(">")[0]
    assert 'href="/account/"' in html


def test_without_javascript_there_is_a_link_to_reload(asked: Ask, page: Client) -> None:
    job = asked()
    assert f'<noscript><p><a href="{reverse("job", args=[job.pk])}">' in shown(page, job)


def test_a_failed_job_shows_its_reason_and_is_tried_again(
    asked: Ask, page: Client, django_capture_on_commit_callbacks: Any, monkeypatch: Any
) -> None:
    job = asked()
    fail(job=claim(job_id=job.pk, at=NOW), error="Line 7 <cannot> be read.", at=NOW)
    html = shown(page, job)
    assert "Line 7 &lt;cannot&gt; be read." in html
    assert "Try again" in html
    sent: list[int] = []
    monkeypatch.setattr(run_job, "delay", sent.append)
    with django_capture_on_commit_callbacks(execute=True):
        again = page.post(reverse("retry_job", args=[job.pk]))
    assert (again.status_code, again["Location"]) == (302, reverse("job", args=[job.pk]))
    assert sent == [job.pk]
    job.refresh_from_db()
    assert job.status == "queued"
    with django_capture_on_commit_callbacks(execute=True):
        assert page.post(reverse("retry_job", args=[job.pk])).status_code == 302
    assert sent == [job.pk], "a second click does nothing"


def test_trying_again_takes_a_form(asked: Ask, page: Client) -> None:
    assert page.get(reverse("retry_job", args=[asked().pk])).status_code == 405


def test_the_result_is_downloaded_under_its_name(asked: Ask, page: Client, cast: Cast) -> None:
    job = asked()
    assert page.get(reverse("job_result", args=[job.pk])).status_code == 404
    file = store_upload(stream=io.BytesIO(b"text"), name="整改台账.txt", by=cast.office, at=NOW)
    finish(job=claim(job_id=job.pk, at=NOW), at=NOW, result_file=file)
    assert "整改台账.txt" in shown(page, job)
    answer = page.get(reverse("job_result", args=[job.pk]))
    assert b"".join(answer.streaming_content) == b"text"


def test_workers_of_yesterday_are_forgotten() -> None:
    record_heartbeat(worker="old", at=NOW - timedelta(days=2))
    record_heartbeat(worker="new", at=NOW)
    prune_heartbeats(at=NOW)
    assert [b.worker for b in WorkerHeartbeat.objects.all()] == ["new"]
