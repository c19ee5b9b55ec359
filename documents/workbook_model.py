"""What a workbook consists of, before it is written: sheets, columns, typed rows, charts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from documents.document_model import Align, Total

Value = str | int | float | Decimal | bool | date | datetime | None
Kind = Literal["bar", "column", "line", "stacked", "stacked bar"]


@dataclass(frozen=True)
class Column:
    """A column: its head, its width in characters, how its cells stand. `percent` shows 0.875 as 87.5%."""

    title: str
    width: float = 12
    align: Align = "left"
    percent: bool = False


@dataclass(frozen=True)
class Chart:
    """A native chart of the rows of its sheet, up to the first total, below them. Columns are counted from 0.

    `bar` lies, `column` is upright, `stacked` puts one on another. `colours` replaces those of the house.
    """

    kind: Kind
    title: str
    categories: int
    series: tuple[int, ...]
    colours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """A sheet: title and second line where there are any, head, rows, notes below them, charts below these.

    `above` is an upper row of the head: words, and over how many columns they stand. `rows` may be a generator.
    """

    name: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Value] | Total[Value]]
    title: str = ""
    line: str = ""
    above: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()
    charts: tuple[Chart, ...] = ()
    paper: Literal["A4", "A3"] = "A4"


@dataclass(frozen=True)
class Book:
    """A workbook with what its file says of itself."""

    sheets: tuple[Sheet, ...]
    title: str = ""
    author: str = ""
    created_at: datetime | None = None
