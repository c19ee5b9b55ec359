"""Printed numbers: which one follows another. They only raise doubts; what counts is the order of the lines."""

import re
from dataclasses import dataclass, field

from readers.notice.reports import numeral

ORDINALS = {numeral(number): number for number in range(1, 100)}
FIRSTS = {"㈠": 10, "⑴": 20, "⒈": 20}  # characters that are a number by themselves, and how many follow one another
LEVELS = ("area", "category", "problem", "issue")


def ordinal(number: str) -> int:
    """Return what a printed number counts; 0 where it counts nothing."""
    for first, length in FIRSTS.items():
        for char in number:
            if 0 <= ord(char) - ord(first) < length:
                return ord(char) - ord(first) + 1
    if digits := re.search(r"\d+", number):
        return int(digits[0][:4])
    words = re.search("[一二三四五六七八九十]+", number)
    return ORDINALS.get(words[0], 0) if words else 0


@dataclass
class NumberSequence:
    """The last number of each level. Numbers begin again under every parent, or go on over the whole paper."""

    last: dict[str, int] = field(default_factory=dict)
    is_first: dict[str, bool] = field(default_factory=dict)

    def follows(self, level: str, number: str) -> bool:
        """Return whether a number comes next on its level, and count it."""
        counted = ordinal(number)
        is_next = counted in (0, self.last.get(level, 0) + 1) or (counted == 1 and self.is_first.get(level, True))
        self.last[level] = counted or self.last.get(level, 0)
        self.is_first[level] = False
        for below in LEVELS[LEVELS.index(level) + 1 :]:
            self.is_first[below] = True
        return is_next
