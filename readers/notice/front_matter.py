"""What is around the tree: title, preamble, closing, the words of the web site, the numbers that are claimed."""

from collections.abc import Mapping

from readers.notice.fullwidth import half_width
from readers.notice.layouts import BOILERPLATE, CLAIMS, ORGANISATION, TITLE, TITLE_ABOVE, TITLE_BELOW, Grammar
from readers.notice.parser import Parser
from readers.notice.sentences import is_ended
from readers.notice.source import NoticeLine
from readers.tree import Reading, UnreadLine

AROUND = ("preamble", "closing", "furniture")
SHORT = 80  # characters; the words of a site are short lines, titles in somewhat longer ones
LONGEST_TITLE = 100


def read_front_matter(
    parser: Parser, lines: list[NoticeLine], tree: tuple[int, int], *, aside: Mapping[str, str], is_page: bool
) -> None:
    """Put the lines above and below the tree into the reading, and those that `aside` takes out of it.

    Above the title of a saved page is its navigation. Above the title of anything else nothing is expected:
    what the site's usual words do not explain is not understood.
    """
    reading, before = parser.reading, lines[: tree[0]]
    start, end = _title(before, parser.grammar)
    reading.title = "".join(line.text for line in before[start:end])
    around: dict[str, dict[int, str]] = {"preamble": {}, "closing": {}}
    for index, line in enumerate(lines):
        if tree[0] <= index < tree[1] and line.key not in aside:
            continue
        kind = aside.get(line.key) or ("title" if start <= index < end else _kind(line, index, tree, start, is_page))
        parser.note(line, kind)
        if kind in around:
            around[kind][line.number] = around[kind].get(line.number, "") + line.text  # parts of a line that was cut
        elif kind != "title":
            getattr(reading, kind).append(UnreadLine(line.number, line.text))
    if match := ORGANISATION.match(reading.title):
        reading.organisation = match["name"]
    reading.preamble, reading.closing = ("\n".join(texts.values()) for texts in around.values())


def _kind(line: NoticeLine, index: int, tree: tuple[int, int], title: int, is_page: bool) -> str:
    if _is_boilerplate(line) or (index < title and is_page):
        return "furniture"
    if index >= tree[1]:
        return "closing"
    return "unread" if index < title else "preamble"


def read_claims(reading: Reading, lines: list[NoticeLine]) -> None:
    """Note the numbers that the text claims; what the preamble says counts before what a report mentions."""
    for text in (reading.preamble, " ".join(line.text for line in lines)):
        plain = half_width(text)
        for name, pattern in CLAIMS.items():
            numbers = [int(number) for number in pattern.findall(plain)]
            if numbers and name not in reading.claimed:
                reading.claimed[name] = max(numbers, key=numbers.count)


def _title(before: list[NoticeLine], grammar: Grammar) -> tuple[int, int]:
    """Return where the title begins and ends; (0, 0) where there is none. It may take two lines.

    A saved page holds it twice: in its head, with the name of the site, and above the text.
    """
    titles = [index for index, line in enumerate(before) if _is_title(line, grammar)]
    if not titles:
        return 0, 0
    title = titles[0]
    for index in titles[1:]:
        if before[index].text in before[title].text:
            title = index
    is_second = title > 0 and TITLE_BELOW.match(before[title].text) and TITLE_ABOVE.search(before[title - 1].text)
    return (title - 1 if is_second else title), title + 1


def _is_title(line: NoticeLine, grammar: Grammar) -> bool:
    plain = line.plain
    if len(plain) > LONGEST_TITLE or not TITLE.search(plain) or is_ended(plain):
        return False
    return not any(pattern.match(plain) for pattern in (grammar.section, *(level.begins for level in grammar.levels)))


def _is_boilerplate(line: NoticeLine) -> bool:
    plain = line.plain
    return len(plain) < SHORT and not is_ended(plain) and bool(BOILERPLATE.search(plain))
