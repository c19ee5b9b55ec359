"""Time limits as offices write them: `2020年12月底`, `11月30日前`, a serial number, 立行立改, 长期坚持."""

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's calendar (its leap day of 1900 never was)."""
SERIALS = range(32874, 73051)
"""Numbers that are dates of the years 1990 to 2099."""
IMMEDIATE = re.compile("立行立改|立即|即知即改|立查立改|即行即改|即查即改|马上就办|立整立改|已立行")
LONG_TERM = re.compile("长期|持续|常态|永久|坚持")
DIGITS = {char: str(number) for number, char in enumerate("〇一二三四五六七八九")} | {"零": "0", "○": "0", "两": "2"}
NUMERAL = re.compile("[〇零○一二两三四五六七八九十]+(?=年|月|日|号|个月|季度)")
UNTIL = r"(?:以前|之前|前|止|内|以内|之内|完成|前完成|截止)*"
THIRDS = {"初": 10, "上旬": 10, "中旬": 20, "中": 20, "下旬": 31, "底": 31, "末": 31, "份": 31, "内": 31, "": 31}
PARTS = {"年底": (12, 31), "年末": (12, 31), "年内": (12, 31), "上半年": (6, 30), "下半年": (12, 31), "年中": (6, 30)}
_YEAR = r"(?:(?P<year>\d{4}|\d{2})\s*(?:年|[-./]))?"
_DATE = re.compile(
    _YEAR + r"\s*(?P<month>\d{1,2})(?:"
    r"\s*(?:月|[-./])\s*(?P<day>\d{1,2})\s*[日号]?(?!\d)"
    r"|\s*月?\s*(?P<third>初|上旬|中旬|下旬|底|末|份|中|内)?" + r")"
)
_PART = re.compile(r"(?:(?P<year>\d{4}|\d{2})年?|今年|本年)?度?(?P<part>年底|年末|年内|底|末|内|上半年|下半年|年中)")
_QUARTER = re.compile(r"(?:(?P<year>\d{4})年?)?(?:第?(?P<quarter>[1-4一二三四])季度)(?:底|末|内)?")
_MONTHS = re.compile(r"(?P<count>\d+|半)(?:个月|年)")
_WHOLE = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")

_ANYWHERE = re.compile(
    r"(?:\d{2,4}[年./-])?\d{1,2}(?:月(?:\d{1,2}[日号]?|底|末|[上中下]旬|份|初)?|[./-]\d{1,2}(?!\d))|(?:\d{4})?年[底末]"
)
_RANGE = re.compile(
    r"(?P<first>.*[年月日号]|\d{4}\.\d{1,2}(?:\.\d{1,2})?)-(?P<last>.+)|(?P<from>.*?)(?:至|到|—+|~)(?P<to>.+)"
)

_NUMBER = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_LEADING = (
    r"(?:[(（]?\d+[)）、.](?!\d))?\s*"
    rf"(?:(?:(?:\d{{2,4}}|[〇零○一二三四五六七八九]{{4}})年)?{_NUMBER}月(?:{_NUMBER}[日号]|底|末|[上中下]旬|初|份)?"
    r"|\d{4}[-./]\d{1,2}(?:[-./]\d{1,2})?|(?:\d{4})?年[底末])"
)
_BEFORE_TITLE = re.compile(rf"^\s*{_LEADING}(?:以前|之前|前|止)?[,，:：、\s]*")
_BETWEEN_STAGES = re.compile(rf"\n|[;；](?=\s*{_LEADING})")


@dataclass(frozen=True)
class Period:
    """What dates without a year are counted from: the day the work began, and the end of the concentrated period."""

    begins: date
    ends: date | None = None


@dataclass
class TimeLimit:
    """What a cell says of the time: a day, the words for at once or for long, the stages before the last day."""

    day: date | None = None
    is_immediate: bool = False
    is_long_term: bool = False
    stages: list[tuple[str, date]] = field(default_factory=list)


class NotRead(ValueError):
    """The cell holds something that is no time limit."""


def time_limit(value: object, period: Period) -> TimeLimit:
    """Read a cell; an empty one says nothing. Raises `NotRead`."""
    if isinstance(value, datetime):
        return TimeLimit(day=value.date())
    if isinstance(value, date):
        return TimeLimit(day=value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return TimeLimit(day=_number(value))
    return _words(str(value or ""), period)


def day_of(value: object, period: Period) -> date | None:
    """Read a cell that holds one day and nothing else. Raises `NotRead`."""
    limit = time_limit(value, period)
    if limit.is_immediate or limit.is_long_term or limit.stages:
        raise NotRead
    return limit.day


def _number(value: float) -> date:
    """A serial, or a date whose separators were lost. `2020.1` may be January or October: no guess is made."""
    if value == int(value) and int(value) in SERIALS:
        return EPOCH + timedelta(days=int(value))
    if int(value) in SERIALS:
        return EPOCH + timedelta(days=int(value))  # with a time of day
    if match := _WHOLE.fullmatch(f"{value:.0f}"):
        return _day(*(int(part) for part in match.groups()))
    match = re.fullmatch(r"(\d{4})\.(\d{1,2})", f"{value:g}")
    if match and match[2] != "1":
        return _last_day(int(match[1]), int(match[2]))
    raise NotRead


def _words(text: str, period: Period) -> TimeLimit:
    plain = _plain(text)
    if not plain:
        return TimeLimit()
    limit = TimeLimit(is_immediate=bool(IMMEDIATE.search(plain)), is_long_term=bool(LONG_TERM.search(plain)))
    parts = [part for part in _BETWEEN_STAGES.split(text) if part.strip()]
    if len(parts) > 1 and (stages := _stages(parts, period)):
        limit.day, limit.stages = stages[-1][1], stages[:-1]
        return limit
    bare = re.sub(r"\s", "", plain)
    if limit.is_immediate or limit.is_long_term:
        limit.day = _somewhere(bare, period)
        if limit.day is None and re.search(r"\d", bare):
            raise NotRead
        return limit
    limit.day = _one(bare, period)
    return limit


def _plain(text: str) -> str:
    """Half-width, numerals as digits, blanks around separators gone; lines stay apart."""
    half = unicodedata.normalize("NFKC", text).strip()
    return NUMERAL.sub(lambda match: _numeral(match[0]), half)


def _numeral(words: str) -> str:
    """`二〇二〇` → 2020, `十二` → 12, `三十` → 30."""
    if "十" not in words:
        return "".join(DIGITS[char] for char in words)
    tens, _ten, ones = words.partition("十")
    return str((int(DIGITS[tens]) if tens in DIGITS else 1) * 10 + (int(DIGITS[ones]) if ones in DIGITS else 0))


def _stages(parts: list[str], period: Period) -> list[tuple[str, date]]:
    """`3月底前完成摸底;6月底前完成整改` → what is to be reached by when; empty where a part has no date of its own."""
    stages = []
    for part in parts:
        day = _somewhere(re.sub(r"\s", "", _plain(part)), period)
        title = _BEFORE_TITLE.sub("", part).strip()
        if day is None or not title:
            return []
        stages.append((title, day))
    return stages


def stages_of(text: str, period: Period) -> list[tuple[str, date]]:
    """Read a cell of milestones, one a line. Raises `NotRead` where a line has no date or no words."""
    parts = [part for part in _BETWEEN_STAGES.split(text) if part.strip()]
    stages = _stages(parts, period)
    if len(stages) != len(parts):
        raise NotRead
    return stages


def _somewhere(text: str, period: Period) -> date | None:
    """Return the first date among other words; None where there is none. Raises `NotRead` for one that cannot be."""
    match = _ANYWHERE.search(text)
    return _one(match[0], period) if match else None


def _one(text: str, period: Period) -> date:
    """Return the one date that the text is. Of `6月至12月` it is the end. Raises `NotRead`."""
    if match := _RANGE.fullmatch(text):
        begun = re.match(r"\d{4}", match["first"] or match["from"] or "")
        last = match["last"] or match["to"]
        return _one((f"{begun[0]}年" if begun and not re.match(r"\d{4}", last) else "") + last, period)
    bare = re.sub(r"^(?:至|于|在|计划|预计|力争|确保|即日起)+", "", text)
    bare = re.sub(UNTIL + "$", "", bare)
    for pattern, read in ((_WHOLE, _read_whole), (_DATE, _read_date), (_PART, _read_part), (_QUARTER, _read_quarter)):
        if match := pattern.fullmatch(bare):
            return read(match, period)
    if re.fullmatch(r"(?:集中)?整改期|集中整改", bare) and period.ends:
        return period.ends
    if match := _MONTHS.fullmatch(bare):
        return _months_later(match, period)
    raise NotRead


def _read_whole(match: re.Match[str], period: Period) -> date:
    return _day(int(match["year"]), int(match["month"]), int(match["day"]))


def _read_date(match: re.Match[str], period: Period) -> date:
    month, day, third = int(match["month"]), match["day"], match["third"] or ""
    if not (match["year"] or day or "月" in match[0]):
        raise NotRead  # a number alone
    if not match["year"] and "月" not in match[0]:
        raise NotRead  # 11.30 may be a version or an amount
    if match["year"]:
        return _in_year(_year(match["year"]), month, day, third)
    this = _in_year(period.begins.year, month, day, third)
    return this if this >= period.begins else _in_year(period.begins.year + 1, month, day, third)


def _in_year(year: int, month: int, day: str | None, third: str) -> date:
    if day:
        return _day(year, month, int(day))
    last = _last_day(year, month)
    return last.replace(day=min(THIRDS[third], last.day))


def _read_part(match: re.Match[str], period: Period) -> date:
    part = match["part"]
    if len(part) == 1 and not match["year"]:
        raise NotRead
    year = _year(match["year"]) if match["year"] else period.begins.year
    return _day(year, *PARTS.get(part, (12, 31)))


def _read_quarter(match: re.Match[str], period: Period) -> date:
    quarter = "1234".find(match["quarter"]) if match["quarter"].isascii() else "一二三四".find(match["quarter"])
    year = int(match["year"]) if match["year"] else period.begins.year
    return _last_day(year, quarter * 3 + 3)


def _months_later(match: re.Match[str], period: Period) -> date:
    """`3个月内` is counted from the first day of the work."""
    count = 6 if match["count"] == "半" else int(match["count"]) * (12 if match[0].endswith("年") else 1)
    month = period.begins.month - 1 + count
    last = _last_day(period.begins.year + month // 12, month % 12 + 1)
    return last.replace(day=min(period.begins.day, last.day))


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else 2000 + int(digits)


def _last_day(year: int, month: int) -> date:
    if not 1 <= month <= 12:
        raise NotRead
    return _day(year, month, monthrange(year, month)[1])


def _day(year: int, month: int, day: int) -> date:
    if not 1990 <= year <= 2099:
        raise NotRead
    try:
        return date(year, month, day)
    except ValueError as error:
        raise NotRead from error
