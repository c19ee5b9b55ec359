"""A bulletin as a workbook: each table on a sheet of its own, with native charts, and the words of the office."""

from bulletins.models import Bulletin
from bulletins.services.papers.paper import foot_of
from bulletins.services.papers.sections import Cell, Grid, Rate, Section, course_of, sections_of
from bulletins.services.papers.wording import SHEETS, WORDS, date_words, number_name, office_of
from documents import Book, Chart, Column, Sheet, Total
from documents.workbook_model import Value

WIDTH = 6.5
"""Characters to one share of a column's width."""
RATE = "完成率"
STATES = ("已销号", "待审核", "正在整改", "未启动")
COLOURS = ("#2F5C8F", "#C58A1A", "#3F7D4E", "#B9BCC0")
"""As the chips of the pages are: signed off, under review, in progress, planned."""


def book_of(bulletin: Bulletin) -> Book:
    """Return the bulletin as a workbook."""
    content = bulletin.content
    sections = sections_of(content, bulletin.texts)
    grids = [*(grid for section in sections for grid in section.grids), course_of(content)]
    organisation = content["inspection"]["organisation"]
    parts = (number_name(bulletin.number), office_of(organisation), date_words(bulletin.published_at))
    line = "    ".join(part for part in parts if part)
    return Book(
        sheets=(*(_sheet(grid, bulletin, line) for grid in grids), _words(sections, bulletin, line)),
        title=bulletin.title,
        author=organisation,
        created_at=bulletin.published_at or bulletin.drafted_at,
    )


def _sheet(grid: Grid, bulletin: Bulletin, line: str) -> Sheet:
    rows = [tuple(_value(cell) for cell in row) for row in grid.rows]
    return Sheet(
        name=SHEETS[grid.key],
        columns=tuple(
            Column(each.name, max(each.width * WIDTH, 9), "centre" if each.is_figure else "left", RATE in each.name)
            for each in grid.columns
        ),
        rows=[Total(row) if place in grid.strong else row for place, row in enumerate(rows)],
        title=bulletin.title,
        line=f"{grid.caption}    {line}",
        notes=tuple(words for words in ("" if rows else grid.missing, grid.note, foot_of(bulletin)) if words),
        charts=_charts(grid),
    )


def _value(cell: Cell) -> Value:
    """A rate is a number that Excel shows as a percentage; a count is a number."""
    if isinstance(cell, Rate):
        return cell.done / cell.of if cell.of else str(cell)
    return cell


def _charts(grid: Grid) -> tuple[Chart, ...]:
    names = [column.name for column in grid.columns]
    if grid.key.startswith("overall_"):
        states = Chart("stacked bar", "各方面整改状态（项）", 0, tuple(names.index(state) for state in STATES), COLOURS)
        return states, Chart("bar", "各方面完成率", 0, (names.index(RATE),))
    if grid.key == "units":
        return (Chart("bar", "各单位措施完成率", names.index("单位"), (names.index(RATE),)),)
    if grid.key == "course":
        rates = tuple(place for place, name in enumerate(names) if RATE in name)
        return (Chart("line", "历周完成率", 0, rates),)
    return ()


def _words(sections: tuple[Section, ...], bulletin: Bulletin, line: str) -> Sheet:
    """The paragraphs of the paper, for readers of the workbook alone."""
    rows = [
        (section.heading, words)
        for section in sections
        for words in (*section.lines, *(words for _field, words in section.texts))
        if words
    ]
    columns = (Column("部分", 24), Column("内容", 110))
    return Sheet(name=WORDS, columns=columns, rows=rows, title=bulletin.title, line=line, notes=(foot_of(bulletin),))
