"""The burn-up as the browser draws it: lines, figures under pointer, finger and key, on paper and on the wall."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, Route, expect

from measures.models import MeasureSpan
from tests.browser.conftest import Open
from tests.browser.office_data import OfficeData
from tests.browser.page_checks import Watch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CANVAS, TABLE = "canvas[data-burn-up]", ".chart-rows table"
SWAP = "() => htmx.ajax('GET', location.pathname, {target: '#wall', select: '#wall', swap: 'outerHTML'})"
PLANNED, DONE = 0, 1

# Writes down what is written on the canvas, and where.
RECORD = """
window.written = [];
const fill = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...more) {
  const place = this.getTransform().transformPoint({x, y}), width = this.measureText(text).width;
  const left = place.x - {left: 0, center: width / 2, right: width}[this.textAlign];
  const half = parseFloat(this.font.match(/([0-9.]+)px/)[1]) / 2;
  window.written.push({text, box: [left, place.y - half, left + width, place.y + half]});
  return fill.call(this, text, x, y, ...more);
};
"""
BLUE_DOTS = """canvas => {
  const dots = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  let count = 0;
  for (let at = 0; at < dots.length; at += 4) {
    if (dots[at] === 29 && dots[at + 1] === 95 && dots[at + 2] === 168) { count += 1; }
  }
  return count;
}"""
TIP = """canvas => {
  const tip = Chart.getChart(canvas).tooltip;
  return tip.opacity ? [...tip.title, ...tip.body.flatMap(part => part.lines)] : [];
}"""
PLACES = "canvas => [0, 1].map(number => Chart.getChart(canvas).getDatasetMeta(number).data.map(dot => [dot.x, dot.y]))"


@pytest.fixture
def dashboard(ground: OfficeData) -> str:
    """The page in the middle of the period: five weeks are over, five are to come."""
    today = timezone.localdate()
    ground.inspection.concentrated_from = today - timedelta(days=35)
    ground.inspection.concentrated_until = today + timedelta(days=35)
    ground.inspection.save()
    return f"/inspections/{ground.inspection.code}/"


def rows(page: Page) -> list[list[str]]:
    cells: list[list[str]] = page.locator(TABLE).evaluate(
        "table => [...table.tBodies[0].rows].map(row => [...row.cells].map(cell => cell.textContent.trim()))"
    )
    return cells


def tip_of(row: list[str]) -> list[str]:
    """What is to be read at a week, by its row of the table."""
    title = row[0].replace(" today", " · today") if row[0].endswith("today") else f"week until {row[0]}"
    names = ["Planned", "Signed off", "Gap"]
    return [title, *(f"{name} {figure}" for name, figure in zip(names, row[1:4], strict=True) if figure)]


def places(drawing: Locator) -> list[list[list[float]]]:
    found: list[list[list[float]]] = drawing.evaluate(PLACES)
    return found


def test_each_week_of_the_table_is_a_point_of_the_lines(
    ground: OfficeData, dashboard: str, watched: Callable[..., Watch]
) -> None:
    watch = watched(ground.leader)
    for address in (dashboard, f"{dashboard}screen/"):
        watch.page.goto(address)
        planned, done = places(watch.page.locator(CANVAS))
        table = rows(watch.page)
        assert len(planned) == len(table) > 10
        assert len(done) == len([row for row in table if row[2]]) == 6
        assert all(before[0] < after[0] for before, after in zip(planned, planned[1:], strict=False))
        assert watch.page.locator(CANVAS).evaluate(BLUE_DOTS) > 100
    assert not watch.faults, watch.told()


def test_pointer_finger_and_keys_show_the_figures_of_a_week(ground: OfficeData, dashboard: str, window: Open) -> None:
    page = window(ground.leader, has_touch=True)
    page.goto(dashboard)
    drawing, table = page.locator(CANVAS), rows(page)
    drawing.scroll_into_view_if_needed()
    corner = drawing.bounding_box()
    assert corner is not None
    assert drawing.evaluate(TIP) == []
    x, y = (round(place) for place in places(drawing)[PLANNED][2])
    page.mouse.move(corner["x"] + x, corner["y"] + y - 20)
    page.wait_for_function(f"() => ({TIP})(document.querySelector('{CANVAS}')).length")
    assert drawing.evaluate(TIP) == tip_of(table[2])
    x = round(places(drawing)[PLANNED][-1][0])
    page.touchscreen.tap(corner["x"] + x - 2, corner["y"] + y)
    page.wait_for_function(f"() => ({TIP})(document.querySelector('{CANVAS}')).length === 2")
    assert drawing.evaluate(TIP) == tip_of(table[-1])
    page.mouse.move(0, 0)
    drawing.focus()
    for key, index in [("Home", 0), ("ArrowLeft", 0), ("ArrowRight", 1), ("End", -1), ("ArrowLeft", -2)]:
        page.keyboard.press(key)
        assert drawing.evaluate(TIP) == tip_of(table[index]), key
    page.keyboard.press("Escape")
    assert drawing.evaluate(TIP) == []
    page.keyboard.press("ArrowRight")
    assert drawing.evaluate(TIP) == tip_of(table[5]), "the present comes first"
    assert " today" in table[5][0]
    page.keyboard.press("Tab")
    assert drawing.evaluate(TIP) == []


@pytest.mark.parametrize("is_ahead", [True, False])
def test_no_label_lies_on_a_line_or_on_another_label(
    ground: OfficeData, dashboard: str, window: Open, is_ahead: bool
) -> None:
    """Ahead of the plan and behind it: the label at the last dot finds a free place on either side of the dashes."""
    deadline = timezone.localdate() + timedelta(days=20 if is_ahead else -20)
    ground.inspection.measures.update(deadline=deadline)
    MeasureSpan.objects.filter(inspection=ground.inspection).update(deadline=deadline)
    page = window(ground.leader)
    page.add_init_script(RECORD)
    for width in (360, 390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(dashboard)
        drawing = page.locator(CANVAS)
        assert drawing.evaluate("canvas => canvas.clientWidth") < width
        boxes: dict[str, Box] = {each["text"]: each["box"] for each in page.evaluate("window.written")}
        assert len(boxes) > 8
        assert pairs_that_meet(boxes) == [], width
        label = next(box for text, box in boxes.items() if text.startswith("signed off"))
        for line in places(drawing):
            assert not any(crosses(label, start, end) for start, end in zip(line, line[1:], strict=False)), width


Box = tuple[float, float, float, float]
"""Left, top, right and bottom."""


def pairs_that_meet(boxes: dict[str, Box]) -> list[tuple[str, str]]:
    named = list(boxes.items())
    return [
        (one, other)
        for number, (one, (left, top, right, bottom)) in enumerate(named)
        for other, its in named[number + 1 :]
        if left < its[2] and its[0] < right and top < its[3] and its[1] < bottom
    ]


def crosses(box: Box, start: list[float], end: list[float]) -> bool:
    left, top, right, bottom = box
    steps = [step / 50 for step in range(51)]
    dots = [(start[0] + (end[0] - start[0]) * step, start[1] + (end[1] - start[1]) * step) for step in steps]
    return any(left < x < right and top < y < bottom for x, y in dots)


def test_it_follows_the_window_and_has_its_own_size_on_paper(ground: OfficeData, dashboard: str, window: Open) -> None:
    page = window(ground.leader)
    page.goto(dashboard)
    drawing, table = page.locator(CANVAS), page.locator(TABLE)
    wide = drawing.evaluate("canvas => canvas.width")
    expect(table).to_be_hidden()
    page.locator(".chart-table summary").click()
    expect(table).to_be_visible()
    page.locator(".chart-table summary").click()
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert drawing.evaluate("canvas => canvas.width") == 4 * 690
    assert drawing.evaluate(BLUE_DOTS) > 1000
    page.emulate_media(media="print")
    expect(table).to_be_visible()
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(table).to_be_hidden()
    page.wait_for_function(f"() => document.querySelector('{CANVAS}').width === {wide}")
    page.set_viewport_size({"width": 800, "height": 900})
    page.wait_for_function(f"() => document.querySelector('{CANVAS}').width < {wide}")


def test_a_wall_that_is_renewed_keeps_one_chart_and_draws_it_before_it_is_seen(
    ground: OfficeData, dashboard: str, watched: Callable[..., Watch]
) -> None:
    watch = watched(ground.leader)
    page = watch.page
    page.goto(f"{dashboard}screen/")
    page.evaluate(
        """() => {
          window.blank = 0;
          const look = () => {
            window.blank += !Chart.getChart(document.querySelector("canvas"));
            requestAnimationFrame(look);
          };
          look();
        }"""
    )
    for _time in range(10):
        before = page.locator(CANVAS).element_handle()
        page.evaluate(SWAP)
        page.wait_for_function("before => !before.isConnected", arg=before)
        expect(page.locator(CANVAS)).to_be_visible()
        assert page.evaluate("Object.keys(Chart.instances).length") == 1
    assert page.locator(CANVAS).evaluate(BLUE_DOTS) > 100
    assert page.evaluate("window.blank") == 0
    assert not watch.faults, watch.told()


@pytest.mark.parametrize("what", ["", "screen/"])
def test_without_a_script_its_table_stands_open(ground: OfficeData, dashboard: str, window: Open, what: str) -> None:
    page = window(ground.leader, java_script_enabled=False)
    page.goto(dashboard + what)
    expect(page.locator(TABLE)).to_be_visible()
    size = page.locator(TABLE).bounding_box()
    assert size is not None
    assert size["width"] > 300
    expect(page.locator(CANVAS)).to_be_hidden()


@pytest.mark.parametrize("what", ["", "screen/"])
def test_where_the_library_does_not_come_the_table_opens(
    ground: OfficeData, dashboard: str, window: Open, what: str
) -> None:
    def refuse(route: Route) -> None:
        route.abort()

    page = window(ground.leader)
    page.route("**/chart.min*", refuse)
    page.goto(dashboard + what)
    expect(page.locator(CANVAS)).to_be_hidden()
    expect(page.locator(".chart-rows table")).to_be_visible()
    assert page.evaluate("document.querySelector('.chart-rows').getBoundingClientRect().height") > 100
