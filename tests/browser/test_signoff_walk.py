"""A newcomer walks one measure of the sample from planned to signed off, with the log-ins that were printed."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from audit.services import verify
from measures.models import Measure
from rectify.demo.paper import make_file
from rectify.demo.sample import load_sample
from signoffs.models import Application
from tests.browser.page_checks import Watch, hindrances_at_both_widths

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Watched = Callable[..., Watch]
EVIDENCE = "整改报告（终稿）.pdf"
DONE = "管理办法已经印发，新签合同三份全部重新评估租金，未经批准的续租为零。"
OFFICER, OFFICE, GROUP = "caiwu", "zhenggaiban", "dangzu"


@pytest.fixture
def passwords(transactional_db: None) -> dict[str, str]:
    """The log-ins as the launcher prints them."""
    load_sample(as_of=timezone.localdate())
    kept = json.loads((settings.DATA_DIR / "sample-logins.json").read_text(encoding="utf-8"))
    return {each["username"]: each["password"] for each in kept}


def logged_in(watched: Watched, username: str, password: str) -> Watch:
    """By the form, in a window of one's own; the page is Chinese unless one chooses otherwise."""
    watch = watched(language="zh-hans")
    watch.log_in(username, password)
    expect(watch.page.locator("html")).to_have_attribute("lang", "zh-CN")
    return watch


def submit(page: Page) -> None:
    page.locator("main form[method=post] button[type=submit].btn-primary").last.click()


def do_the_work(watch: Watch, measure: Measure) -> None:
    """Start, report, upload, apply: each by the one button that the page offers next."""
    page = watch.page
    watch.visit(f"/measures/{measure.pk}/")
    page.locator(f"form[action='/measures/{measure.pk}/start/'] button").click()
    page.locator(".action-bar a.btn-primary[href$='/report-progress/']").click()
    page.locator("#id_text").fill("办法初稿征求三个单位意见，采纳十一条，已送法律顾问审查。")
    submit(page)
    page.locator(".action-bar a.btn-primary[href$='/add-evidence/']").click()
    paper: Any = {"name": EVIDENCE, "mimeType": "application/pdf"}
    paper["buffer"] = make_file(EVIDENCE, title="整改报告", words=[DONE], on=timezone.localdate())
    page.locator("main input[type=file]").first.set_input_files([paper])
    submit(page)
    page.wait_for_url(f"**/measures/{measure.pk}/?tab=evidence")
    expect(page.locator("main")).to_contain_text(EVIDENCE)
    page.locator(".action-bar a.btn-primary[href$='/apply/']").click()
    expect(page.locator(".file-list")).to_contain_text(EVIDENCE)
    watch.look()
    page.locator("#id_statement").fill(DONE)
    submit(page)
    page.wait_for_url(f"**/measures/{measure.pk}/?tab=applications")
    expect(page.locator("main")).to_contain_text(DONE)


def open_in_queue(watch: Watch, code: str) -> int:
    """Find the application in the queue, as the last that came; return how many wait."""
    watch.visit("/signoffs/")
    rows = watch.page.locator("table tbody tr")
    count = rows.count()
    expect(rows.last).to_contain_text(code)
    rows.last.locator("a").first.click()
    watch.page.locator("#decide").wait_for()
    watch.look()
    return count


def test_one_measure_from_planned_to_signed_off_with_the_printed_log_ins(
    passwords: dict[str, str], watched: Watched
) -> None:
    measure = Measure.objects.get(code="3-2-3-03-03")
    assert (measure.status, measure.lead_unit.name) == ("planned", "财务科")

    officer = logged_in(watched, OFFICER, passwords[OFFICER])
    do_the_work(officer, measure)
    application = Application.objects.get(measure=measure)

    office = logged_in(watched, OFFICE, passwords[OFFICE])
    waiting = open_in_queue(office, measure.code)
    assert waiting == 14
    office.page.keyboard.press("a")
    expect(office.page.locator("#accept_note")).to_be_focused()
    office.page.locator("#accept_note").fill("材料属实。")
    office.page.locator("form[action$='/accept/'] button[type=submit]").click()
    office.page.wait_for_url(lambda url: url.endswith("/signoffs/") or f"/{application.pk}/" not in url)
    expect(office.page.locator(".toast-line")).to_contain_text(measure.code)
    expect(office.page.locator("#decide")).to_be_visible()

    group = logged_in(watched, GROUP, passwords[GROUP])
    open_in_queue(group, measure.code)
    group.page.keyboard.press("r")
    expect(group.page.locator("#return_meeting_on")).to_be_focused()
    group.page.locator("h1").click()
    group.page.keyboard.press("a")
    group.page.locator("#accept_meeting_on").fill(str(timezone.localdate()))
    group.page.locator("#accept_minute_number").fill("党组会议纪要第12号")
    group.page.locator("form[action$='/accept/'] button[type=submit]").click()
    expect(group.page.locator(".toast-line")).to_contain_text(measure.code)

    officer.visit(f"/measures/{measure.pk}/?tab=applications")
    expect(officer.page.locator(".chip.signed_off").first).to_be_visible()
    expect(officer.page.locator("main")).to_contain_text("党组会议纪要第12号")
    measure.refresh_from_db()
    assert measure.status == "signed_off"
    assert verify()[2] == []
    for watch in (officer, office, group):
        assert not watch.faults, watch.told()


def test_a_meeting_decides_several_at_once_and_j_and_k_walk_the_queue(
    passwords: dict[str, str], watched: Watched
) -> None:
    group = logged_in(watched, GROUP, passwords[GROUP])
    page = group.page
    group.visit("/signoffs/")
    first = page.locator("table tbody tr a").first.inner_text()
    page.locator("main .action-bar a.btn-primary").click()
    expect(page.locator("h1")).to_contain_text(first.split()[0])
    page.wait_for_load_state()  # a key counts once the script is there
    page.keyboard.press("j")
    expect(page.locator("h1")).not_to_contain_text(first.split()[0])
    page.wait_for_load_state()
    page.keyboard.press("k")
    expect(page.locator("h1")).to_contain_text(first.split()[0])
    group.visit("/signoffs/?tab=waiting")
    for box in page.locator("tbody input[type=checkbox]").all()[:3]:
        box.check()
    page.locator("main .action-bar button").click()
    page.locator("#id_meeting_on").fill(str(timezone.localdate()))
    page.locator("#id_minute_number").fill("党组会议纪要第12号")
    page.locator("#id_rows-1-verdict").select_option("return")
    page.locator("#id_rows-1-ground").select_option("poor_quality")
    page.locator("#id_rows-1-reason").fill("材料里没有附现场核对的记录，请补充以后再报。")
    group.look()
    submit(page)
    expect(page.locator(".batch-line")).to_have_count(3)
    group.look()
    page.locator("button[name=confirm]").click()
    page.wait_for_url("**/signoffs/batch/done/")
    figures = page.locator(".figure-tile .tile-figure").all_inner_texts()
    assert [figure.split()[0] for figure in figures] == ["2", "1", "0"]
    group.look()
    assert hindrances_at_both_widths(page) == []
    assert not group.faults, group.told()
