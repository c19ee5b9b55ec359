"""Workbooks: typed cells, native charts, texts that stay text, any number of rows in little memory."""

import re
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import Book, Chart, Column, Sheet, Total, write_xlsx
from documents.workbook import CUT, LONGEST_CELL, write_xlsx_to
from tests.documents.papers import CODE, RARE
from tests.randomness import examples

COLUMNS = (
    Column("单位", 20),
    Column("应销号", 8, "right"),
    Column("已销号", 8, "right"),
    Column("销号率", 10, "right", percent=True),
    Column("日期", 16, "centre"),
)
ROWS = (
    ("办公室", 30, 27, 0.9, date(2026, 1, 19)),
    ("供水科", 20, 10, Decimal("0.5"), None),
    Total(("合计", 50, 37, 0.74, None)),
)
CHARTS = (
    Chart("bar", "各单位销号", 0, (1, 2)),
    Chart("line", "销号率", 0, (3,)),
    Chart("stacked", "构成", 0, (1, 2), colours=("#112233",)),
    Chart("stacked bar", "构成", 0, (1, 2)),
    Chart("column", "应销号", 0, (1,)),
)


def book(*sheets: Sheet) -> Book:
    return Book(sheets, title="周报", author="青川市水务局", created_at=datetime(2026, 2, 3, 1, tzinfo=UTC))


def full() -> Book:
    above = (("", 1), ("措施（项）", 3), ("", 1))
    return book(
        Sheet(
            "单位", COLUMNS, ROWS, title="单位排名", line="单位：项", above=above, notes=("注：并列。",), charts=CHARTS
        )
    )


@pytest.fixture(scope="module")
def written() -> bytes:
    return write_xlsx(full())


@pytest.fixture(scope="module")
def sheet(written: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(written)).active


def part(written: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(written)) as archive:
        return archive.read(name).decode()


def test_cells_keep_their_types(sheet: Any) -> None:
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5, max_row=7)]
    rows[0][4] = rows[0][4].isoformat()
    assert rows == [
        ["办公室", 30, 27, 0.9, "2026-01-19T00:00:00"],
        ["供水科", 20, 10, 0.5, None],
        ["合计", 50, 37, 0.74, None],
    ]
    assert [sheet.cell(5, column).number_format for column in (2, 4, 5)] == ["0", "0.0%", 'yyyy"年"m"月"d"日"']


def test_the_head_has_title_line_and_both_rows_and_stays_in_sight(sheet: Any) -> None:
    assert [sheet.cell(row, 1).value for row in (1, 2, 3)] == ["单位排名", "单位：项", "单位"]
    assert [cell.value for cell in sheet[4]] == [None, "应销号", "已销号", "销号率", None]
    assert {str(area) for area in sheet.merged_cells.ranges} == {"A1:E1", "A3:A4", "B3:D3", "E3:E4", "A8:E8"}
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A5", "A4:E6")
    assert sheet.print_title_rows == "$3:$4"
    assert [round(sheet.column_dimensions[name].width) for name in "AB"] == [21, 9]


def test_every_chart_is_native_and_shows_the_rows_without_their_sum(written: bytes, sheet: Any) -> None:
    assert len(sheet._charts) == 5
    kinds = [re.findall(r"<c:(barChart|lineChart)>", part(written, f"xl/charts/chart{n}.xml"))[0] for n in range(1, 6)]
    assert kinds == ["barChart", "lineChart", "barChart", "barChart", "barChart"]
    first, third = (part(written, f"xl/charts/chart{number}.xml") for number in (1, 3))
    assert re.findall(r"<c:f>(.*?)</c:f>", first) == [
        "单位!$A$5:$A$6",
        "单位!$B$5:$B$6",
        "单位!$A$5:$A$6",
        "单位!$C$5:$C$6",
    ]
    assert ('<c:barDir val="bar"/>' in first, '<c:grouping val="stacked"/>' in third) == (True, True)
    assert "112233" in third


def test_the_file_says_who_made_it_when(written: bytes) -> None:
    told = openpyxl.load_workbook(BytesIO(written)).properties
    assert (told.title, told.creator, told.created.isoformat()) == ("周报", "青川市水务局", "2026-02-03T01:00:00")


@pytest.mark.parametrize(
    "text", [*CODE, RARE, "+1", "-1", "@SUM(A1)", "=1+1", "https://example.org", "007", "_x0041_", " 一 "]
)
def test_a_text_stays_that_text(text: str) -> None:
    made = write_xlsx(book(Sheet("表", (Column("甲"),), [(text,)])))
    cell = openpyxl.load_workbook(BytesIO(made)).active["A2"]
    assert cell.data_type in {"s", "inlineStr"}
    assert "<f>" not in part(made, "xl/worksheets/sheet1.xml")
    shown = cell.value.replace("_x005F_", "_") if "_x" in text else cell.value
    assert shown == text


def test_a_text_longer_than_a_cell_is_cut_and_says_so() -> None:
    made = write_xlsx(book(Sheet("表", (Column("甲"),), [("整𠮷" * 20_000,)])))
    value = openpyxl.load_workbook(BytesIO(made)).active["A2"].value
    assert value.endswith(CUT)
    assert len(value.encode("utf-16-le")) // 2 in (LONGEST_CELL, LONGEST_CELL - 1)


def test_a_moment_is_shown_at_the_place_of_the_office() -> None:
    made = write_xlsx(book(Sheet("表", (Column("甲"),), [(datetime(2026, 2, 2, 17, 30, tzinfo=UTC),)])))
    assert openpyxl.load_workbook(BytesIO(made)).active["A2"].value.isoformat() == "2026-02-03T01:30:00"


def test_names_of_sheets_are_made_such_that_excel_takes_them() -> None:
    names = ("总体/[情况]", "总体/[情况]", "很" * 40, "", "'")
    made = write_xlsx(book(*(Sheet(name, (Column("甲"),), [("一",)]) for name in names)))
    shown = openpyxl.load_workbook(BytesIO(made)).sheetnames
    assert shown == ["总体／（情况）", "总体／（情况） (2)", "很" * 31, "Sheet", "’"]


def test_a_row_is_as_high_as_its_text() -> None:
    made = write_xlsx(book(Sheet("表", (Column("甲", 20),), [("整改",), ("整改措施" * 10,), ("一\n二\n三",)])))
    sheet = openpyxl.load_workbook(BytesIO(made)).active
    assert [sheet.row_dimensions[row].height for row in (2, 3, 4)] == [None, 78.75, 48.75]


def test_a_row_with_other_columns_is_refused() -> None:
    with pytest.raises(ValueError):
        write_xlsx(book(Sheet("表", (Column("甲"),), [("一", "二")])))


def test_an_empty_sheet_has_its_head_and_no_chart() -> None:
    made = write_xlsx(book(Sheet("表", COLUMNS, (), charts=CHARTS)))
    sheet = openpyxl.load_workbook(BytesIO(made)).active
    assert [cell.value for cell in sheet[1]] == [column.title for column in COLUMNS]
    assert sheet._charts == []


def test_many_rows_need_the_memory_of_few(tmp_path: Any) -> None:
    def rows(count: int) -> Iterator[tuple[Any, ...]]:
        return ((f"单位{number}", number, number, 0.5, date(2026, 1, 1)) for number in range(count))

    def peak(count: int) -> int:
        tracemalloc.start()
        write_xlsx_to(book(Sheet("表", COLUMNS, rows(count))), str(tmp_path / "book.xlsx"))
        _now, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    few = peak(500)
    assert peak(8_000) < few * 2 + 2_000_000
    assert openpyxl.load_workbook(tmp_path / "book.xlsx", read_only=True).active.max_row == 8_001


@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=60), min_size=1, max_size=6))
@settings(max_examples=examples(20))
def test_whatever_is_written_becomes_a_workbook(texts: list[str]) -> None:
    sheet = Sheet(texts[0], (Column(texts[0]),), [(text,) for text in texts], charts=(Chart("bar", texts[0], 0, (0,)),))
    openpyxl.load_workbook(BytesIO(write_xlsx(book(sheet))))
