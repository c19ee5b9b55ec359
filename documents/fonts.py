"""Which characters the vendored faces hold, so that none is printed as an empty box in silence."""

import unicodedata
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "typefaces"


@cache
def covered() -> frozenset[int]:
    """Return the code points that at least one of the faces draws, from the list that tools/font_coverage.py wrote."""
    ranges = (line.partition("-") for line in (FOLDER / "coverage.txt").read_text(encoding="ascii").split())
    return frozenset(
        point for first, _dash, last in ranges for point in range(int(first, 16), int(last or first, 16) + 1)
    )


def legible(text: str) -> str:
    """Return the text with every character that no face holds written out as its code: `〔U+20BB7〕`."""
    return "".join(c if _is_drawn(c) else f"〔U+{ord(c):04X}〕" for c in text)


def _is_drawn(character: str) -> bool:
    # A mark that was not composed with its letter may lie in another face than the letter.
    return character == "\n" or ord(character) in covered() and not unicodedata.category(character).startswith("M")
