"""What single cells say: people, units, choices, modes, yes and no, conclusions, the words of a number."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from core.fields import CUT_MARK

_MODE_SPELLINGS = (
    ("immediate", re.compile("立行立改|立即|即知即改|立查立改|即行即改|立整立改|马上")),
    ("staged", re.compile("分阶段|分步|阶段性|分期|分批|分段")),
    ("long_term", re.compile("长期|持续|常态|坚持")),
    ("time_limited", re.compile("限期|限时|短期|集中整改|近期|定期|按期|期限")),
)
YES = frozenset(
    ["是", "√", "✓", "✔", "☑", "需", "需要", "长期", "长期坚持", "需长期坚持", "持续", "y", "yes", "true", "1"]
)
NO = frozenset(
    ["否", "×", "✗", "✘", "☐", "不", "不需", "不需要", "无需", "无", "非", "-", "—", "/", "n", "no", "false", "0"]
)
NOTHING = frozenset(["无", "/", "-", "—", "——", "\\", "暂无"])
SAME_AS_ABOVE = frozenset({"同上", "〃", "″", '"', "同前"})
SEPARATORS = re.compile(r"[、，,;；/\n\r\t]|\s+")
COMPLETIONS = (
    # the narrower words first: 基本完成 holds 完成, 未完成 too
    ("not_done", re.compile("未|没有|正在|推进中|持续整改|进行中|待|尚|不到位|整改中|逾期|取消|终止")),
    ("basically_done", re.compile("基本")),
    ("done", re.compile("完成|已整改|整改到位|销号|办结|完结|是|√|✓|100%")),
)
TITLE = (
    "(?:党组|党委|党总支|党支部|纪检组|纪委|总支|支部|分管|副|常务|第一)*"
    "(?:书记|局长|主任|院长|校长|处长|科长|股长|部长|厅长|市长|县长|区长|镇长|乡长|所长|站长|中心主任|组长|委员|成员|"
    "调研员|总工程师|总经济师|总规划师|巡视员|董事长|总经理|经理|主席|会长)"
)
_PURE_TITLE = re.compile(TITLE)
_TITLED = re.compile(rf"({TITLE})\s*[:：]?\s*([\u4e00-\u9fff·]{{2,4}})")
_NAMED = re.compile(r"([\u4e00-\u9fff·]{2,4})\s*[(（][^)）]*[)）]")
_ROLE = re.compile(r"\s*[(（](?:牵头|主责|主办|配合|协办|责任)(?:单位|部门|科室)?[)）]")
_LABEL = re.compile(r"(牵头|主责|主办|责任|配合|协办|协助|参与)(?:单位|部门|科室|处室|股室)?\s*[:：]")


def text_of(value: object) -> str:
    """Return a cell as text: no blanks around it, whole numbers without a point, days as they are written."""
    if value is None or isinstance(value, bool):
        return {None: "", True: "是", False: "否"}[value]
    if isinstance(value, float):
        return f"{value:.0f}" if value == int(value) else f"{value:.10g}"
    if isinstance(value, (date, datetime)):
        return f"{value.year}年{value.month}月{value.day}日"
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "").replace("\u00a0", " ")
    return text.strip().strip("\u3000").strip()


def squeezed(text: str) -> str:
    """Return a text as rows are compared: every run of blanks and line breaks is one blank."""
    return " ".join(text.split())


def is_same(words: str, stored: str) -> bool:
    """Return whether a cell says what the ledger stores; of a text longer than a cell it says the beginning."""
    if words.endswith(CUT_MARK):
        return squeezed(stored).startswith(squeezed(words.removesuffix(CUT_MARK)))
    return squeezed(words) == squeezed(stored)


@dataclass
class Several:
    """Names in one cell: the first, and the others."""

    first: str = ""
    others: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[str]:
        return [self.first, *self.others] if self.first else list(self.others)


class Known:
    """Names that exist already: they are never split. Those that hold a separator are looked for first."""

    def __init__(self, names: Iterable[str] = ()) -> None:
        self.names = frozenset(names)
        self._odd = sorted((name for name in self.names if SEPARATORS.search(name)), key=len, reverse=True)

    def __contains__(self, name: str) -> bool:
        return name in self.names

    def covered(self, text: str) -> tuple[str, dict[str, str]]:
        """Return the text with a single character in place of each known name that would be torn apart."""
        covers = {}
        for number, name in enumerate(self._odd):
            if name in text:
                covers[chr(0xE000 + number % 6000)] = name
                text = text.replace(name, chr(0xE000 + number % 6000))
        return text, covers


def names_in(text: str, known: Known) -> list[str]:
    """Split a cell of names. A name that is known is never split, whatever stands in it."""
    if not text or text in NOTHING:
        return []
    if text in known or squeezed(text) in known:
        return [text if text in known else squeezed(text)]
    covered, covers = known.covered(text)
    pieces: list[str] = []
    for line in re.split(r"[,，;；/\n\r\t]", covered):
        line = line.strip()
        pieces += [line] if line in known else _split(line, known)
    return list(dict.fromkeys(covers.get(name, name) for name in pieces if name))


def _split(line: str, known: Known) -> list[str]:
    """Split at 、 and blanks, outside of brackets; what belongs together is put together again."""
    pieces = [piece.strip() for piece in re.split(r"、(?![^(（]*[)）])", line) if piece.strip()]
    whole: list[str] = []
    for piece in pieces:
        if whole and _PURE_TITLE.fullmatch(whole[-1]) and _PURE_TITLE.match(piece) and whole[-1] not in known:
            whole[-1] = f"{whole[-1]}、{piece}"  # 党组书记、局长 is one person
        else:
            whole.append(piece)
    return [name for piece in whole for name in ([piece] if piece in known else _apart(piece))]


def _apart(piece: str) -> list[str]:
    """Split at blanks: `张三 李四` are two, `局长 张三` and `张 三` are one."""
    words = re.split(r"\s+(?![^(（]*[)）])", piece)
    joined: list[str] = []
    for word in words:
        if joined and (len(joined[-1]) == len(word) == 1 or _PURE_TITLE.search(joined[-1].split("、")[-1])):
            joined[-1] += word if len(word) == 1 else f" {word}"
        else:
            joined.append(word)
    return joined


def leaders_in(text: str, known: Known) -> Several:
    """Read who is responsible: the first of several is the leader. Titles beside a name are left out."""
    names = [name if name in known else _person(name) for name in names_in(text, known)]
    return Several(names[0], names[1:]) if names else Several()


def _person(name: str) -> str:
    last = name.split("、")[-1]
    if match := _TITLED.fullmatch(last):
        return match[2]
    if (match := _NAMED.fullmatch(last)) and not _PURE_TITLE.match(last):
        return match[1]
    return name


def units_in(text: str, known: Known) -> Several:
    """Read who leads and who supports: by the labels in the cell, else the first leads."""
    pieces = _LABEL.split(text)
    if len(pieces) == 1 or text in known:
        names = [_ROLE.sub("", name) for name in names_in(text, known)]
        return Several(names[0], names[1:]) if names else Several()
    leading = names_in(pieces[0].strip(), known)
    supporting: list[str] = []
    for label, named in zip(pieces[1::2], pieces[2::2], strict=True):
        target = supporting if label in {"配合", "协办", "协助", "参与"} else leading
        target += names_in(named.strip(), known)
    return Several(leading[0] if leading else "", [*leading[1:], *supporting])


def choices_in(text: str, codes: Mapping[str, str]) -> list[str] | None:
    """Read several choices, `codes` by their words; None where a word is none of them."""
    if not text or text in NOTHING:
        return []
    choices = [codes.get(word.strip()) for word in SEPARATORS.split(text) if word.strip()]
    return sorted({choice for choice in choices if choice}) if all(choices) else None


def choice_in(text: str, codes: Mapping[str, str]) -> str | None:
    """Read one choice; None where the words are none of them."""
    return "" if not text or text in NOTHING else codes.get(squeezed(text))


def mode_of(text: str) -> str | None:
    """Read how a measure is carried out; None where the words say nothing of it."""
    return next((mode for mode, pattern in _MODE_SPELLINGS if pattern.search(text)), None)


def yes_or_no(text: str) -> bool | None:
    """Read yes or no (an empty cell is no); None where it is neither."""
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    if not plain:
        return False
    if plain in YES or plain.startswith(("需长期", "需要长期", "长期")):
        return True
    return False if plain in NO else None


def completion_of(text: str) -> str:
    """Read what the words claim: done, basically_done, not_done; empty where they claim nothing."""
    if plain := unicodedata.normalize("NFKC", text).strip():
        if plain in {"否", "×", "x", "X"}:
            return "not_done"
        return next((code for code, pattern in COMPLETIONS if pattern.search(plain)), "")
    return ""


def whole_number_in(text: str) -> int | None:
    """Read a whole number, `1,200` too; None where it is none."""
    match = re.fullmatch(r"-?\d{1,9}", unicodedata.normalize("NFKC", text).replace(",", "").strip())
    return int(match[0]) if match else None


def count_of(text: str) -> int | None:
    """Read a number of files, `3份` too; None where it is none."""
    match = re.fullmatch(r"(\d{1,5})\s*(?:份|件|个|项|页|张)?", unicodedata.normalize("NFKC", text))
    return int(match[1]) if match else None
