"""What a status line concludes, and where its words end and a report begins."""

import re

from readers.notice.layouts import COMPLETION, SUSTAINED, Grammar
from readers.notice.sentences import opens_report

SHORT_WORDS = 45  # characters; a sentence of a status line is no longer than this


def completion_of(words: str) -> str:
    return next((code for code, pattern in COMPLETION if pattern.search(words)), "")


def is_sustained(words: str) -> bool:
    return bool(SUSTAINED.search(words))


def end_of_status(grammar: Grammar, plain: str, start: int) -> int:
    """Return where the words of a status end: behind its short sentences with a conclusion; a report may follow."""
    end = start
    for sentence in re.finditer(r"[^。]+。?\s*", plain[start:]):
        if not _is_conclusion(grammar, sentence[0]):
            break
        end = start + sentence.end()
    if end == start and not opens_report(plain[start:], grammar.report):
        return len(plain)
    return end


def _is_conclusion(grammar: Grammar, words: str) -> bool:
    if grammar.report.match(words) or len(words) > SHORT_WORDS:
        return False
    if grammar.conclusion is not None:
        return bool(grammar.conclusion.match(words))
    return any(pattern.search(words) for pattern in (SUSTAINED, *(pattern for _code, pattern in COMPLETION)))
