"""A bulletin as an official paper, for Word and PDF."""

from collections.abc import Iterator, Mapping

from django.utils import timezone

from bulletins.models import Bulletin
from bulletins.services.papers.sections import Grid, Section, sections_of
from bulletins.services.papers.wording import MASTHEAD, NOT_YET_PUBLISHED, number_name, office_of, witness_words
from core.documents import Block, Heading, Imprint, Masthead, Paper, Table, Text, Total

SMALL, SMALLEST = 10.5, 9.0
MANY_COLUMNS = 9
"""From how many columns on a table is set in the smaller size."""


def paper_of(bulletin: Bulletin, *, texts: Mapping[str, str] | None = None) -> Paper:
    """Return the bulletin as a paper; `texts` stand in the place of those that are saved, for a look ahead."""
    sections = sections_of(bulletin.content, texts or bulletin.texts)
    organisation = bulletin.content["inspection"]["organisation"]
    office = office_of(organisation)
    dated = timezone.localtime(bulletin.published_at).date() if bulletin.published_at else None
    return Paper(
        title=bulletin.title,
        blocks=tuple(block for section in sections for block in _blocks(section)),
        masthead=Masthead(MASTHEAD, number_name(bulletin.number), office, dated),
        imprint=Imprint(office, dated) if dated else None,
        foot=foot_of(bulletin),
        author=organisation,
        made_at=bulletin.published_at or bulletin.drafted_at,
    )


def foot_of(bulletin: Bulletin) -> str:
    """Return what a paper witnesses: the event of its publication, or that it is a draft."""
    if bulletin.is_draft:
        return NOT_YET_PUBLISHED
    return witness_words(bulletin.inspection.chain, bulletin.chain_seq, bulletin.chain_hash)


def _blocks(section: Section) -> Iterator[Block]:
    yield Heading(section.heading)
    yield from (Text(line) for line in section.lines)
    yield from (Text(words) for field, words in section.texts if words and field == "opening")
    for grid in section.grids:
        yield from _grid(grid)
    words = [words for field, words in section.texts if words and field != "opening"]
    yield from (Text(each) for each in words)
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
        size=SMALLEST if len(grid.columns) >= MANY_COLUMNS else SMALL,
        aligns=tuple("centre" if column.is_figure else "left" for column in grid.columns),
        caption=grid.caption,
        note=grid.note,
    )
