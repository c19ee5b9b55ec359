"""Evidence in a real browser: dropped files with a bar each, refusals beside their file, previews that show."""

import io
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from files.services import make_rendition
from files.services.previews import converter
from measures.models import Evidence, Measure
from measures.services import upload_evidence
from tests.browser.office_data import OfficeData
from tests.browser.page_checks import Watch
from tests.files.test_previews import picture
from tests.files.test_store_upload import word

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Watched = Callable[..., Watch]
NAME = "整改报告（终稿）.pdf"
PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]/Contents 4 0 R>>endobj
4 0 obj<</Length 34>>stream
0.7 0.15 0.1 rg 20 20 160 160 re f
endstream endobj
trailer<</Root 1 0 R>>
"""
DROP = """(zone, names) => {
  const data = new DataTransfer();
  for (const [name, words] of names) { data.items.add(new File([words], name)); }
  zone.dispatchEvent(new DragEvent("drop", {bubbles: true, cancelable: true, dataTransfer: data}));
}"""


PLACE = {"last": 0}


@pytest.fixture
def measure(ground: OfficeData) -> Measure:
    last = Evidence.objects.order_by("pk").last()
    PLACE["last"] = last.pk if last else 0
    return ground.measures["in_progress"]


def file(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def upload_page(watch: Watch, measure: Measure) -> Page:
    watch.visit(f"/measures/{measure.pk}/add-evidence/")
    return watch.page


def names() -> list[str]:
    """What was added in the test, beside what the ground has of its own."""
    added = Evidence.objects.filter(pk__gt=PLACE["last"]).order_by("pk")
    return [each.latest.file.name for each in added]


def test_chosen_and_dropped_files_go_up_one_by_one_and_lead_back_to_the_list(
    ground: OfficeData, measure: Measure, watched: Watched
) -> None:
    watch = watched(ground.roads_officer)
    page = upload_page(watch, measure)
    page.locator("#id_uploads").set_input_files([file(NAME, PDF), file("说明.txt", "说明".encode())])
    page.locator("[data-upload-drop]").evaluate(DROP, [["现场.txt", "照片说明"], ["多余.txt", "x"]])
    rows = page.locator("[data-upload-list] > li")
    expect(rows).to_have_count(4)
    rows.nth(3).get_by_role("button").click()
    expect(rows).to_have_count(3)
    page.locator("main button[type=submit]").click()
    page.wait_for_url(f"**/measures/{measure.pk}/?tab=evidence")
    expect(page.locator(".file-list > li")).to_have_count(3)
    assert names() == [NAME, "说明.txt", "现场.txt"]
    watch.look()
    assert not watch.faults, watch.told()


def test_a_refused_file_says_why_beside_its_name_and_the_others_stay(
    ground: OfficeData, measure: Measure, watched: Watched, settings: Any
) -> None:
    settings.EVIDENCE_LIMIT = 100_000
    watch = watched(ground.roads_officer)
    page = upload_page(watch, measure)
    watch.expected = 422
    sent = [file("程序.pdf", b"MZ\x90"), file(NAME, PDF), file("大.pdf", bytes(100_001))]
    page.locator("#id_uploads").set_input_files(sent)
    rows = page.locator("[data-upload-list] > li")
    expect(rows.nth(2)).to_contain_text("larger than the limit")
    page.locator("main button[type=submit]").click()
    expect(rows.nth(0)).to_contain_text("By its content this file is: program.")
    expect(rows.nth(1)).to_contain_text("added")
    assert names() == [NAME]
    watch.look()
    assert not watch.faults, watch.told()


def test_a_connection_that_breaks_is_said_and_the_file_can_be_sent_again(
    ground: OfficeData, measure: Measure, window: Any
) -> None:
    page: Page = window(ground.roads_officer)
    page.goto(f"/measures/{measure.pk}/add-evidence/")
    broken: list[int] = []

    def cut(route: Route) -> None:
        if route.request.method == "POST" and not broken:
            broken.append(1)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/add-evidence/", cut)
    page.locator("#id_uploads").set_input_files([file(NAME, PDF)])
    page.locator("main button[type=submit]").click()
    expect(page.locator("[data-upload-list] > li")).to_contain_text("The connection was lost")
    assert names() == []
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/?tab=evidence")
    assert names() == [NAME]


def test_the_bar_moves_while_a_file_is_on_its_way(ground: OfficeData, measure: Measure, window: Any) -> None:
    page: Page = window(ground.roads_officer)
    page.goto(f"/measures/{measure.pk}/add-evidence/")
    session = page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 400_000}
    session.send("Network.emulateNetworkConditions", slow)
    page.locator("#id_uploads").set_input_files([file(NAME, PDF.ljust(1_200_000))])
    page.evaluate(
        "() => { window.seen = []; new MutationObserver(() => window.seen.push(document.querySelector("
        "'[data-upload-list] progress').value)).observe(document.querySelector('[data-upload-list]'),"
        " {subtree: true, childList: true, characterData: true}); }"
    )
    page.locator("main button[type=submit]").click()
    page.wait_for_function("() => window.seen.some(value => value > 0 && value < 100)")
    session.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    page.wait_for_url("**/?tab=evidence")
    assert names() == [NAME]


def test_without_a_script_the_plain_form_takes_several_files(ground: OfficeData, measure: Measure, window: Any) -> None:
    page: Page = window(ground.roads_officer, java_script_enabled=False)
    page.goto(f"/measures/{measure.pk}/add-evidence/")
    page.locator("#id_uploads").set_input_files([file(NAME, PDF), file("坏.txt", b"")])
    page.locator("main button[type=submit]").click()
    expect(page.locator("#id_uploads_error")).to_contain_text("坏.txt: This file is empty.")
    assert names() == [NAME]


def test_a_phone_offers_its_camera(ground: OfficeData, measure: Measure, window: Any) -> None:
    page: Page = window(ground.roads_officer, has_touch=True, is_mobile=True)
    page.goto(f"/measures/{measure.pk}/add-evidence/")
    camera = page.locator("#id_camera")
    expect(camera).to_be_visible()
    assert camera.get_attribute("capture") == "environment"
    camera.set_input_files([file("IMG_0001.png", picture())])
    page.locator("main button[type=submit]").click()
    page.wait_for_url("**/?tab=evidence")
    assert names() == ["IMG_0001.png"]


def piece(ground: OfficeData, measure: Measure, name: str, content: bytes) -> Evidence:
    return upload_evidence(
        stream=io.BytesIO(content), name=name, measure=measure, by=ground.roads_officer, at=timezone.now()
    )


def test_pictures_and_texts_show_and_their_scripts_do_not_run(
    ground: OfficeData, measure: Measure, watched: Watched
) -> None:
    watch = watched(ground.group)
    shown = piece(ground, measure, "照片.png", picture())
    watch.visit(f"/evidence/{shown.pk}/")
    assert watch.page.locator(".preview-picture").evaluate("picture => picture.naturalWidth") == 1
    words = piece(ground, measure, "说明.txt", "整改说明 <b>not bold</b>".encode("gb18030"))
    watch.visit(f"/evidence/{words.pk}/")
    frame = watch.page.frame_locator(".preview-frame")
    expect(frame.locator("body")).to_have_text("整改说明 <b>not bold</b>")
    assert not watch.faults, watch.told()


def red_points(page: Page) -> int:
    """How much of the preview is drawn in the red of the paper."""
    image = page.locator(".preview-frame").screenshot()
    count = page.evaluate(
        """async bytes => {
          const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)], {type: "image/png"}));
          const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
          const context = canvas.getContext("2d");
          context.drawImage(bitmap, 0, 0);
          const points = context.getImageData(0, 0, bitmap.width, bitmap.height).data;
          let red = 0;
          for (let at = 0; at < points.length; at += 4) {
            if (points[at] > 150 && points[at + 1] < 80 && points[at + 2] < 80) { red += 1; }
          }
          return red;
        }""",
        list(image),
    )
    return int(count)


def test_a_pdf_shows_in_the_browser_s_own_reader(ground: OfficeData, measure: Measure, watched: Watched) -> None:
    watch = watched(ground.group)
    evidence = piece(ground, measure, NAME, PDF)
    watch.visit(f"/evidence/{evidence.pk}/")
    until = time.monotonic() + 15
    while red_points(watch.page) < 10_000:
        assert time.monotonic() < until, "the paper is not drawn"
    assert not watch.faults, watch.told()


@pytest.mark.skipif(not converter(), reason="LibreOffice is not installed")
def test_a_word_document_shows_its_pages(ground: OfficeData, measure: Measure, watched: Watched) -> None:
    evidence = piece(ground, measure, "报告.docx", word())
    watch = watched(ground.group)
    watch.visit(f"/evidence/{evidence.pk}/")
    watch.page.get_by_role("button", name="Prepare the preview").click()
    expect(watch.page.get_by_text("is being prepared")).to_be_visible()
    assert make_rendition(file_id=evidence.latest.file_id, at=timezone.now()) == "done"
    watch.page.reload()
    expect(watch.page.locator(".preview-frame")).to_be_visible()
    assert not watch.faults, watch.told()
