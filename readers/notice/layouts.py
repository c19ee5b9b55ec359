"""Layouts of published notices as data. A further layout is a further `Grammar`, not a further program.

Patterns see a line in which full-width digits, brackets and punctuation are half-width, character for character.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from re import Pattern

from readers.notice.reports import IN_BRACKETS, IN_RINGS, IN_WORDS, NO_DECIMAL, WITH_POINTS, ReportMarker
from readers.notice.source import gettext_noop

NUMERAL = "[一二三四五六七八九十]{1,3}"


@dataclass(frozen=True)
class LayoutLevel:
    """One level of the tree: how its lines begin (with a group `number`), and words at their end that are no title.

    The text of one that is a label (`反馈问题:`) may begin in the line below, and have several paragraphs.
    """

    name: str
    begins: Pattern[str]
    tail: Pattern[str] | None = None
    is_label: bool = False


@dataclass(frozen=True)
class Block:
    """A labelled block under an issue beside its status, and where its text goes: `goal` or `reports`."""

    name: str
    begins: Pattern[str]


@dataclass(frozen=True)
class Grammar:
    """How one layout prints its tree. `levels` go from the top down; the last one is the issue.

    `section` is a heading of the paper itself: the tree is within one. `closing` ends it, after the last status;
    `outlook` ends it too where no section follows: the last report may speak of what comes next as well.

    `marks` are the ways in which reports are counted, the likelier one first. `status_opens` is where the text behind
    a status goes. `signs` are lines that belong to this layout's tree even where no status is printed. `cuts` are
    markers before which a paragraph is cut into parts. `conclusion` is what a sentence with a conclusion looks like
    where a report may follow in the same line.

    A `strict` layout takes nothing for granted; the others read on where a number or a status is missing, and doubt.
    """

    name: str
    levels: tuple[LayoutLevel, ...]
    status: Pattern[str]
    section: Pattern[str]
    closing: Pattern[str]
    outlook: Pattern[str]
    blocks: tuple[Block, ...] = ()
    marks: tuple[ReportMarker, ...] = (IN_WORDS,)
    status_opens: str = "reports"
    signs: Pattern[str] | None = None
    cuts: tuple[Pattern[str], ...] = ()
    conclusion: Pattern[str] | None = None
    is_strict: bool = False
    reports_at_once: bool = False
    concludes: bool = True

    @cached_property
    def report(self) -> Pattern[str]:
        """How a paragraph begins that is a report by its marker."""
        return re.compile("|".join([*(mark.begins.pattern for mark in self.marks), TWOFOLD.pattern]))

    def is_tree(self, plain: str) -> bool:
        """Return whether a line shows by itself that the tree is here."""
        return bool(self.status.match(plain) or (self.signs and self.signs.match(plain)))


SECTION = re.compile(rf"^{NUMERAL}、")
CLOSING = re.compile(
    rf"^(?:{NUMERAL}、|以上(?:是|为)|特此通报|欢迎(?:广大|社会|干部|群众|对|各界)"
    rf"|(?:联系|监督|举报|受理|咨询)(?:举报|投诉)?(?:方式|电话|人\s*:|邮箱)|电子?邮[箱件编]|通[讯信]地址|附件\s*\d*\s*:"
    rf"|(?:中共|中国共产党).{{2,40}}(?:党组|党委|委员会|总支部?|支部)$|\d{{4}}年\d{{1,2}}月\d{{1,2}}日$)"
)

NUMBERED = IN_WORDS.begins
TWOFOLD = re.compile("^另?一方面")
"""One report, however many times it says so."""
REPORT = re.compile(f"{NUMBERED.pattern}|{TWOFOLD.pattern}")


COUNTED = rf"(?:(?:\d{{1,2}}[.、]|\((?:\d{{1,2}}|{NUMERAL})\))\s*)?"


def label(words: str) -> Pattern[str]:
    """Return the pattern of a label: with a colon, in brackets, or alone in its line; a number may come before it."""
    return re.compile(rf"^{COUNTED}(?:(?:{words})\s*(?::\s*|$)|[【\[]\s*(?:{words})\s*[】\]]\s*:?\s*)")


AREA = LayoutLevel("area", re.compile(rf"^(?P<number>\({NUMERAL}\)|[㈠-㈩])\s*"))
# A title may begin with a year (`1.2020年以来`); any other digit behind the point makes a decimal.
POINT = r"(?P<number>\d{1,2}\s{0,3}[.、](?!\d(?!\d{3}年))|[⒈-⒛])\s*"
CATEGORY = LayoutLevel("category", re.compile(f"^{POINT}"))
PROBLEM = LayoutLevel(
    "problem",
    re.compile(rf"^(?P<number>问题\s{{0,3}}(?:\d{{1,2}}|{NUMERAL})\s{{0,3}}[.、:])\s*"),
    tail=re.compile(r",?(?:主要|具体)?表现(?:(?:在|为)\s*:?|\s*:)\s*$"),
)
ISSUE = LayoutLevel("issue", re.compile(r"^(?P<number>\(\d{1,3}\)|[⑴-⒇])\s*"))

FOUR_LEVELS = Grammar(
    name="four_levels",
    levels=(AREA, CATEGORY, PROBLEM, ISSUE),
    status=re.compile(r"^(?:整改)?落实情况\s*:\s*"),
    section=SECTION,
    closing=CLOSING,
    outlook=re.compile(r"^下一?步"),
    is_strict=True,
)

SITUATION = "整改(?:工作)?(?:落实|完成|进展|推进)?情况|(?:落实|完成|进展)情况"
CONCLUDED = re.compile(
    r"^(?:截至?(?:目前|\d{4}年\d{1,2}月(?:\d{1,2}日|底)?),?|目前,?)?(?:(?:该|此|本)(?:项|条)?)?(?:问题|任务|工作|事项)?(?:整改)?"
    r"(?:已经?|正在|尚未|仍未|未|基本|全部|持续|长期|有序|推进|整改|完成|到位|落实|解决|中){1,6}"
    r"(?:[,、;]?(?:并|仍)?(?:需要?)?(?:长期坚持|长期整改|持续坚持|持续巩固|持续推进|持续整改)){0,2}[。;,]?\s*$"
)
"""A sentence that says nothing else than how far the work is."""
ABOUT = r"关于.{2,80}?(?:问题|方面)"

THREE_LEVELS = replace(
    FOUR_LEVELS,
    name="three_levels",
    levels=(AREA, CATEGORY, ISSUE),
    status=label(SITUATION),
    closing=re.compile(rf"{CLOSING.pattern}|^公示(?:时间|期)"),
    marks=(IN_WORDS, IN_RINGS),
    signs=re.compile(rf"^(?:\d{{1,2}}[.、]|\(\d{{1,3}}\))\s*{ABOUT}"),
    conclusion=CONCLUDED,
    is_strict=False,
    reports_at_once=True,
    concludes=False,
)
TWO_LEVELS = replace(
    THREE_LEVELS,
    name="two_levels",
    levels=(AREA, LayoutLevel("issue", re.compile(rf"^(?P<number>\d{{1,2}}\s{{0,3}}[.、](?!{NO_DECIMAL})|[⒈-⒛])\s*"))),
    marks=(IN_WORDS, IN_BRACKETS, IN_RINGS),
    signs=re.compile(rf"^\d{{1,2}}[.、]\s*{ABOUT}"),
)
ITEM = LayoutLevel(
    "issue",
    re.compile(
        rf"^(?P<number>{COUNTED}[【\[]?反馈(?:的)?(?:具体)?问题"
        rf"\s*(?:\d{{1,2}}|{NUMERAL})?\s*[】\]]?\s*(?::|$|(?<=[】\]])))\s*"
    ),
    is_label=True,
)
ISSUE_LABELS = replace(
    THREE_LEVELS,
    name="issue_labels",
    levels=(AREA, ITEM),
    marks=(IN_BRACKETS, IN_WORDS, WITH_POINTS, IN_RINGS),
    signs=ITEM.begins,
    cuts=(label(SITUATION),),
    reports_at_once=False,
    concludes=True,
)
DESCRIPTION = LayoutLevel(
    "issue", re.compile(f"(?P<number>{label('问题(?:描述|表现)|具体问题').pattern})"), is_label=True
)
PART_LABELS = replace(
    ISSUE_LABELS,
    name="part_labels",
    levels=(AREA, PROBLEM, DESCRIPTION),
    status=label(f"(?:整改)?(?:成效|效果|成果|结果)|{SITUATION}"),
    blocks=(Block("reports", label("(?:具体)?(?:整改)?(?:措施|举措)|整改做法")),),
    marks=(IN_RINGS, WITH_POINTS, IN_WORDS, IN_BRACKETS),
    status_opens="outcome",
    signs=re.compile(
        f"{DESCRIPTION.begins.pattern.replace('(?P<number>', '(?:')}|{label('整改(?:措施|举措)').pattern}"
    ),
    cuts=(label("问题描述|整改措施|整改举措|整改成效|整改效果|整改成果"),),
    concludes=False,
)
TASK = LayoutLevel("issue", re.compile(f"(?P<number>{label('整改(?:任务|事项|问题)').pattern})"), is_label=True)
TASK_LABELS = replace(
    PART_LABELS,
    name="task_labels",
    levels=(AREA, TASK),
    status=label(SITUATION),
    blocks=(Block("goal", label("整改目标")), Block("reports", label("整改措施"))),
    marks=(WITH_POINTS, IN_WORDS, IN_BRACKETS, IN_RINGS),
    status_opens="reports",
    signs=re.compile(TASK.begins.pattern.replace("(?P<number>", "(?:")),
    cuts=(label(f"整改(?:任务|目标)|{SITUATION}"),),
)
# Everything in one paragraph: another layout cut at its markers.
ONE_PARAGRAPH = tuple(
    replace(base, name="one_paragraph", cuts=(base.status, SECTION, *(level.begins for level in base.levels)))
    for base in (
        replace(THREE_LEVELS, levels=FOUR_LEVELS.levels, signs=None, reports_at_once=False),
        THREE_LEVELS,
        TWO_LEVELS,
    )
)

GRAMMARS = (FOUR_LEVELS, TASK_LABELS, PART_LABELS, ISSUE_LABELS, THREE_LEVELS, TWO_LEVELS, *ONE_PARAGRAPH)
LAYOUTS = {
    "four_levels": gettext_noop("areas, categories, problems and issues, all numbered"),
    "three_levels": gettext_noop("areas, categories and issues, all numbered"),
    "two_levels": gettext_noop("areas and issues, both numbered"),
    "one_paragraph": gettext_noop("everything in one paragraph"),
    "issue_labels": gettext_noop("each issue behind a label"),
    "part_labels": gettext_noop("description, measures and results of each issue behind labels"),
    "task_labels": gettext_noop("task, goal and measures behind labels"),
}
"""What each layout is called on a page, by the name of its grammar."""


def layout_words(names: str, say: Callable[[str], str] = str) -> str:
    """Return a layout, or a mix of several (`three_levels+issue_labels`), in words; `say` translates."""
    return " + ".join(say(LAYOUTS.get(name, name)) for name in names.split("+"))


LABELS = label(f"{SITUATION}|反馈(?:的)?问题|问题描述|整改(?:任务|目标|措施|举措|成效|效果|成果)")
"""Labels of any layout: where one of them is outside the tree, the layout was not the right one."""

# Words of the site around the paper; they are looked for in short lines above the tree and below it.
BOILERPLATE = re.compile(
    r"阅读次数|(?:浏览|点击|阅读)(?:次数|量|数)?\s*:|发布(?:日期|时间|机构|人)|来源\s*:|出处\s*:|作者\s*:|字号|字体\s*:|位置\s*:"
    r"|打印(?:本[页文])?】?$|关闭(?:窗口)?】?$|责任编辑|分享到|^首页|[>»]|[上下]一[篇条]\s*:|版权所有|主办单位|承办单位|ICP备|公网安备"
    r"|网站(?:地图|标识码)|扫一扫"
)
TITLE = re.compile(r"关于.*整改.*(?:通报|公告|公示|报告|情况)")
TITLE_ABOVE = re.compile(r"(?:党组|党委|党总支|党支部|委员会)$")
"""The first line of a title in two lines; the second one begins with `TITLE_BELOW`."""
TITLE_BELOW = re.compile(r"^(?:关于|落实)")
ORGANISATION = re.compile(r"^(?:中共|中国共产党)?(?P<name>.+?)(?:党组|党委|党总支|党支部|委员会)?(?:关于|落实)")

COMPLETION = (
    ("not_done", re.compile(r"未完成|尚未|未整改|正在|持续整改|推进中|整改中")),
    ("basically_done", re.compile(r"基本(?:完成|整改|到位)")),
    ("done", re.compile(r"已(?:经)?(?:全部)?(?:整改|完成|落实|到位)|完成整改|整改(?:完成|到位)")),
)
SUSTAINED = re.compile(r"(?<![无不]需)(?:长期(?:坚持|整改|抓)|持续坚持|持续巩固)")

CLAIMS = {
    "areas": re.compile(r"(?<!\d)(\d{1,4})个?方面"),
    "categories": re.compile(r"(?<!\d)(\d{1,4})个?大类"),
    "issues": re.compile(r"(?<!\d)(\d{1,6})个(?:具体)?问题"),
    "measures": re.compile(r"(?<!\d)(\d{1,6})(?:项|条|个)(?:具体)?(?:整改)?措施"),
}
