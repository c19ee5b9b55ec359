"""Words of official papers: dates as they are printed, and texts without what no paper can show."""

import re
import unicodedata
from datetime import date, datetime

from documents.zone import localized

LINE_ENDS = re.compile(r"\r\n?|[\u2028\u2029\x0b\x0c\x85]")
DROPPED = {"Cc", "Cf", "Cs"}
NO_CHARACTERS = {"\ufffe", "\uffff"}
"""Code points that XML, and so a Word file, may not hold."""


def chinese_date(day: date | None) -> str:
    """Return `2021年1月19日`, without padding; a dash where there is no date."""
    return f"{day.year}年{day.month}月{day.day}日" if day else "—"


def chinese_moment(moment: datetime | None) -> str:
    """Return the day and the time of day at the place of the office: `2021年1月19日 09:05`."""
    if moment is None:
        return "—"
    local = localized(moment)
    return f"{chinese_date(local.date())} {local:%H:%M}"


def plain(text: str) -> str:
    """Return the text in composed form, line ends as \\n, without control and format characters."""
    text = LINE_ENDS.sub("\n", unicodedata.normalize("NFC", str(text))).replace("\t", " ")
    characters = (c for c in text if c == "\n" or unicodedata.category(c) not in DROPPED and c not in NO_CHARACTERS)
    return "".join(characters).strip("\n")


def lines_of(text: str) -> list[str]:
    """Return the lines of a text without empty ones; one empty line for no text at all."""
    return [line.strip() for line in plain(text).split("\n") if line.strip()] or [""]


def one_line(text: str) -> str:
    """Return the text without line ends."""
    return " ".join(lines_of(text))


def finished(text: str) -> str:
    """Return the text with a full stop at its end."""
    return text if text.endswith(("。", "！", "？")) else f"{text}。"


def annex_label(place: int, count: int) -> str:
    """Return the head of an annex, `附件2`; a lone one has no number. Places are counted from 0."""
    return f"附件{place + 1}" if count > 1 else "附件"
