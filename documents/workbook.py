"""Figures as a workbook with native charts, written row by row: what a sheet holds is never in memory as a whole."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import IO, Any

from xlsxwriter import Workbook

from core.fields import CUT_MARK
from documents.document_model import Total
from documents.text_fit import width_of
from documents.wording import plain
from documents.workbook_model import Book, Chart, Column, Sheet, Value
from documents.zone import localized

LONGEST_CELL = 32_767
MOST_ROWS = 1_048_576
LONGEST_NAME = 31
"""Excel's limits of one cell, of one sheet, and of the name of a sheet."""
CUT = CUT_MARK
NOT_IN_A_NAME = str.maketrans("[]:*?/\\'", "（）：＊？／＼’")
DAY, MOMENT = 'yyyy"年"m"月"d"日"', 'yyyy"年"m"月"d"日" hh:mm'
A4, A3 = 9, 8
NARROWEST_CHART, WIDEST_CHART, CHART_HEIGHT, ROW_HEIGHT, GAP, UNIT = 400, 900, 340, 20, 10, 7.5
"""Pixels; the last is what a column takes for each character of its width."""
ROW_POINTS, HIGHEST_ROW = 15, 409
INK = ("#B3261E", "#2F5C8F", "#3F7D4E", "#C58A1A", "#8A8580", "#6C4A8C")
"""Colours of the series, in the order in which they come."""


def write_xlsx(book: Book) -> bytes:
    """Return the workbook. Raises `ValueError` where a sheet has more rows than Excel can hold."""
    buffer = BytesIO()
    write_xlsx_to(book, buffer)
    return buffer.getvalue()


def write_xlsx_to(book: Book, file: IO[bytes] | str) -> None:
    """Write the workbook to a file or a path, a row at a time. Raises as `write_xlsx` does."""
    work = open_workbook(file)
    properties: dict[str, Any] = {"title": plain(book.title), "author": plain(book.author)}
    if book.created_at:
        properties["created"] = book.created_at.astimezone(UTC).replace(tzinfo=None)
    work.set_properties(properties)
    look, taken = CellFormats(work), set[str]()
    for sheet in book.sheets:
        _Writer(work, look, sheet, _name(sheet.name, taken)).write()
    work.close()


def open_workbook(path: Any) -> Workbook:
    """Open a workbook that is written row by row. No text ever becomes a formula, a number or a link."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False}
    return Workbook(path, {**options, "strings_to_urls": False, "default_date_format": DAY})


def merge_down(sheet: Any, column: int, first: int, last: int) -> None:
    """Merge cells that are written already: `merge_range` would write them again, which a row that is gone forbids."""
    if last > first:
        sheet.merge.append([first, column, last, column])


def cell_text(text: str) -> str:
    """Return a text as one cell can hold it: without control characters, cut where it is longer, saying so."""
    text = plain(text)
    return text if _units(text) <= LONGEST_CELL else _cut(text)


def _units(text: str) -> int:
    """Return the length as Excel counts it, in UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def _cut(text: str) -> str:
    clipped = text.encode("utf-16-le")[: (LONGEST_CELL - len(CUT)) * 2]
    return clipped.decode("utf-16-le", errors="ignore") + CUT


def _name(name: str, taken: set[str]) -> str:
    """Return a name that Excel takes for a sheet and that no sheet has yet."""
    clean = plain(name).replace("\n", " ").translate(NOT_IN_A_NAME).strip() or "Sheet"
    count = 1
    while True:
        tail = f" ({count})" if count > 1 else ""
        name = clean[: LONGEST_NAME - len(tail)] + tail
        if name.casefold() not in taken:
            taken.add(name.casefold())
            return name
        count += 1


class CellFormats:
    """The formats of one workbook: the faces of official papers, borders, how values are shown."""

    def __init__(self, work: Workbook) -> None:
        self.work, self._formats = work, dict[tuple[tuple[str, Any], ...], Any]()
        self.title = self._format(font_name="方正小标宋简体", font_size=18, align="center")
        self.line = self._format(font_name="楷体_GB2312", font_size=11)
        self.head = self._body(font_name="黑体", align="center", bg_color="#F2F2F2", num_format="@")
        self.note = self._format(font_name="仿宋_GB2312", font_size=10, text_wrap=True)

    def _format(self, **properties: Any) -> Any:
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.work.add_format({"valign": "vcenter", **properties})
        return self._formats[key]

    def _body(self, **properties: Any) -> Any:
        return self._format(
            **{"font_name": "仿宋_GB2312", "font_size": 11, "border": 1, "text_wrap": True, **properties}
        )

    def cell(self, column: Column, value: Value, *, is_total: bool) -> Any:
        """Return the format of a value in a column."""
        style = {
            "align": "center" if column.align == "centre" else column.align,
            "num_format": _number_format(column, value),
        }
        return self._body(**style, **({"font_name": "黑体", "bg_color": "#FAF7F2"} if is_total else {}))


def _lines(column: Column, value: Value) -> int:
    """Return how many lines a value takes in its column; a Chinese character is as wide as two of its units."""
    if not isinstance(value, str):
        return 1
    room = max(column.width - 1, 2)
    return sum(max(1, math.ceil(sum(map(width_of, line)) * 2.1 / room)) for line in value.split("\n"))


def _number_format(column: Column, value: Value) -> str:
    if isinstance(value, datetime):
        return MOMENT
    if isinstance(value, date):
        return DAY
    if isinstance(value, str | bool) or value is None:
        return "@"
    if column.percent:
        return "0.0%"
    return "0" if isinstance(value, int) else "0.0##"


@dataclass
class _Writer:
    """One sheet on its way: the row to be written next, and which rows the charts show."""

    work: Workbook
    look: CellFormats
    page: Sheet
    name: str
    row: int = 0
    first: int = 0
    charted: int = 0
    sheet: Any = field(init=False)

    def write(self) -> None:
        self.sheet = self.work.add_worksheet(self.name)
        self._page()
        self._head()
        self.first, has_total = self.row, False
        for cells in self.page.rows:
            has_total = has_total or isinstance(cells, Total)
            self._cells(cells)
            if not has_total:
                self.charted = self.row
        self._close()

    def _page(self) -> None:
        sheet, page = self.sheet, self.page
        sheet.set_landscape()
        sheet.set_paper(A3 if page.paper == "A3" else A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
        sheet.set_footer("&C— &P —")
        sheet.center_horizontally()
        for index, column in enumerate(page.columns):
            sheet.set_column(index, index, column.width)

    def _head(self) -> None:
        sheet, page, last = self.sheet, self.page, len(self.page.columns) - 1
        if page.title:
            sheet.set_row(self.row, 32)
            self._across(0, last, page.title, self.look.title)
            self.row += 1
        if page.line:
            sheet.write_string(self.row, 0, cell_text(page.line), self.look.line)
            self.row += 1
        top = self.row
        joined = self._spans() if page.above else set()
        self.row += bool(page.above)
        sheet.set_row(self.row, 30)
        for index, each in enumerate(page.columns):
            if index in joined:
                sheet.write_blank(self.row, index, None, self.look.head)
                merge_down(sheet, index, top, self.row)
            else:
                sheet.write_string(self.row, index, cell_text(each.title), self.look.head)
        sheet.repeat_rows(top, self.row)
        self.row += 1
        sheet.freeze_panes(self.row, 0)

    def _spans(self) -> set[int]:
        """Write the upper row of the head and return the columns whose own head takes both rows."""
        column, joined = 0, set()
        for words, span in self.page.above:
            if words:
                self._across(column, column + span - 1, words, self.look.head)
            else:
                joined |= set(range(column, column + span))
            column += span
        for index in joined:
            self.sheet.write_string(self.row, index, cell_text(self.page.columns[index].title), self.look.head)
        return joined

    def _across(self, first: int, last: int, words: str, look: Any) -> None:
        """Write words over several columns of the row at hand."""
        if last > first:
            self.sheet.merge_range(self.row, first, self.row, last, "", look)
        self.sheet.write_string(self.row, first, cell_text(words), look)

    def _cells(self, cells: Sequence[Value] | Total[Value]) -> None:
        if self.row >= MOST_ROWS:
            raise ValueError(f"The sheet {self.name} has more rows than a workbook can hold.")
        values = cells.cells if isinstance(cells, Total) else cells
        lines = max(map(_lines, self.page.columns, values), default=1)
        if lines > 1:
            self.sheet.set_row(self.row, min(HIGHEST_ROW, lines * ROW_POINTS + 4))
        for index, (column, value) in enumerate(zip(self.page.columns, values, strict=True)):
            self._value(index, value, self.look.cell(column, value, is_total=isinstance(cells, Total)))
        self.row += 1

    def _value(self, index: int, value: Value, look: Any) -> None:
        sheet = self.sheet
        if value is None or value == "":
            sheet.write_blank(self.row, index, None, look)
        elif isinstance(value, bool):
            sheet.write_string(self.row, index, "是" if value else "否", look)
        elif isinstance(value, datetime):
            local = localized(value).replace(tzinfo=None) if value.tzinfo else value
            sheet.write_datetime(self.row, index, local, look)
        elif isinstance(value, date):
            sheet.write_datetime(self.row, index, value, look)
        elif isinstance(value, int | float | Decimal):
            sheet.write_number(self.row, index, value, look)
        else:
            sheet.write_string(self.row, index, cell_text(value), look)

    def _close(self) -> None:
        last = len(self.page.columns) - 1
        if self.charted > self.first:
            self.sheet.autofilter(self.first - 1, 0, self.charted - 1, last)
        whole = Column("", sum(column.width for column in self.page.columns))
        for note in self.page.notes:
            self.sheet.set_row(self.row, _lines(whole, note) * ROW_POINTS + 4)
            self._across(0, last, note, self.look.note)
            self.row += 1
        if self.charted > self.first:
            self._place_charts(whole.width * UNIT)

    def _place_charts(self, width: float) -> None:
        """Put the charts below the rows, two beside one another where the columns are wide enough for it."""
        beside = 2 if width >= 2 * NARROWEST_CHART and len(self.page.charts) > 1 else 1
        each = min(WIDEST_CHART, max(NARROWEST_CHART, width / beside - GAP))
        for place in range(0, len(self.page.charts), beside):
            row = self.page.charts[place : place + beside]
            for number, chart in enumerate(row):
                where = {"x_offset": number * (each + GAP), "object_position": 3}
                self.sheet.insert_chart(self.row + 1, 0, self._chart(chart, each), where)
            self.row += max(map(self._height, row)) // ROW_HEIGHT + 2
        if self.row * ROW_HEIGHT < width:
            self.sheet.fit_to_pages(1, 1)  # a chart is not torn in two for want of a little room

    def _height(self, described: Chart) -> int:
        """Return how high a chart is, so that one that lies has room for every name."""
        if "bar" not in described.kind:
            return CHART_HEIGHT
        names = self.charted - self.first
        return max(CHART_HEIGHT, 120 + names * 24 * (1 if "stacked" in described.kind else len(described.series)))

    def _chart(self, described: Chart, width: float) -> Any:
        kind, _, way = described.kind.partition(" ")
        stacked = kind == "stacked"
        options = {"type": (way or "column") if stacked else kind, **({"subtype": "stacked"} if stacked else {})}
        chart = self.work.add_chart(options)
        colours = described.colours or INK
        for number, column in enumerate(described.series):
            chart.add_series(self._series(described, column, colours[number % len(colours)]))
        chart.set_title({"name": plain(described.title), "overlay": False, "name_font": {"name": "黑体", "size": 13}})
        chart.set_size({"width": width, "height": self._height(described)})
        chart.set_legend({"position": "bottom"} if len(described.series) > 1 else {"none": True})
        self._axes(chart, described)
        return chart

    def _axes(self, chart: Any, described: Chart) -> None:
        values: dict[str, Any] = {"min": 0, "major_gridlines": {"visible": True, "line": {"color": "#E4E0DA"}}}
        if self.page.columns[described.series[0]].percent:
            values |= {"max": 1, "num_format": "0%"}
        names: dict[str, Any] = {"num_font": {"name": "仿宋_GB2312"}, "major_gridlines": {"visible": False}}
        if "bar" in described.kind:  # it lies: names stand at the side and are read from the top, as the rows are
            chart.set_y_axis({**names, "reverse": True})
            chart.set_x_axis({**values, "label_position": "high"})
        else:
            chart.set_x_axis(names)
            chart.set_y_axis(values)

    def _series(self, described: Chart, column: int, colour: str) -> dict[str, Any]:
        rows = (self.first, self.charted - 1)
        series: dict[str, Any] = {
            "name": plain(self.page.columns[column].title),
            "categories": [self.name, rows[0], described.categories, rows[1], described.categories],
            "values": [self.name, rows[0], column, rows[1], column],
            "data_labels": {"value": described.kind in {"bar", "column", "line"}},
        }
        if described.kind == "line":
            marker = {"type": "circle", "size": 5, "fill": {"color": colour}, "border": {"color": colour}}
            return {**series, "line": {"color": colour, "width": 2}, "marker": marker}
        return {**series, "fill": {"color": colour}, "gap": 60}
