"""Lines put together that a person joined, and paragraphs cut that hold several lines of a tree."""

import re
from collections.abc import Collection, Iterator

from readers.notice.fullwidth import filled, half_width
from readers.notice.layouts import Grammar
from readers.notice.reports import outside_quotes
from readers.notice.source import NoticeLine

LONGEST_MARKER = 40
BEFORE = re.compile(r"[。;!?:”’》」』)】]\s*|(?:方面|问题|整改|情况)(?=[\d(⑴-⒛㈠-㈩])")
"""Where a part of a paragraph may end: behind a sentence, or a title that ends as titles do."""


def cut(lines: list[NoticeLine], grammar: Grammar) -> list[NoticeLine]:
    """Return the lines, each cut before the markers at which this layout cuts."""
    if not grammar.cuts:
        return lines
    return [part for line in lines for part in _parts(line, grammar)]


def _parts(line: NoticeLine, grammar: Grammar) -> Iterator[NoticeLine]:
    within = list(_places(line.plain, grammar))
    if not within:
        yield line
        return
    places = [0, *within, len(line.text)]
    for number, (start, end) in enumerate(zip(places, places[1:], strict=False)):
        bare = filled([NoticeLine(line.number, line.text[start:end])])
        if bare:
            yield NoticeLine(line.number, bare[0].text, bare[0].plain, number)


def _places(plain: str, grammar: Grammar) -> Iterator[int]:
    places = [match.end() for match in BEFORE.finditer(plain) if _is_marker(plain, match.end(), grammar)]
    if places:
        free = outside_quotes(re.sub(r"[()]", " ", plain))
        yield from (place for place in places if free[place])


def _is_marker(plain: str, place: int, grammar: Grammar) -> bool:
    rest = plain[place : place + LONGEST_MARKER] + "甲"  # a label may be alone in a line, but not at the end of one
    return place < len(plain) and any(marker.match(rest) for marker in grammar.cuts)


def joined(lines: list[NoticeLine], above: Collection[str]) -> tuple[list[NoticeLine], list[NoticeLine]]:
    """Put lines (named by their keys) behind the line above them; return what there is then, and those lines."""
    together: list[NoticeLine] = []
    gone = []
    for line in lines:
        if line.key in above and together:
            gone.append(line)
            last = together.pop()
            text = last.text + line.text
            line = NoticeLine(last.number, text, half_width(text), last.part)
        together.append(line)
    return together, gone
