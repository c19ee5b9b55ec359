"""Telling prose from scraps of text, and a paragraph that is whole from one that was broken off."""

import re
from re import Pattern

from readers.notice.layouts import REPORT

CLOSERS = "[”’》」』)】]*"
ENDED = re.compile(rf"[。!?;:…]{CLOSERS}$")
SENTENCE = re.compile(rf"[。!?;…]{CLOSERS}$")
INNER_END = re.compile("[。!?;]")
PARAGRAPH = 12  # characters; the shortest further paragraph that is believed
UNFINISHED = 20  # characters; the shortest line without an end that is believed by the punctuation in it


def is_ended(plain: str) -> bool:
    """Return whether nothing need follow this line."""
    return bool(ENDED.search(plain))


def is_sentence(plain: str) -> bool:
    """Return whether the line closes a sentence. Only such a line goes on with one that was broken off."""
    return bool(SENTENCE.search(plain))


def opens_report(plain: str, report: Pattern[str] = REPORT) -> bool:
    """Return whether the first line under a status is a report: a sentence, or what was broken off in one.

    Here something is expected, so that a long line with a comma is enough.
    """
    return is_sentence(plain) or _is_unfinished(plain, report) or may_go_on(plain)


def is_paragraph(plain: str, report: Pattern[str] = REPORT) -> bool:
    """Return whether a line under a report is one more paragraph of it. `report` is how reports are marked."""
    return (len(plain) >= PARAGRAPH and is_sentence(plain)) or _is_unfinished(plain, report)


def may_go_on(plain: str) -> bool:
    """Return whether a line may be the first half of a paragraph, if its second half follows."""
    return len(plain) >= UNFINISHED and "," in plain and not is_ended(plain)


def _is_unfinished(plain: str, report: Pattern[str]) -> bool:
    """Return whether a line without an end is prose all the same: by its marker, or a full stop in it."""
    return bool(report.match(plain)) or (
        len(plain) >= UNFINISHED and bool(INNER_END.search(plain)) and not is_ended(plain)
    )
