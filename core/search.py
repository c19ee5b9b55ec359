"""Search for a word in texts, alike on both databases; on PostgreSQL by an index from two characters on.

Offices search for words of two characters, which no index of trigrams answers. PostgreSQL keeps the pairs of
neighbouring characters of a text in an index, made by a function in the database: nothing is stored that could grow
stale, and no code has to remember to write it. Other databases compare the texts one by one.
"""

import string
from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.expressions import Func
from django.db.models.sql.compiler import SQLCompiler
from pypinyin import Style, lazy_pinyin

FOLDED = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
"""The letters whose capitals every database knows; with others, not all would find the same rows."""

MAKE_PAIRS = """
CREATE OR REPLACE FUNCTION text_pairs(written text) RETURNS text[]
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 2000 AS $$
    SELECT COALESCE(array_agg(DISTINCT letter || next_letter), ARRAY[]::text[])
    FROM (
        SELECT letter, lead(letter) OVER (ORDER BY place) AS next_letter
        FROM unnest(string_to_array(
            translate(written, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'), NULL
        )) WITH ORDINALITY AS letters (letter, place)
    ) AS neighbours
    WHERE next_letter IS NOT NULL
$$
"""
"""Its cost is declared too high rather than too low: where the index does not serve, comparing texts comes first."""


def initials_of(*names: str) -> str:
    """Return the first letters of names as people type them on a keyboard, a blank between two names.

    `水资源科` gives `szyk`; letters and digits stay what they are, everything else is left out.
    """
    return " ".join(filter(None, ("".join(lazy_pinyin(name, Style.FIRST_LETTER, errors=_plain)) for name in names)))


def _plain(letters: str) -> str:
    return "".join(letter for letter in letters.lower() if letter.isalnum())


def pairs_of(word: str) -> list[str]:
    """Return the pairs of neighbouring characters, as the index holds them."""
    folded = word.translate(FOLDED)
    return sorted({folded[place : place + 2] for place in range(len(folded) - 1)})


class ContainsText(Func):
    """Whether `word` is in a text column, in capitals or not; `%`, `_` and `\\` are characters like any other."""

    output_field = models.BooleanField()

    def __init__(self, column: Any, word: str) -> None:
        super().__init__(column)
        self.word = word.translate(FOLDED)

    def _pattern(self) -> str:
        return "%" + self.word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"

    def as_sql(
        self,
        compiler: SQLCompiler,
        connection: Any,
        function: str | None = None,
        template: str | None = None,
        arg_joiner: str | None = None,
        **extra_context: Any,
    ) -> tuple[str, Any]:
        column, params = compiler.compile(self.get_source_expressions()[0])
        return f"({column} LIKE %s ESCAPE '\\')", [*params, self._pattern()]

    def as_postgresql(self, compiler: SQLCompiler, connection: Any, **extra: Any) -> tuple[str, Any]:
        """The pairs find the rows by the index, the text itself says whether the word is there."""
        column, params = compiler.compile(self.get_source_expressions()[0])
        folded = f"translate({column}, '{string.ascii_uppercase}', '{string.ascii_lowercase}')"
        there = f"{folded} LIKE %s ESCAPE '\\'"
        if pairs := pairs_of(self.word):
            return f"(text_pairs({column}) @> %s::text[] AND {there})", [*params, pairs, *params, self._pattern()]
        return f"({there})", [*params, self._pattern()]


def make_pairs(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Step of a migration: the function that the indexes are made of."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(MAKE_PAIRS)


def drop_pairs(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION IF EXISTS text_pairs(text)")
