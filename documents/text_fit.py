"""How a form is made to fit on its page: smaller characters first, then the longest fields on an annex page.

The estimate errs on the side of too much room, and both formats follow it, so that they say the same on the same page.
"""

import re
import unicodedata
from dataclasses import dataclass, replace

from documents.document_model import FINE, LEADING, POINTS, TEXT_HEIGHT, TEXT_WIDTH, Cell, Form
from documents.wording import lines_of, plain

SIZES = (12.0, 10.5, 9.0)
"""小四, 五号, 小五: what still can be read on paper."""
LABEL_WIDTH, FIELD_WIDTH = 24.0, 54.0
"""Millimetres: label and field stand twice in a row; a lone field takes the rest of its row."""
PADDING_SIDE, PADDING_ABOVE = 4.0, 3.0
TITLE_HEIGHT = 42.0
SAFETY = 0.96
LONG_WORD = 13
"""Characters from which on a word without spaces is broken anywhere, lest it runs out of its field."""
PIECES = re.compile(r"[!-~]+|.", re.DOTALL)
BREAKS = re.compile(r"[^-]+-?|-")


@dataclass(frozen=True)
class Fitted:
    """A form as it is printed: size of its characters, its rows, and what continues on annex pages."""

    form: Form
    size: float
    annexes: tuple[Cell, ...] = ()


def fit(form: Form) -> Fitted:
    """Return the form with the largest characters with which all of it, or all but its longest fields, fits."""
    moved: set[tuple[int, int]] = set()
    while True:
        short = _short(form, moved)
        annexes = tuple(form.rows[row][column] for row, column in sorted(moved))
        for size in SIZES:
            if height_of(short, size) <= TEXT_HEIGHT * POINTS * SAFETY:
                return Fitted(short, size, annexes)
        place = _longest(short)
        if place is None:
            return Fitted(short, SIZES[-1], annexes)
        moved.add(place)


def _longest(form: Form) -> tuple[int, int] | None:
    """Return the place of the field that takes most lines; None where every field is short."""
    lines = {
        (row, column): lines_needed(cell.text, _width(cells), SIZES[-1])
        for row, cells in enumerate(form.rows)
        for column, cell in enumerate(cells)
    }
    place = max(lines, key=lambda key: lines[key], default=None)
    return place if place is not None and lines[place] > 2 else None


def _short(form: Form, moved: set[tuple[int, int]]) -> Form:
    """Return the form with a pointer in each field that was moved; annex pages are numbered in the form's order."""
    numbers = {place: number for number, place in enumerate(sorted(moved), 1)}
    rows = tuple(
        tuple(
            replace(cell, text=f"（内容较长，全文见附页{numbers[row, column]}）") if (row, column) in numbers else cell
            for column, cell in enumerate(cells)
        )
        for row, cells in enumerate(form.rows)
    )
    return replace(form, rows=rows)


def height_of(form: Form, size: float) -> float:
    """Return how high the page becomes, in points, with characters of this size."""
    rows = sum(max(_height(cell, _width(cells), size) for cell in cells) for cells in form.rows)
    above = 2 * size * LEADING if any(form.above) else 0
    fine = sum(lines_needed(line, TEXT_WIDTH * POINTS, FINE) for line in form.below) * FINE * LEADING
    return TITLE_HEIGHT + above + rows + fine + 8


def _width(cells: tuple[Cell, ...]) -> float:
    wide = TEXT_WIDTH - LABEL_WIDTH if len(cells) == 1 else FIELD_WIDTH
    return wide * POINTS - 2 * PADDING_SIDE


def _height(cell: Cell, width: float, size: float) -> float:
    label = lines_needed(cell.label, LABEL_WIDTH * POINTS - 2 * PADDING_SIDE, size)
    lines = lines_needed(cell.text, width, size) + (lines_needed(cell.signed, width, size) if cell.signed else 0)
    return max(label, lines) * size * LEADING + 2 * PADDING_ABOVE + 1


def lines_needed(text: str, width: float, size: float) -> int:
    """Return how many lines a text takes at most in this width."""
    return sum(_lines(line, width / size) for line in lines_of(text))


def _lines(line: str, room: float) -> int:
    """Fill lines as a typesetter does, widths in ems; words are kept whole, long ones break anywhere."""
    count, used = 1, 0.0
    for piece in _pieces(plain(line)):
        wide = sum(width_of(character) for character in piece)
        if used + wide > room - 1:  # a character of room for the punctuation that may not begin a line
            count, used = count + 1, 0.0
        used += wide
    return count


def _pieces(line: str) -> list[str]:
    pieces: list[str] = []
    for piece in PIECES.findall(line):
        if len(piece) >= LONG_WORD:
            pieces += piece
        else:
            pieces += BREAKS.findall(piece)
    return pieces


def width_of(character: str) -> float:
    """Return the width of a character in ems, rather too much than too little."""
    if unicodedata.east_asian_width(character) in {"W", "F", "A"}:
        return 1.0
    if character in "MWmw@%&":
        return 1.0
    if character.isupper():
        return 0.78
    return 0.56 if character.isascii() else 1.0
