"""Names of people in free text, marked for the people who approve what the public reads. It marks; it never decides."""

import re
from collections.abc import Iterable

from accounts.models import User

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文庞樊兰殷施洪翟"
    "安颜倪牛温芦季俞章鲁葛毕尚裴耿柴焦祝柏辛管祁霍凌阮柳齐左欧舒蓝柯阎"
)
COMPOUND = "欧阳|司马|上官|诸葛|司徒|东方|独孤|南宫|皇甫|尉迟|公孙|慕容|令狐|长孙|夏侯"
FAMILY = rf"(?:{COMPOUND}|[{SURNAMES}])"
GIVEN = r"[\u4e00-\u9fff]{1,2}"
HEADS = "局长|书记|主任|科长|处长|队长|经理|主席|部长|校长|所长|站长|厅长|市长|县长|区长|会长|董事长"
AFTER = f"同志|先生|女士|某某|(?:副)?(?:{HEADS})"
BEFORE = "局长|书记|主任|科长|处长|队长|经理|主席|部长|校长|所长|站长|会长|成员|组长|干部|职工"
ENDS = "、，,。；;）)等为任带因在于"
PATTERNS = (
    re.compile(rf"{FAMILY}(?:某{{1,2}}|[×xX]{{1,2}})"),
    re.compile(rf"{FAMILY}{GIVEN}?(?=(?:{AFTER}))"),
    re.compile(rf"(?<=(?:{BEFORE})){FAMILY}{GIVEN}(?=[{ENDS}])"),
)
"""A surname with 某, with a title behind it, with a post before it. They mark too much rather than too little."""


def known_names() -> tuple[str, ...]:
    """Return the names of all people that the system knows, the longest first."""
    names = {name.strip() for name in User.objects.order_by().values_list("name", flat=True)}
    return tuple(sorted((name for name in names if len(name) > 1), key=lambda name: (-len(name), name)))


def names_in(text: str, known: Iterable[str]) -> list[str]:
    """Return the names in a text, in their order, each once."""
    return list(dict.fromkeys(text[start:end] for start, end in _places(text, known)))


def marked_names(text: str, known: Iterable[str]) -> list[tuple[str, bool]]:
    """Return the text in pieces, each with whether it is a name."""
    pieces, place = [], 0
    for start, end in _places(text, known):
        pieces += [(text[place:start], False)] if start > place else []
        pieces.append((text[start:end], True))
        place = end
    return [*pieces, (text[place:], False)] if place < len(text) else pieces


def _places(text: str, known: Iterable[str]) -> list[tuple[int, int]]:
    """Return where names begin and end, none within another one."""
    spans = [(match.start(), match.end()) for pattern in PATTERNS for match in pattern.finditer(text)]
    for name in known:
        start = text.find(name)
        while start >= 0:
            spans.append((start, start + len(name)))
            start = text.find(name, start + len(name))
    places: list[tuple[int, int]] = []
    for start, end in sorted(spans, key=lambda place: (place[0], -place[1])):
        if not places or start >= places[-1][1]:
            places.append((start, end))
    return places
