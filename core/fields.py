"""What a field of the plan is: described once, read by form, API, workbook, comparison, export and papers.

Knows no Django: readers and writers of documents take these descriptions as parameters. Official papers are Chinese
whatever the language of the page, so titles and words are constants and no messages.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

CUT_MARK = "……（全文见系统）"
"""Ends a text that is longer than a cell can hold; what is read back with it says only how the text begins."""


class FieldType(StrEnum):
    """What the value of a field is."""

    TEXT = "text"
    LINE = "line"  # a text without line breaks
    CHOICE = "choice"
    CHOICES = "choices"  # several, as a list of codes
    DATE = "date"
    NUMBER = "number"
    YES_NO = "yes_no"
    REFERENCE = "reference"  # one row of another table
    REFERENCES = "references"  # several rows of another table
    DERIVED = "derived"  # no column of the table: counted, or taken from elsewhere


EMPTY: Mapping[FieldType, Any] = {FieldType.YES_NO: False, FieldType.DATE: None, FieldType.NUMBER: None}
HAS_NO_GENERIC_VALUE = {FieldType.REFERENCE, FieldType.REFERENCES, FieldType.DERIVED}


@dataclass(frozen=True, kw_only=True)
class Field:
    """One field of an issue or a measure, or a column of the ledger that is derived.

    `name` is the attribute of the model, `column` its key in a workbook where that differs; `spellings` are other
    words that offices write above such a column, parted by blanks. `words` give each code of a choice its Chinese
    word, `word_spellings` further words. `width` is in characters. `merged_with` names the level whose equal rows are
    one merged cell of the printed ledger.

    A field that `is_special` is read and compared by code of its own, hooked by its key; any other one needs none.
    """

    name: str
    title: str
    type: FieldType = FieldType.TEXT
    level: str = "measure"
    column: str = ""
    paper_title: str = ""
    width: int = 16
    note: str = ""
    spellings: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    word_spellings: Mapping[str, str] = field(default_factory=dict)
    max_length: int = 0
    merged_with: str = ""
    is_centred: bool = False
    is_special: bool = False
    is_editable: bool = True
    in_form: bool = True
    in_api: bool = True
    in_workbook: bool = True
    in_paper: bool = True

    @property
    def key(self) -> str:
        """The name of its column in a workbook."""
        return self.column or self.name

    @property
    def is_plain(self) -> bool:
        """Whether its type alone says how it is read, compared and written."""
        return not self.is_special and self.type not in HAS_NO_GENERIC_VALUE

    @property
    def is_text(self) -> bool:
        return self.type in {FieldType.TEXT, FieldType.LINE}

    @property
    def empty(self) -> Any:
        """The value where nothing is said."""
        return [] if self.type == FieldType.CHOICES else EMPTY.get(self.type, "")

    @property
    def codes(self) -> dict[str, str]:
        """The code of each word that a cell may hold."""
        return {word: code for code, word in self.words.items()} | dict(self.word_spellings)

    def normalized(self, value: Any) -> Any:
        """Return a value as it is stored: several choices in one order, each once."""
        return sorted(set(value)) if self.type == FieldType.CHOICES else value

    def printed(self, value: Any) -> str | int | date | None:
        """Return a value as an official paper or a cell of the ledger says it."""
        if self.type == FieldType.CHOICES:
            return "、".join(self.words[code] for code in value if code in self.words)
        if self.type == FieldType.CHOICE:
            return self.words.get(value, "")
        if self.type == FieldType.YES_NO:
            return "是" if value else "否"
        result: str | int | date | None = value
        return result


def plain(fields: Iterable[Field]) -> tuple[Field, ...]:
    """Return the fields that need no code of their own."""
    return tuple(each for each in fields if each.is_plain)


def editable_names(fields: Iterable[Field]) -> tuple[str, ...]:
    """Return the names of what an edit may change; several rows of another table have parameters of their own."""
    return tuple(each.name for each in fields if each.is_editable and each.type != FieldType.REFERENCES)


def normalized(fields: Iterable[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return values by the names of fields as they are stored."""
    by_name = {each.name: each for each in fields}
    return {name: by_name[name].normalized(value) if name in by_name else value for name, value in values.items()}
