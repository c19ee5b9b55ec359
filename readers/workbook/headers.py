"""Which column of a sheet is which field: by its title, or by the words that other offices write above theirs."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from core.fields import Field

LEVELS = ("area", "category", "problem", "issue")
NEEDED = ("issue", "text")
FEWEST = 3
"""A row is taken for the header where it names at least so many columns, those in `NEEDED` among them."""
HEADER_ROWS = 40
"""How far down a header is looked for."""

FINISHED = "finished"
FINISHED_SPELLINGS = ("完成时间", "完成日期")
"""Words that are ambiguous: alone they mean a deadline, beside one they say when the work was done."""
LISTS = {"问题清单", "任务清单", "责任清单", "填表说明", "选项", "错误清单"}
"""Sheets that stand beside the ledger in the same workbook and are no ledger, though they look like one."""


def plain(words: object) -> str:
    """Return a header as it is compared: half-width, without blanks, brackets and what stands in them."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(words or "")))
    return re.sub(r"[(（\[【〔][^)）\]】〕]*[)）\]】〕]|[*:;、,。.★●]", "", text)


def spellings_of(fields: Iterable[Field]) -> dict[str, str]:
    """Return the key of the field that each known header means: its title, or another word for it."""
    known = {plain(word): each.key for each in fields for word in (each.title, *each.spellings.split())}
    return known | dict.fromkeys(FINISHED_SPELLINGS, FINISHED)


@dataclass(frozen=True)
class Header:
    """Where the header stands and what each column holds: `columns` is index → field, `words` index → as printed."""

    first: int
    last: int
    columns: dict[int, str]
    words: dict[int, str]

    def at(self, field: str) -> int | None:
        """Return the index of the column of a field, None where the workbook has none."""
        return next((index for index, name in self.columns.items() if name == field), None)

    @property
    def unknown(self) -> dict[int, str]:
        return {index: words for index, words in self.words.items() if index not in self.columns}


def find_header(rows: Sequence[Sequence[object]], spellings: Mapping[str, str]) -> Header | None:
    """Return the header among the first rows of a sheet: one row or two, below titles; None where there is none.

    `rows` are given with merged cells filled, from left to right only; `spellings` are those of `spellings_of`.
    """
    for number, row in enumerate(rows):
        one = _header(number, number, [[plain(cell)] for cell in row], [str(cell or "") for cell in row], spellings)
        two = _two_rows(rows, number, spellings) if one.columns else None  # a title names no column
        header = two if two and len(two.columns) > len(one.columns) else one
        if len(header.columns) >= FEWEST and set(NEEDED) <= set(header.columns.values()):
            return header
    return None


def _two_rows(rows: Sequence[Sequence[object]], number: int, spellings: Mapping[str, str]) -> Header | None:
    """Return the header that this row makes with the next one: `责任` above `领导` is 责任领导."""
    if number + 1 >= len(rows):
        return None
    above, below = rows[number], rows[number + 1]
    names, words = [], []
    for index in range(max(len(above), len(below))):
        top, sub = (row[index] if index < len(row) else "" for row in (above, below))
        high, low = plain(top), plain(sub)
        names.append([high + low, low, high] if low else [high])
        words.append(str(sub or top or ""))
    return _header(number, number + 1, names, words, spellings)


def _header(first: int, last: int, names: list[list[str]], words: list[str], spellings: Mapping[str, str]) -> Header:
    """Give each column the first of its possible names that is known; a field belongs to one column alone."""
    columns: dict[int, str] = {}
    for index, possible in enumerate(names):
        field = next((spellings[name] for name in possible if name in spellings), None)
        if field and (field not in columns.values() or field == "supporting"):
            columns[index] = field
        elif field == "lead_unit":
            _second_unit(columns, index, names)
    _settle(columns)
    printed = {index: " ".join(text.split()) for index, text in enumerate(words) if text.strip()}
    return Header(first, last, columns, printed)


def _second_unit(columns: dict[int, str], index: int, names: list[list[str]]) -> None:
    """Of 责任单位 and 牵头单位 in one ledger the second is the lead unit; the other units support it."""
    first = next(place for place, field in columns.items() if field == "lead_unit")
    leads = [any(name.startswith(("牵头", "主办", "主责")) for name in names[place]) for place in (first, index)]
    columns[index] = "supporting"
    if leads == [False, True]:
        columns[first], columns[index] = "supporting", "lead_unit"


def _settle(columns: dict[int, str]) -> None:
    """Decide what depends on the other columns: which one is the issue, and what 完成时间 means."""
    fields = set(columns.values())
    for index, field in list(columns.items()):
        if field == "problem" and "issue" not in fields:
            columns[index] = "issue"  # the only column with issues, however it is called
        elif field == FINISHED:
            other = "deadline" if "deadline" not in fields else "signed_off"
            if other in fields:
                del columns[index]
            else:
                columns[index] = other
