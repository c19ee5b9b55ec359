"""What both formats reckon alike: how large a red name is, where signature and date stand, which rows stay whole."""

from documents.document_model import BODY_SIZE, FINE, FOUR, POINTS, TEXT_WIDTH, Group, Row, Table, Total
from documents.text_fit import lines_needed, width_of
from documents.title_breaking import title_lines

MARK_SIZES = (38.0, 22.0)
MASTHEAD_SIZES = (48.0, 26.0)
"""Largest and smallest size of a red name; longer ones take several lines."""
WHOLE_LINES, SHORT_LINES = 14, 9
"""Lines up to which a row, and a whole table without its head, is not torn at the end of a page."""
CELL_PADDING = 3.0
SMALLEST_FOOT = 6.5


def red_name(name: str, sizes: tuple[float, float]) -> tuple[list[str], float]:
    """Return the lines of a red name and the largest size with which each fits across the text block."""
    largest, smallest = sizes
    room = TEXT_WIDTH * POINTS
    lines = title_lines(name, room=room / smallest)
    widest = max(sum(map(width_of, line)) for line in lines) or 1
    return lines, max(smallest, min(largest, round(room / widest - 0.25, 1)))


def line_size(left: str, right: str) -> float:
    """Return the size of a line with words on either side, so that both stand on it; the smallest where none does."""
    wide = sum(map(width_of, left + right)) + 3  # a character on either side and one between them
    return max(FOUR - 2, min(BODY_SIZE, TEXT_WIDTH * POINTS // wide))


def signature_indents(signature: str, dated: str) -> tuple[float, float, float]:
    """Return in points how far from the right edge signature and date end, and from which place the date begins.

    The signature ends two characters from the edge; the date begins two characters to the right of where the
    signature does. A date that is longer ends two characters from the edge instead, and the signature gives way.
    The last figure is 0 where the date is to be set from the right.
    """
    two, room = 2 * BODY_SIZE, TEXT_WIDTH * POINTS
    name, day = _width(signature), _width(dated)
    if not signature or not dated or name > room - two:
        return two, two, 0.0
    return (2 * two + day - name, two, 0.0) if day > name else (two, 0.0, room - name)


def foot_size(text: str) -> tuple[float, int]:
    """Return the size of the fine print in the foot, so that it takes one line where it can, and its lines."""
    wide = _width(text) / BODY_SIZE or 1
    size = max(SMALLEST_FOOT, min(FINE, TEXT_WIDTH * POINTS * 10 // wide / 10))
    return size, int(-(-wide * size // (TEXT_WIDTH * POINTS)))


def _width(text: str) -> float:
    """Return the width of a line in points, in the faces that a Word file names."""
    return sum(BODY_SIZE / 2 if character.isascii() else BODY_SIZE for character in text)


def row_lines(table: Table, row: Row, *, width: float = TEXT_WIDTH) -> int:
    """Return how many lines a row takes at most."""
    if isinstance(row, Group):
        return _lines(row.text, width * POINTS - 2 * CELL_PADDING, table.size)
    cells = row.cells if isinstance(row, Total) else row
    shares = [share * width * POINTS / sum(table.widths) - 2 * CELL_PADDING for share in table.widths]
    return max(_lines(text, room, table.size) for text, room in zip(cells, shares, strict=True))


def _lines(text: str, room: float, size: float) -> int:
    fits = len(text) * size <= room and "\n" not in text  # most cells of a long table
    return 1 if fits else lines_needed(text, room, size)


def is_short(lines: list[int]) -> bool:
    """Return whether a table is so short that it is not torn at the end of a page. `lines` are those of its rows."""
    return sum(lines) <= SHORT_LINES
