"""What a paper consists of, before it is written in any format; and the measures of the official page."""

from dataclasses import dataclass
from datetime import date, datetime

# GB/T 9704-2012, in millimetres and points.
MARGINS = {"top": 37.0, "left": 28.0, "right": 25.9, "bottom": 35.0}
# The right one is 26; a tenth less lets 28 characters of 15.8 points into a line without breaking it one too early.
TEXT_WIDTH, TEXT_HEIGHT = 156.0, 225.0
LINE = 28.95
"""Points from line to line: 22 lines fill the text block."""
BODY_SIZE, TITLE_SIZE, FOUR = 16.0, 22.0, 14.0
TIGHTER = 0.2
"""Points by which a character of the body is set closer, so that 28 fill a line."""
POINTS = 72 / 25.4
"""Points in a millimetre."""


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4, with its number as it is printed: `一、`, `(一)`, `1.`, `(1)`."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """Running text; each line of it is a paragraph."""

    text: str


@dataclass(frozen=True)
class Table:
    """A table whose head is repeated on every page. `widths` are shares; `size` is the size of its characters."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    size: float = 10.5


@dataclass(frozen=True)
class Cell:
    """A field of a form: its label, what stands in it, and at its foot on the right who signed when."""

    label: str
    text: str
    signed: str = ""


@dataclass(frozen=True)
class Form:
    """A form of one page: rows of one or two fields, a line above it (left, right), fine print below it."""

    rows: tuple[tuple[Cell, ...], ...]
    above: tuple[str, str] = ("", "")
    below: tuple[str, ...] = ()


Block = Heading | Text | Table | Form


@dataclass(frozen=True)
class Paper:
    """A whole paper. `issuer` and `number` make the red head; `signature` and `dated` stand below the text."""

    title: str
    blocks: tuple[Block, ...]
    issuer: str = ""
    number: str = ""
    addressees: str = ""
    signature: str = ""
    dated: date | None = None
    author: str = ""
    made_at: datetime | None = None
    page_numbers: bool = True
