"""A bulletin as an official paper, for Word and PDF."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from bulletins.models import Bulletin
from bulletins.services.papers.sections import Grid, Section, sections_of
from bulletins.services.papers.wording import MASTHEAD, NOT_YET_PUBLISHED, audit_reference, number_name, office_of
from documents import Block, Heading, Imprint, Masthead, Paper, Table, Text, Total, chinese_date

SMALL, SMALLEST = 10.5, 9.0


@dataclass(frozen=True)
class Head:
    """The red head of a bulletin and the line in its foot."""

    name: str
    number: str
    office: str
    dated: date | None
    foot: str

    @property
    def dated_words(self) -> str:
        return chinese_date(self.dated) if self.dated else ""


def head_of(bulletin: Bulletin) -> Head:
    dated = timezone.localtime(bulletin.published_at).date() if bulletin.published_at else None
    office = office_of(bulletin.content["inspection"]["organisation"])
    return Head(MASTHEAD, number_name(bulletin.number), office, dated, foot_of(bulletin))


def paper_of(bulletin: Bulletin) -> Paper:
    """Return the bulletin as a paper."""
    head = head_of(bulletin)
    sections = sections_of(bulletin.content, bulletin.texts)
    return Paper(
        title=bulletin.title,
        blocks=tuple(block for section in sections for block in _blocks(section)),
        masthead=Masthead(head.name, head.number, head.office, head.dated),
        imprint=Imprint(head.office, head.dated) if head.dated else None,
        foot=head.foot,
        author=bulletin.content["inspection"]["organisation"],
        created_at=bulletin.published_at or bulletin.drafted_at,
    )


def foot_of(bulletin: Bulletin) -> str:
    """Return the reference to the event of its publication, or that it is a draft."""
    if bulletin.is_draft:
        return NOT_YET_PUBLISHED
    return audit_reference(bulletin.inspection.chain, bulletin.chain_seq, bulletin.chain_hash)


def _blocks(section: Section) -> Iterator[Block]:
    """The parts of a section in their order: paragraphs, the office's words on them, tables; without any, that."""
    yield Heading(section.heading)
    words = [words for _field, words in section.texts if words]
    yield from (Text(each) for each in (*section.lines, *words))
    for grid in section.grids:
        yield from _grid(grid)
    if section.missing and not words:
        yield Text(section.missing)


def _grid(grid: Grid) -> Iterator[Block]:
    if not grid.rows:
        yield from (Text(words) for words in (grid.missing, grid.note) if words)
        return
    rows = [tuple(str(cell) for cell in row) for row in grid.rows]
    yield Table(
        head=tuple(column.name for column in grid.columns),
        rows=tuple(Total(row) if place in grid.strong else row for place, row in enumerate(rows)),
        widths=tuple(column.width for column in grid.columns),
        size=SMALLEST if grid.is_wide else SMALL,
        aligns=tuple("centre" if column.is_figure else "left" for column in grid.columns),
        caption=grid.caption,
        note=grid.note,
    )
