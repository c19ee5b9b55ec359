"""Splitting the prose under an issue into its reports: 一是 …, 二是 …, or by the numbers of another layout."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from re import Pattern

DIGITS = "一二三四五六七八九"
SENTENCE_ENDS = "。;!?:\n"
OPENING, CLOSING = "“《‘「『(", "”》’」』)"


def numeral(number: int) -> str:
    """Write 1 to 99 in Chinese: 1 → 一, 12 → 十二, 20 → 二十."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else DIGITS[tens - 1] + "十"
    return head + (DIGITS[ones - 1] if ones else "")


@dataclass(frozen=True)
class ReportMarker:
    """One way to count reports: how a marker looks at the start of a line, and how that of a number is written.

    `after` are characters behind which a further marker may come besides the ends of sentences. Markers of digits are
    stored as the number of the report, for they may be printed in several ways.
    """

    begins: Pattern[str]
    write: Callable[[int], Sequence[str]]
    after: str = CLOSING + ","
    is_number: bool = True
    unless: Pattern[str] | None = None  # what follows a number that is no marker


NO_DECIMAL = r"\d(?!\d{3}年|\d*\.\d)"
"""What makes a decimal of a number and its point; but a report may begin with a year, or with a decimal of its own."""
IN_WORDS = ReportMarker(
    re.compile("^[一二三四五六七八九十]{1,3}是"), lambda number: (f"{numeral(number)}是",), is_number=False
)
IN_RINGS = ReportMarker(
    re.compile(r"^[\u2460-\u2473]"),
    lambda number: (chr(0x2460 + number - 1),) if number <= 20 else (),
    after=CLOSING + ",、",
)
IN_BRACKETS = ReportMarker(
    re.compile(r"^(?:\(\d{1,2}\)|[⑴-⒇])"),
    lambda number: (f"({number})", *((chr(0x2474 + number - 1),) if number <= 20 else ())),
    after="",
)
WITH_POINTS = ReportMarker(
    re.compile(rf"^(?:\d{{1,2}}\s{{0,2}}[.、](?!{NO_DECIMAL})|[⒈-⒛])"),
    lambda number: (f"{number}.", f"{number}、", *((chr(0x2488 + number - 1),) if number <= 20 else ())),
    after="",
    unless=re.compile(NO_DECIMAL),
)


@dataclass
class Reports:
    """What is under an issue: prose before the first marker, one text per report, their markers where stored."""

    before: str = ""
    texts: list[str] = field(default_factory=list)
    numbers: list[str] = field(default_factory=list)


def split_reports(text: str, plain: str, mark: ReportMarker = IN_WORDS) -> Reports:
    """Split `text` (as printed) at its markers; `plain` is the same text with half-width punctuation.

    A marker is the next number in order (一是, 二是, …) at the start of a sentence and outside quotes and
    brackets; the first one may also be inside a sentence (`针对该问题,我局一是…`) where a second follows.
    A text without markers is one report. The texts come without their marker: their order gives it back.
    """
    starts = _markers(plain, mark)
    if not starts:
        return Reports(texts=[text.strip()] if text.strip() else [])
    bounds = [*(start for start, _end in starts), len(text)]
    texts = [text[end:bound].strip() for (_start, end), bound in zip(starts, bounds[1:], strict=True)]
    if not all(texts):
        return Reports(texts=[text.strip()])  # markers with nothing behind them are none
    numbers = [text[start:end].strip() for start, end in starts] if mark.is_number else []
    return Reports(before=text[: bounds[0]].strip(), texts=texts, numbers=numbers)


def _markers(plain: str, mark: ReportMarker) -> list[tuple[int, int]]:
    """Return where each marker starts and ends."""
    free = outside_quotes(_unbracketed(plain) if mark is IN_BRACKETS else plain)
    first = _first(plain, free, mark)
    if first is None:
        return []
    markers, number = [first], 2
    while number < 100 and (following := _next(plain, free, mark, number, markers[-1][1])) is not None:
        markers.append(following)
        number += 1
    return (
        markers if len(markers) > 1 or _begins_sentence(plain, first[0], also="," if "," in mark.after else "") else []
    )


def _unbracketed(plain: str) -> str:
    """Brackets around a number are the marker's own and enclose no prose."""
    return re.sub(r"\((\d{1,2})\)", r" \1 ", plain)


def _first(plain: str, free: list[bool], mark: ReportMarker) -> tuple[int, int] | None:
    """Find the first 一是: at the start of a sentence, else the first one inside a sentence that a 二是 follows."""
    places = [place for place in _places(plain, mark, 1, 0) if free[place[0]]]
    for place in places:
        if _begins_sentence(plain, place[0]):
            return place
    if mark.is_number:  # a number inside a sentence counts something else
        return None
    return next((place for place in places if plain[place[0] - 1] not in "统之唯第单同专十"), None)


def _next(plain: str, free: list[bool], mark: ReportMarker, number: int, after: int) -> tuple[int, int] | None:
    """Find the next marker at the start of a sentence or a part of one."""
    for place in _places(plain, mark, number, after):
        if free[place[0]] and _begins_sentence(plain, place[0], also=mark.after):
            return place
    return None


def _places(plain: str, mark: ReportMarker, number: int, after: int) -> Iterator[tuple[int, int]]:
    """Walk the places where the marker of a number is written, in their order."""
    written = mark.write(number)
    if not written:
        return
    for match in re.compile("|".join(map(re.escape, written))).finditer(plain, after):
        if mark.unless is None or not mark.unless.match(plain, match.end()):
            yield match.start(), match.end()


def _begins_sentence(plain: str, place: int, *, also: str = "") -> bool:
    """Return whether a sentence (or, after one of the characters `also`, a part of it) begins here, blanks aside."""
    while place and plain[place - 1].isspace():
        place -= 1
        if plain[place] == "\n":
            return True
    return place == 0 or plain[place - 1] in SENTENCE_ENDS + also


def outside_quotes(plain: str) -> list[bool]:
    """Say of every character whether it is outside quotes and brackets; one that is never closed is none."""
    changes = [0] * (len(plain) + 1)
    opened: list[int] = []
    for place, char in enumerate(plain):
        if char in OPENING:
            opened.append(place)
        elif char in CLOSING:
            pair = OPENING[CLOSING.index(char)]
            place_opened = next((at for at in range(len(opened) - 1, -1, -1) if plain[opened[at]] == pair), None)
            if place_opened is not None:
                changes[opened[place_opened]] += 1
                changes[place] -= 1
                del opened[place_opened:]
    return [depth == 0 for depth in accumulate(changes[:-1])]
