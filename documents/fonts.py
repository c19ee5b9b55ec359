"""Which characters the vendored faces hold, so that none is printed as an empty box in silence."""

import struct
import unicodedata
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "typefaces"


@cache
def covered() -> frozenset[int]:
    """Return the code points that at least one of the faces can draw."""
    found: set[int] = set()
    for path in sorted([*FOLDER.glob("*.otf"), *FOLDER.glob("*.ttc")]):
        found |= code_points(path)
    return frozenset(found)


def code_points(path: Path) -> set[int]:
    """Return the code points that a face maps to a glyph; of a collection, its first face."""
    data = path.read_bytes()
    start = struct.unpack_from(">L", data, 12)[0] if data[:4] == b"ttcf" else 0
    count = struct.unpack_from(">H", data, start + 4)[0]
    tables = (struct.unpack_from(">4sLLL", data, start + 12 + 16 * number) for number in range(count))
    place = next(offset for tag, _sum, offset, _length in tables if tag == b"cmap")
    found: set[int] = set()
    for number in range(struct.unpack_from(">H", data, place + 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHL", data, place + 4 + 8 * number)
        if (platform, encoding) in {(3, 1), (3, 10)} or platform == 0 and encoding < 5:
            found |= _mapped(data, place + offset)
    return found


def _mapped(data: bytes, place: int) -> set[int]:
    """Read one table of formats 4 and 12, the two that faces of Chinese have."""
    kind = struct.unpack_from(">H", data, place)[0]
    if kind == 12:
        groups = struct.unpack_from(">L", data, place + 12)[0]
        ranges = (struct.unpack_from(">LLL", data, place + 16 + 12 * number) for number in range(groups))
        return {code for first, last, glyph in ranges for code in range(first + (glyph == 0), last + 1)}
    return _mapped_short(data, place) if kind == 4 else set()


def _mapped_short(data: bytes, place: int) -> set[int]:
    count = struct.unpack_from(">H", data, place + 6)[0] // 2
    ends, starts = place + 14, place + 16 + 2 * count
    found = set()
    for number in range(count):
        last, first, delta, jump = (
            struct.unpack_from(">H", data, table + 2 * number)[0]
            for table in (ends, starts, starts + 2 * count, starts + 4 * count)
        )
        for code in range(first, min(last, 0xFFFE) + 1):
            glyph = code
            if jump:
                glyph = struct.unpack_from(">H", data, starts + 4 * count + 2 * number + jump + 2 * (code - first))[0]
            if glyph and (glyph + delta) & 0xFFFF:
                found.add(code)
    return found


def legible(text: str) -> str:
    """Return the text with every character that no face holds written out as its code: `〔U+20BB7〕`."""
    return "".join(c if _is_drawn(c) else f"〔U+{ord(c):04X}〕" for c in text)


def _is_drawn(character: str) -> bool:
    # A mark that was not composed with its letter may lie in another face than the letter.
    return character == "\n" or ord(character) in covered() and not unicodedata.category(character).startswith("M")
