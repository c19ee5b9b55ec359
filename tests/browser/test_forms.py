"""Forms under a person's hands: an impatient click, a mistake, a session that ended, a file, a wait."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page, expect

from imports.tasks import apply
from issues.services import edit_inspection
from jobs.models import Job, WorkerHeartbeat
from jobs.services import advance, claim, record_heartbeat
from jobs.tasks import run_job
from measures import services
from measures.models import Extension, Measure, ProgressReport
from measures.services import report_progress
from tests.browser.conftest import Open
from tests.factories import Cast
from tests.html_pages import NOTICE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "城东管网已更换12公里，涉及9个小区，余下的在雨季前完成。"

# What a desktop does when a file is let go over the page.
DROP = """([name, text]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([text], name, {type: "text/plain"}));
  const zone = document.querySelector("[data-drop]");
  for (const kind of ["dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(kind, {dataTransfer: carried, bubbles: true, cancelable: true}));
  }
}"""


@pytest.fixture
def people(transactional_db: None) -> Cast:
    return Cast()


def reporting(cast: Cast) -> tuple[Measure, str]:
    measure = cast.measure(status="in_progress")
    return measure, reverse("report_progress", args=[measure.pk])


def send(page: Page) -> None:
    page.locator("form.form-page button[type=submit]").click()


def log_in_by_form(page: Page, user: Any) -> None:
    page.locator("#id_username").fill(user.username)
    page.locator("#id_password").fill("secret")
    page.locator("main .action-bar button").click()


def test_an_impatient_second_click_sends_nothing(people: Cast, window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server takes its time, so that the first click has arrived there when the second one comes."""
    measure, address = reporting(people)

    def slowly(**values: Any) -> Any:
        time.sleep(1)
        return report_progress(**values)

    monkeypatch.setattr(services, "report_progress", slowly)
    page = window(people.roads_officer)
    page.goto(address)
    page.locator("#id_text").fill(WORDS)
    posts: list[str] = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    button = page.locator("form.form-page button[type=submit]").bounding_box()
    assert button is not None
    for _click in range(2):
        page.mouse.click(button["x"] + 10, button["y"] + 10)
        page.wait_for_timeout(300)
    expect(page.locator(".toast-line")).to_be_visible()
    assert len(posts) == 1
    assert ProgressReport.objects.filter(measure=measure).count() == 1


def test_after_going_back_the_same_form_sends_again(people: Cast, window: Open) -> None:
    """What stops the second click must not stop the second report."""
    measure, address = reporting(people)
    page = window(people.roads_officer)
    page.goto(address)
    for words in ("first", "second"):
        page.locator("#id_text").fill(words)
        send(page)
        expect(page.locator(".toast-line")).to_be_visible()
        page.go_back()
        expect(page.locator("#id_text")).to_be_visible()
    assert set(ProgressReport.objects.values_list("text", flat=True)) == {"first", "second"}


def test_typed_text_survives_a_mistake_and_a_reload(people: Cast, window: Open) -> None:
    measure = people.measure(status="in_progress")
    page = window(people.roads_officer)
    page.goto(reverse("request_extension", args=[measure.pk]))
    page.locator("#id_reason").fill("too short")
    page.locator("#id_new_deadline").fill("2027-05-01")
    send(page)
    expect(page.locator("#id_reason_error")).to_be_visible()
    expect(page.locator("#id_reason")).to_have_value("too short")
    expect(page.locator("#id_new_deadline")).to_have_value("2027-05-01")
    page.locator("#id_reason").fill(WORDS)
    page.goto(page.url)  # as somebody does who types the address again: the browser itself keeps nothing
    expect(page.locator("#id_reason")).to_have_value(WORDS)
    expect(page.locator("#id_new_deadline")).to_have_value("2027-05-01")
    send(page)
    expect(page.locator(".toast-line")).to_be_visible()
    assert Extension.objects.get().reason == WORDS


def test_what_was_sent_is_not_put_into_the_next_form(people: Cast, window: Open) -> None:
    _measure, address = reporting(people)
    page = window(people.roads_officer)
    page.goto(address)
    page.locator("#id_text").fill(WORDS)
    send(page)
    expect(page.locator(".toast-line")).to_be_visible()
    page.goto(address)
    expect(page.locator("#id_text")).to_have_value("")


def test_what_was_begun_in_one_form_survives_that_another_one_was_saved(people: Cast, window: Open) -> None:
    _measure, begun = reporting(people)
    _other, saved = reporting(people)
    page = window(people.roads_officer)
    page.goto(begun)
    page.locator("#id_text").fill(WORDS)
    page.goto(saved)
    page.locator("#id_text").fill("Another measure is done")
    send(page)
    expect(page.locator(".toast-line")).to_be_visible()
    page.goto(begun)
    expect(page.locator("#id_text")).to_have_value(WORDS)
    page.goto(saved)
    expect(page.locator("#id_text")).to_have_value("")


def test_what_a_colleague_saved_meanwhile_is_not_covered_by_what_was_typed_before(people: Cast, window: Open) -> None:
    issue = people.issue(text="As it was")
    page = window(people.office)
    page.goto(reverse("edit_issue", args=[issue.pk]))
    page.locator("#id_text").fill("What I began to type")
    page.goto("/")
    type(issue).objects.filter(pk=issue.pk).update(text="What a colleague saved")
    page.goto(reverse("edit_issue", args=[issue.pk]))
    expect(page.locator("#id_text")).to_have_value("What a colleague saved")


def test_a_session_that_ends_over_a_form_costs_nothing_that_was_filled_in(people: Cast, window: Open) -> None:
    issue = people.issue()
    page = window(people.office)
    page.goto(reverse("plan_measure", args=[issue.pk]))
    page.locator("#id_text").fill(WORDS)
    page.locator("#id_mode").select_option("staged")
    page.locator("#id_kinds_1").check()
    page.locator("#id_leader").select_option(str(people.leader.pk))
    page.locator("#id_lead_unit").select_option(str(people.roads.pk))
    page.locator("#id_deadline").fill("2027-05-01")
    page.locator("#id_stages-0-title").fill("First stage")
    page.locator("#id_stages-0-due_on").fill("2026-04-01")
    Session.objects.all().delete()
    send(page)
    expect(page.locator("#id_password")).to_be_visible()
    assert not Measure.objects.exists()
    log_in_by_form(page, people.office)
    expect(page.locator("#id_text")).to_have_value(WORDS)
    send(page)
    expect(page.locator(".toast-line")).to_be_visible()
    measure = Measure.objects.get()
    assert (measure.text, measure.mode, measure.leader, measure.lead_unit) == (
        WORDS,
        "staged",
        people.leader,
        people.roads,
    )
    assert len(measure.kinds) == 1
    assert measure.milestones.get().title == "First stage"


def test_who_goes_back_from_the_log_in_page_finds_the_text(people: Cast, window: Open) -> None:
    _measure, address = reporting(people)
    page = window(people.roads_officer)
    page.goto(address)
    page.locator("#id_text").fill(WORDS)
    Session.objects.all().delete()
    send(page)
    expect(page.locator("#id_password")).to_be_visible()
    page.go_back()
    if page.locator("#id_password").is_visible():  # the browser asked the server again, which asks who it is
        log_in_by_form(page, people.roads_officer)
    expect(page.locator("#id_text")).to_have_value(WORDS)


def test_who_logs_in_in_another_tab_and_sends_again_is_told_to_reload_and_keeps_the_text(
    people: Cast, window: Open
) -> None:
    """The log-in changes the token of every form; the form that is still open holds the old one."""
    measure, address = reporting(people)
    page = window(people.roads_officer)
    page.goto(address)
    page.locator("#id_text").fill(WORDS)
    Session.objects.all().delete()
    other = page.context.new_page()
    other.goto("/login/")
    log_in_by_form(other, people.roads_officer)
    expect(other.locator("#content")).to_be_visible()
    send(page)
    expect(page.locator("h1")).to_have_text("The form has expired")
    page.go_back()
    page.reload()
    expect(page.locator("#id_text")).to_have_value(WORDS)
    send(page)
    expect(page.locator(".toast-line")).to_be_visible()
    assert ProgressReport.objects.get(measure=measure).text == WORDS


def test_passwords_are_not_kept_in_the_browser(people: Cast, window: Open) -> None:
    page = window(people.office)
    page.goto("/account/")
    page.locator("#id_old_password").fill("secret")
    assert "secret" not in page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})")


def test_a_file_that_is_dropped_reaches_the_preview(people: Cast, window: Open) -> None:
    page = window(people.office)
    page.goto(f"{reverse('import_list')}?inspection={people.inspection.code}")
    page.evaluate(DROP, ["notice.txt", NOTICE])
    send(page)
    expect(page.locator("h1")).to_have_text("notice.txt")
    expect(page.locator(".issue-read")).to_have_count(3)
    expect(page.get_by_role("button", name="Confirm and write")).to_be_visible()


def confirmed(people: Cast, page: Page, tmp_path: Path) -> Job:
    """Upload a notice as a chosen file, look at the preview, confirm it; return the job that was asked for."""
    file = tmp_path / "notice.txt"
    file.write_text(NOTICE)
    page.goto(f"{reverse('import_list')}?inspection={people.inspection.code}")
    page.locator("#id_file").set_input_files(file)
    page.get_by_role("button", name="Read the file").click()
    page.get_by_role("button", name="Confirm and write").click()
    page.locator(".job-progress").wait_for()
    return Job.objects.get()


def test_the_page_of_an_import_moves_on_by_itself(
    people: Cast, window: Open, tmp_path: Path, asked_for: list[int]
) -> None:
    record_heartbeat(worker="one", at=timezone.now() + timedelta(minutes=5))
    page = window(people.office)
    job = confirmed(people, page, tmp_path)
    assert asked_for == [job.pk]
    expect(page.locator(".job-progress")).to_contain_text("Waiting for a free worker.")
    held = claim(job_id=job.pk, at=timezone.now())
    assert held is not None
    advance(job=held, percent=40, stage="Reading line 7")
    expect(page.locator(".job-progress")).to_contain_text("40 % · Reading line 7")
    expect(page.locator("progress")).to_have_attribute("value", "40")
    apply(held)
    expect(page.get_by_role("link", name="To the ledger")).to_be_visible()
    page.get_by_role("link", name="To the ledger").click()
    expect(page.locator("tr.row-issue")).to_have_count(3)


def test_a_failure_shows_by_itself_with_its_reason(people: Cast, window: Open, tmp_path: Path) -> None:
    people.issue()
    page = window(people.office)
    job = confirmed(people, page, tmp_path)
    edit_inspection(inspection=people.inspection, values={"due_soon_days": 5}, by=people.office, at=timezone.now())
    run_job(job.pk)
    expect(page.locator(".alert-danger")).to_contain_text("The ledger has changed since the preview.")
    job.refresh_from_db()
    assert page.locator(".alert-danger").inner_text() == job.error


def test_within_thirty_seconds_the_page_says_that_no_worker_answers(people: Cast, window: Open, tmp_path: Path) -> None:
    """The worker died 24 seconds ago; the page says so within six more, without a click."""
    record_heartbeat(worker="one", at=timezone.now())
    page = window(people.office)
    confirmed(people, page, tmp_path)
    expect(page.locator(".job-progress")).to_contain_text("Waiting for a free worker.")
    WorkerHeartbeat.objects.update(last_at=timezone.now() - timedelta(seconds=24))
    expect(page.locator(".job-progress .alert-warning")).to_contain_text("No worker is responding.", timeout=6000)
    WorkerHeartbeat.objects.update(last_at=timezone.now())
    expect(page.locator(".job-progress")).to_contain_text("Waiting for a free worker.")


def test_without_a_script_a_file_is_imported_and_its_progress_looked_at(
    people: Cast, window: Open, tmp_path: Path
) -> None:
    page = window(people.office, java_script_enabled=False)
    job = confirmed(people, page, tmp_path)
    page.get_by_role("link", name="Reload to see the progress").click()
    held = claim(job_id=job.pk, at=timezone.now())
    assert held is not None
    advance(job=held, percent=40, stage="Reading line 7")
    page.get_by_role("link", name="Reload to see the progress").click()
    expect(page.locator(".job-progress")).to_contain_text("40 % · Reading line 7")
    apply(held)
    page.get_by_role("link", name="Reload to see the progress").click()
    page.get_by_role("link", name="Go to the result").click()
    expect(page.get_by_role("link", name="To the ledger")).to_be_visible()


def test_without_a_script_a_mistake_keeps_the_text_and_progress_is_reported(people: Cast, window: Open) -> None:
    measure, _address = reporting(people)
    page = window(people.roads_officer, java_script_enabled=False)
    page.goto(reverse("request_extension", args=[measure.pk]))
    page.locator("#id_reason").fill("too short")
    page.locator("#id_new_deadline").fill("2027-05-01")
    send(page)
    expect(page.locator("#id_reason_error")).to_be_visible()
    expect(page.locator("#id_reason")).to_have_value("too short")
    page.goto(reverse("measure", args=[measure.pk]))
    page.get_by_role("link", name="Report progress").first.click()
    page.locator("#id_text").fill(WORDS)
    send(page)
    expect(page.locator(".toast-line")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text(WORDS)
