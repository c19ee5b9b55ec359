"""Full-width and half-width characters: what a pattern sees, and what is blank."""

from functools import lru_cache

from readers.notice.source import NoticeLine

UNSEEN = "\u200b\u200c\u200d\u2060\ufeff"
"""Characters without width that copying from a web page leaves between others."""
SHORT = 400
"""Characters of a text that is worth being kept; a paper may also be one single line."""
HALF_WIDTH = str.maketrans(
    "０１２３４５６７８９（）﹙﹚．，：﹕∶；！？｡､　\u00a0［］" + UNSEEN,
    "0123456789()().,:::;!?。、  []" + " " * len(UNSEEN),
)


def half_width(text: str) -> str:
    """Return `text` with half-width digits, brackets and punctuation; every character keeps its place."""
    return _short(text) if len(text) < SHORT else text.translate(HALF_WIDTH)


@lru_cache(maxsize=4096)
def _short(text: str) -> str:
    """The layouts are tried one after the other, and each asks for the same lines again."""
    return text.translate(HALF_WIDTH)


def filled(lines: list[NoticeLine]) -> list[NoticeLine]:
    """Return the lines that hold something, without the blanks around it."""
    bare = [(line.number, _bare(line.text)) for line in lines]
    return [NoticeLine(number, text, half_width(text)) for number, text in bare if text]


def _bare(text: str) -> str:
    """Strip blanks of every kind, in whatever order they come."""
    start, end = 0, len(text)
    while start < end and (text[start].isspace() or text[start] in UNSEEN):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in UNSEEN):
        end -= 1
    return text[start:end]
