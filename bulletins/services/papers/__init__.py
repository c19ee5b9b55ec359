"""The bulletin on paper: its seven parts, and what Word, PDF and Excel are made of."""

from bulletins.services.papers.book import book_of
from bulletins.services.papers.paper import Head, foot_of, head_of, paper_of
from bulletins.services.papers.sections import Grid, Rate, Section, sections_of
from bulletins.services.papers.wording import file_name, number_name

__all__ = [
    "Grid",
    "Head",
    "Rate",
    "Section",
    "book_of",
    "file_name",
    "foot_of",
    "head_of",
    "number_name",
    "paper_of",
    "sections_of",
]
