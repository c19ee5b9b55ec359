"""What a paper consists of, before it is written in any format; and the measures of the official page."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, Literal, TypeVar

# GB/T 9704-2012, in millimetres and points.
MARGINS = {"top": 37.0, "left": 28.0, "right": 26.0, "bottom": 35.0}
TEXT_WIDTH, TEXT_HEIGHT = 156.0, 225.0
ACROSS = TEXT_HEIGHT
"""Width of the text block on a page that lies across."""
LINE = 28.95
"""Points from line to line: 22 lines fill the text block."""
BODY_SIZE, TITLE_SIZE, FOUR, TABLE_SIZE, FINE = 16.0, 22.0, 14.0, 10.5, 8.0
TITLE_LINE = 30.0
LEADING = 1.35
"""Height of a line in tables and forms as a multiple of the size of its characters."""
TIGHTER = 0.21
"""Points by which a character of the body is set closer, so that 28 fill a line."""
RULE, THIN = 8, 6
"""Eighths of a point: the red rule and the outer ones of the imprint, 0.35 mm; its middle one, 0.25 mm."""
POINTS = 72 / 25.4
"""Points in a millimetre."""

Value = TypeVar("Value")


@dataclass(frozen=True)
class Heading:
    """A heading of level 1 to 4, with its number as it is printed: `一、`, `（一）`, `1.`, `（1）`."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Text:
    """Running text; each line of it is a paragraph. `lead` stands out at its beginning: `落实情况：`, `一是`."""

    text: str
    lead: str = ""


@dataclass(frozen=True)
class PageBreak:
    """What follows begins on a new page."""


@dataclass(frozen=True)
class Group:
    """A row of a table that names the rows below it, as wide as the table."""

    text: str


@dataclass(frozen=True)
class Total(Generic[Value]):
    """A row of a table or a sheet that stands out: a sum, an average."""

    cells: tuple[Value, ...]


Row = tuple[str, ...] | Group | Total[str]
Align = Literal["left", "centre", "right"]


@dataclass(frozen=True)
class Table:
    """A table whose head is repeated on every page. `widths` are shares; `size` is the size of its characters.

    `above` is an upper row of the head: words, and over how many columns they stand; without words the column's own
    head takes both rows. `aligns` is one for each column, left where there are none.
    """

    head: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[float, ...]
    size: float = TABLE_SIZE
    aligns: tuple[Align, ...] = ()
    above: tuple[tuple[str, int], ...] = ()
    caption: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        """Raise `ValueError` where a row has more or fewer cells than the table columns."""
        columns = len(self.head)
        counts = {len(row.cells if isinstance(row, Total) else row) for row in self.rows if not isinstance(row, Group)}
        counts |= {len(self.widths)} | ({len(self.aligns)} if self.aligns else set())
        counts |= {sum(span for _words, span in self.above)} if self.above else set()
        if not columns or counts != {columns}:
            raise ValueError(f"A table of {columns} columns with rows, widths, aligns or spans of {counts}.")


@dataclass(frozen=True)
class Cell:
    """A field of a form: its label, its content, and at its foot on the right who signed when."""

    label: str
    text: str
    signed: str = ""


@dataclass(frozen=True)
class Form:
    """A form of one page: rows of one or two fields, a line above it (left, right), fine print below it."""

    rows: tuple[tuple[Cell, ...], ...]
    above: tuple[str, str] = ("", "")
    below: tuple[str, ...] = ()


Block = Heading | Text | Table | Form | PageBreak


@dataclass(frozen=True)
class Masthead:
    """The red head of a bulletin (简报): its name, `第3期`, then who edits it on the left and the day on the right."""

    name: str
    issue: str = ""
    editor: str = ""
    dated: date | None = None


@dataclass(frozen=True)
class Annex:
    """An annex: named below the text (`附件：1.…`); what it holds, if anything, follows on pages of its own.

    `landscape` makes these pages lie across, for wide tables.
    """

    title: str
    blocks: tuple[Block, ...] = ()
    landscape: bool = False


@dataclass(frozen=True)
class Imprint:
    """The imprint (版记) at the foot of the last page: who gets copies (抄送), who prints, on which day (印发)."""

    office: str
    dated: date
    copies: str = ""


@dataclass(frozen=True)
class Paper:
    """A whole paper, in the order in which it is printed.

    `issuer` and `number` make the red head of an official letter, `masthead` that of a bulletin; a paper has one of
    them or none. `subtitle` is in brackets or bare under the title, as it is given. `signature` and `dated` stand
    below the text and the list of annexes, before the annexes themselves. `foot` is fine print in the foot of every
    page: the number and hash that a paper copy witnesses. A title that is longer than a line is broken between words;
    line ends in it are kept.
    """

    title: str
    blocks: tuple[Block, ...]
    issuer: str = ""
    number: str = ""
    addressees: str = ""
    signature: str = ""
    dated: date | None = None
    author: str = ""
    created_at: datetime | None = None
    page_numbers: bool = True
    masthead: Masthead | None = None
    subtitle: str = ""
    annexes: tuple[Annex, ...] = ()
    imprint: Imprint | None = None
    foot: str = ""
