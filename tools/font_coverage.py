"""Writes documents/typefaces/coverage.txt: which characters the vendored faces draw. Run it when a face changes.

One line a run of code points, in hexadecimal: `4E00-4E09` or `4E0B`.
"""

from collections.abc import Iterable
from itertools import groupby
from pathlib import Path

from fontTools.ttLib import TTFont

FOLDER = Path(__file__).resolve().parent.parent / "documents" / "typefaces"


def code_points(path: Path) -> set[int]:
    """Return the code points that a face maps to a glyph; of a collection, its first face."""
    with TTFont(path, fontNumber=0, lazy=True) as face:
        return set(face.getBestCmap())


def lines(points: Iterable[int]) -> list[str]:
    runs = []
    for _offset, run in groupby(enumerate(sorted(points)), lambda each: each[1] - each[0]):
        members = [point for _number, point in run]
        runs.append(f"{members[0]:04X}" + (f"-{members[-1]:04X}" if len(members) > 1 else ""))
    return runs


def coverage() -> str:
    """Return the text of the list for the faces that are in the folder."""
    paths = sorted([*FOLDER.glob("*.otf"), *FOLDER.glob("*.ttc")])
    return "\n".join(lines(set[int]().union(*map(code_points, paths)))) + "\n"


if __name__ == "__main__":
    (FOLDER / "coverage.txt").write_text(coverage(), encoding="ascii")
