"""Chromium 86, as it stands on many an office PC: the pages are laid out as in today's, and their scripts work.

The driver asks the page for what so old a browser does not know before it clicks; so a hand here points by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page

from bulletins.services import draft_bulletin
from measures.models import Evidence, ProgressReport
from reporting.models import Week
from reporting.services import roll_up_week
from tests.browser.conftest import Open
from tests.browser.office_data import OfficeData
from tests.browser.page_checks import WIDE, Watch
from tools.old_browser import MAJOR

pytestmark = [pytest.mark.browser, pytest.mark.old_browser, pytest.mark.django_db(transaction=True)]
NARROW = {"width": 360, "height": 740}
WORDS = "城东管网已更换12公里，涉及9个小区，余下的在雨季前完成。"
ALIKE = 8  # pixels: an old and a new browser measure text a little differently
KEY = "h1, h2, .top-bar, .side-nav li, main, .card, .figure-tile, .chip, .light, .btn"
KEY += ", table, .field, .form-control, .page-tabs a"
BOXES = """selector => [...document.querySelectorAll(selector)].filter(part =>
  part.getClientRects().length && !part.closest("details:not([open]) > :not(summary)")).map(part => {
    const box = part.getBoundingClientRect();
    const words = part.textContent.trim().replace(/\\s+/g, " ").slice(0, 16);
    return [`${part.tagName}.${part.className} ${words}`, [box.x, box.y + scrollY, box.width].map(Math.round)];
  })"""
PLACE = """selector => {
  const part = document.querySelector(selector);
  part.scrollIntoView({block: "center"});
  const box = part.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""
Boxes = list[tuple[str, list[int]]]


@dataclass
class Hand:
    """What a person does with a page of the old browser."""

    page: Page

    def click(self, selector: str) -> None:
        self.page.mouse.click(*self.page.evaluate(PLACE, selector))

    def write(self, selector: str, words: str) -> None:
        self.click(selector)
        self.page.keyboard.insert_text(words)

    def give(self, selector: str, name: str, content: bytes) -> None:
        field = self.page.evaluate_handle("selector => document.querySelector(selector)", selector).as_element()
        assert field is not None
        field.set_input_files([{"name": name, "mimeType": "application/octet-stream", "buffer": content}])

    def wait(self, selector: str) -> None:
        self.page.wait_for_function("selector => document.querySelector(selector) !== null", arg=selector)


@pytest.fixture
def old_watch(old_window: Open, server: str) -> Callable[..., Watch]:
    return lambda user, **options: Watch(old_window(user, **options), server, widths=(WIDE, NARROW))


def boxes(page: Page, address: str, size: dict[str, int]) -> Boxes:
    page.set_viewport_size(dict(size))
    page.goto(address)
    return [(name, box) for name, box in page.evaluate(BOXES, KEY)]


def differences(today: Boxes, old: Boxes) -> list[str]:
    """Where a part stands or how wide it is; further down, lines that were broken differently add up."""
    if [name for name, _box in today] != [name for name, _box in old]:
        return [f"other parts: {sorted({name for name, _ in today} ^ {name for name, _ in old})}"]
    found = []
    for (name, (x, y, width)), (_name, (old_x, old_y, old_width)) in zip(today, old, strict=True):
        off = max(abs(x - old_x), abs(width - old_width))
        if off > ALIKE or abs(y - old_y) > 3 * ALIKE + y / 20:
            found.append(f"{name}: {(x, y, width)} and {(old_x, old_y, old_width)}")
    return found


def pages(ground: OfficeData) -> dict[str, list[str]]:
    week = Week.of(timezone.localdate()).previous
    taken = roll_up_week(inspection=ground.inspection, week=week, by=None, at=timezone.now())
    draft = draft_bulletin(snapshot=taken, by=None, at=timezone.now())
    home, waiting = reverse("inspection", args=[ground.inspection.code]), ground.applications["first step"]
    return {
        "leader": [home, f"{home}screen/"],
        "roads_officer": ["/", reverse("add_evidence", args=[ground.work.pk])],
        "office": [
            f"{home}ledger/",
            reverse("plan_measure", args=[ground.issues[0].pk]),
            reverse("signoffs"),
            reverse("application", args=[waiting.pk]),
            reverse("import_detail", args=[ground.workbook.pk]),
            reverse("bulletin", args=[draft.pk]),
        ],
    }


def test_this_is_the_old_browser(old_chromium: Browser) -> None:
    assert old_chromium.version.split(".")[0] == str(MAJOR)


def test_every_page_stands_as_in_todays_browser(window: Open, old_watch: Callable[..., Watch]) -> None:
    """Dashboard, wall, ledger, my work, upload, plan, queue, review, import, bulletin: on a desk and a small phone."""
    ground, found = OfficeData("zh-hans"), []
    for role, addresses in pages(ground).items():
        watch, today = (
            old_watch(getattr(ground, role), language="zh-hans"),
            window(getattr(ground, role), language="zh-hans"),
        )
        for address in addresses:
            watch.visit(address)
            for size in watch.widths:
                different = differences(boxes(today, address, size), boxes(watch.page, address, size))
                found += [f"{address} at {size['width']}: {told}" for told in different]
        found += watch.faults
    assert not found, "\n".join(found)


def test_an_officer_reports_and_uploads_with_it(ground: OfficeData, old_watch: Callable[..., Watch]) -> None:
    watch, measure = old_watch(ground.roads_officer), ground.measures["in_progress"]
    hand = Hand(watch.page)
    for size in watch.widths:
        watch.visit(reverse("report_progress", args=[measure.pk]))
        watch.page.set_viewport_size(dict(size))
        hand.write("#id_text", WORDS)
        hand.click("form.form-page button[type=submit]")
        hand.wait(".toast-line")
    assert ProgressReport.objects.filter(measure=measure, text=WORDS).count() == 2

    watch.visit(reverse("add_evidence", args=[measure.pk]))
    hand.give("#id_uploads", "说明.txt", "整改说明".encode())
    hand.wait("[data-upload-list] > li")
    hand.click("main button[type=submit]")
    hand.wait(".file-list > li")
    assert watch.page.url.endswith("tab=evidence")
    assert Evidence.objects.get(measure=measure).latest.file.name == "说明.txt"
    assert not watch.faults, watch.told()


def test_the_ledger_folds_without_loading_anew(ground: OfficeData, old_watch: Callable[..., Watch]) -> None:
    watch = old_watch(ground.office)
    hand = Hand(watch.page)
    watch.visit(reverse("ledger", args=[ground.inspection.code]))
    watch.page.evaluate("() => { window.unloaded = false; addEventListener('pagehide', () => { unloaded = true; }); }")
    hand.wait("tr.row-issue a.tree-toggle[aria-expanded=true]")
    hand.click("tr.row-issue a.tree-toggle[aria-expanded=true]")
    hand.wait("tr.row-issue a.tree-toggle[aria-expanded=false]")
    assert "toggled=" in watch.page.url
    assert watch.page.evaluate("unloaded") is False
    assert not watch.faults, watch.told()
