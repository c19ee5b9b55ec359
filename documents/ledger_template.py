"""The empty ledger that an office fills in: official columns, drop-downs, notes, a page that explains."""

from collections.abc import Sequence
from typing import Any

from core.fields import Field, FieldType
from documents.ledger_style import FIRST_ROW, HEAD_ROW, LedgerFormats, close_page, set_up
from documents.ledger_writer import SHEET
from documents.workbook import open_workbook

ROWS = 500
"""How many rows below the header carry borders and drop-downs."""
TITLE = "某某党组落实某某巡察组反馈意见整改台账"
LINE = "填报单位：          填报日期：    年  月  日          单位：项"
BEFORE_CHOICES = (
    "一行填写一条整改措施；同一方面、大类、问题、具体问题可合并单元格，也可只填第一行。",
    "必填：具体问题、整改措施、责任领导、牵头单位、整改时限（长期坚持的措施可填“长期坚持”）。",
    "整改时限可填：2026年12月31日、2026年12月底前、11月30日前、立行立改、长期坚持。",
)
AFTER_CHOICES = (
    "分阶段的措施在“时间节点”一栏填写各阶段，一行一个，例：2026年6月30日 完成摸底。",
    "进展情况、完成情况、销号日期在首次导入时作为原台账的说法保留，不作为系统内的审核结论。",
    "只填写公开和内部资料，严禁填写国家秘密。",
)


def choices_of(column: Field) -> list[str]:
    """Return the words that a cell of the column offers; none where anything may be written."""
    return ["是", "否"] if column.type == FieldType.YES_NO else list(column.words.values())


def explained(columns: Sequence[Field]) -> list[str]:
    """Return how the sheet is filled in, sentence by sentence."""
    several = [column for column in columns if column.type == FieldType.CHOICES]
    choices = [f"{column.title}：{'、'.join(column.words.values())}，可填多个，用顿号分开。" for column in several]
    return [*BEFORE_CHOICES, *choices, *AFTER_CHOICES]


def write_template(path: Any, columns: Sequence[Field]) -> None:
    """Write the empty template to a path or an open file."""
    book = open_workbook(path)
    look = LedgerFormats(book)
    sheet = book.add_worksheet(SHEET)
    set_up(sheet, look, columns, title=TITLE, line=LINE)
    last = FIRST_ROW + ROWS - 1
    for index, column in enumerate(columns):
        if column.note:
            sheet.write_comment(HEAD_ROW, index, column.note, {"x_scale": 2})
        if words := choices_of(column):
            # A note, no lock: one cell may hold several choices.
            choice = {"validate": "list", "source": words, "error_type": "information"}
            sheet.data_validation(FIRST_ROW, index, last, index, choice)
    for row in range(FIRST_ROW, last + 1):
        for index in range(len(columns)):
            sheet.write_blank(row, index, None, look.text)
    close_page(sheet, len(columns), last)
    help_sheet = book.add_worksheet("填表说明")
    help_sheet.set_column(0, 0, 100)
    for row, sentence in enumerate(explained(columns)):
        help_sheet.write_string(row, 0, f"{row + 1}. {sentence}", look.line)
    book.close()
