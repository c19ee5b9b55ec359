"""How the pages of the workbook look: faces, borders, paper. The template and the export share it."""

from collections.abc import Sequence
from typing import Any

from xlsxwriter import Workbook

from core.fields import Field
from documents.workbook import DAY

A3 = 8
HEAD_ROW = 2
"""Below the title and the line with unit and date."""
FIRST_ROW = HEAD_ROW + 1
BORDERED = {"border": 1, "valign": "vcenter", "text_wrap": True}


class LedgerFormats:
    """The formats of one workbook."""

    def __init__(self, book: Workbook) -> None:
        self.title = book.add_format({"font_name": "方正小标宋简体", "font_size": 22, "align": "center"})
        self.line = book.add_format({"font_name": "楷体_GB2312", "font_size": 12})
        self.head = book.add_format(
            {"font_name": "黑体", "font_size": 11, "align": "center", "bg_color": "#F2F2F2", **BORDERED}
        )
        body = {"font_name": "仿宋_GB2312", "font_size": 11, **BORDERED}
        self.text = book.add_format({**body, "num_format": "@"})
        self.centred = book.add_format({**body, "align": "center", "num_format": "@"})
        self.number = book.add_format({**body, "align": "center", "num_format": "0"})
        self.day = book.add_format({**body, "align": "center", "num_format": DAY})


def set_up(sheet: Any, look: LedgerFormats, columns: Sequence[Field], *, title: str, line: str) -> None:
    """Write title, second line and header, and set the page: A3 across, header repeated and frozen."""
    sheet.set_landscape()
    sheet.set_paper(A3)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&C第 &P 页，共 &N 页")
    sheet.center_horizontally()
    sheet.repeat_rows(HEAD_ROW)
    sheet.freeze_panes(FIRST_ROW, 0)
    for index, column in enumerate(columns):
        sheet.set_column(index, index, column.width)
    last = len(columns) - 1
    sheet.set_row(0, 36)
    sheet.merge_range(0, 0, 0, last, "", look.title)
    sheet.write_string(0, 0, title, look.title)
    sheet.set_row(1, 20)
    sheet.write_string(1, 0, line, look.line)
    sheet.set_row(HEAD_ROW, 32)
    for index, column in enumerate(columns):
        sheet.write_string(HEAD_ROW, index, column.title, look.head)


def close_page(sheet: Any, columns: int, last_row: int) -> None:
    """Set what needs the last row: the print area and the filter."""
    last = max(last_row, HEAD_ROW)
    sheet.print_area(0, 0, last, columns - 1)
    sheet.autofilter(HEAD_ROW, 0, last, columns - 1)
