"""Random notices in the layout `four_levels`: a tree, and the same tree printed with the noise of real papers.

Knows nothing of the reader: what is printed here is said from the layout alone. A line is broken only where a person
too would see that it goes on: before a year, a decimal or an ordinary word, never before what looks like a marker.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

DIGITS = "一二三四五六七八九"
FULL_WIDTH = str.maketrans("0123456789().:", "０１２３４５６７８９（）．：")
FRAGMENTS = (
    "2017年以来的台账没有归档",
    "自2021年3月起两次停工",
    "涉及金额0.82万元",
    "2.0版系统上线后使用率只有11.3%",
    "潩水路沿线的设施少人管护",
    "对“一是一、二是二”的要求讲得多做得少",
    "把“一是快。二是准。三是实”写进窗口承诺",
    "《档案查阅办法（试行）》没有修订",
    "先后召开（含扩大）会议4次",
    "统一是前提却没有统一口径",
    "唯一是短板的环节没有补上",
    "12、13两个月的报表合并填写",
    "责任领导每周到现场调度",
    "财务科逐笔核对了票据",
    "针对反馈问题逐条制定措施",
    "问题线索移交得不及时",
    "落实情况没有跟踪",
    "对照3方面要求重新梳理职责",
    "窗口增设了（一）号和（二）号专席",
    "群众满意度提高1.5个百分点",
    "与5个区的主管部门签订协议",
    "“三会一课”按时开展",
)
TITLE_FRAGMENTS = (
    "学习贯彻",
    "“主动服务”",
    "经费管理",
    "队伍建设",
    "2020年前的欠账",
    "窗口作风",
    "潩水路工程",
    "制度执行",
)
TITLE_ENDS = ("有差距", "不够严", "落得不实", "流于形式", "抓得不紧", "有所表现")
CONCLUSIONS = {
    "done": ("目前该问题已整改", "该问题已整改到位", "已完成整改", "目前已全部整改"),
    "basically_done": ("目前该问题基本完成整改", "该问题已基本整改到位"),
    "not_done": ("目前该问题正在整改", "该问题尚未整改到位", "持续整改"),
}
BLANKS = ("", "", "", "　　", "  ", "\t", "\u00a0\u00a0", "\u200b")
ABOVE = ("当前位置: 首页 >> 政务公开 > 通知公告", "首页 > 党建", "【字体:大 中 小】", "网站地图")
BELOW_TITLE = ("阅读次数: 出处: 发布日期:2021-01-19 10:00:00", "来源：办公室  浏览次数：126", "发布时间:2022-03-01")
BOTTOM = ("责任编辑:办公室", "上一篇:没有了", "【打印本页】")
# A line that begins so might be a heading, a marker, a status or the closing: nobody could say that it goes on.
NO_BEGINNING = set("一二三四五六七八九十另问落整下以欢联附中电通特监举受咨")
Node = TypeVar("Node")
BREAK = re.compile(r"(?<=[\u4e00-\u9fff,，])(?=20\d\d年|\d\.\d|[\u4e00-\u9fff])")


@dataclass
class Issue:
    number: str
    text: str
    completion: str
    is_sustained: bool
    before: str
    reports: list[str]
    after: str


@dataclass
class Problem:
    number: str
    title: str
    issues: list[Issue]


@dataclass
class Category:
    number: str
    title: str
    problems: list[Problem]


@dataclass
class Area:
    number: str
    title: str
    categories: list[Category]


@dataclass
class Notice:
    """What a reader has to give back."""

    title: str
    preamble: list[str]
    areas: list[Area]
    closing: list[str]


@dataclass
class Printed:
    """The paper: its lines without the blank ones."""

    lines: list[str] = field(default_factory=list)


class Generator:
    """One random notice. The same seed gives the same notice."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.has_areas = self.rng.random() < 0.85
        self.has_problems = self.rng.random() < 0.85

    def notice(self) -> Notice:
        preamble = ["根据市委部署，市委巡察组开展了巡察，现将整改情况予以公布。", "一、组织推动情况"]
        for number in range(1, self.rng.randint(1, 4)):
            marker = self.rng.choice([f"({DIGITS[number - 1]})", f"{number}.", f"({number})"])
            preamble.append(self._wide(marker) + self._sentences(1, 2))
        preamble += ["二、整改效果", *([self._sentences(1, 1)] if self.rng.random() < 0.5 else [])]
        areas = (
            self._several(self._area, 1, 3) if self.has_areas else [Area("", "", self._several(self._category, 1, 3))]
        )
        closing = ["三、下步打算", self._wide("(一)") + self._sentences(1, 2), self._wide("1.") + self._sentences(1, 1)]
        closing += ["欢迎广大干部群众监督。联系电话0399-1234567。", "中共临溪市档案馆党组", "2023年4月18日"]
        return Notice("中共临溪市档案馆党组关于巡察整改情况的通报", preamble, areas, closing)

    def _several(self, make: Callable[[int], Node], fewest: int, most: int) -> list[Node]:
        """Children with numbers from 1; now and then one is printed twice, one left out, or they begin anew."""
        made, number = [], 0
        for _ in range(self.rng.randint(fewest, most)):
            number += self.rng.choice([1, 1, 1, 1, 1, 1, 0, 2])
            number = number if 0 < number <= 9 and self.rng.random() > 0.05 else 1
            made.append(make(number))
        return made

    def _area(self, number: int) -> Area:
        return Area(self._wide(f"({DIGITS[number - 1]})"), self._title(), self._several(self._category, 1, 3))

    def _category(self, number: int) -> Category:
        marker = self._wide(f"{number}.") if self.rng.random() < 0.8 else f"{number}、"
        problems = self._several(self._problem, 1, 3) if self.has_problems else [Problem("", "", self._issues())]
        return Category(marker, self._title(), problems)

    def _problem(self, number: int) -> Problem:
        return Problem(self._wide(f"问题{number}{self.rng.choice(['.', ':'])}"), self._title(), self._issues())

    def _issues(self) -> list[Issue]:
        return self._several(self._issue, 1, 4)

    def _issue(self, number: int) -> Issue:
        text = self._sentences(1, 2)
        if self.rng.random() < 0.1:
            text = text.removesuffix("。")
        count = self.rng.choice([1, 1, 2, 3, 3, 4, 5, 11, 12])
        before = ""
        if count > 1 and self.rng.random() < 0.3:
            before = self.rng.choice(["针对该问题，我馆", "针对该问题,我局", self._sentences(1, 1)])
        return Issue(
            number=self._wide(f"({number})"),
            text=text,
            completion=self.rng.choice(["done", "done", "done", "basically_done", "not_done"]),
            is_sustained=self.rng.random() < 0.5,
            before=before,
            reports=[self._sentences(1, 3) for _ in range(count)],
            # never 一方面: under a report that begins so too, it would be the same report
            after="截至目前，" + self._sentences(1, 2) if self.rng.random() < 0.2 else "",
        )

    def _title(self) -> str:
        title = self.rng.choice(TITLE_FRAGMENTS) + self.rng.choice(TITLE_ENDS)
        return title + self.rng.choice(["", "", "。"])

    def _sentences(self, fewest: int, most: int) -> str:
        return "".join(self._sentence() for _ in range(self.rng.randint(fewest, most)))

    def _sentence(self) -> str:
        if self.rng.random() < 0.1:
            return self.rng.choice(["目前，", "下步工作中，"]) + self._fragments(2) + "。"
        if self.rng.random() < 0.05:
            return f"一方面，{self._fragments(1)}。另一方面，{self._fragments(1)}。"
        return self._fragments(self.rng.randint(1, 4)) + "。"

    def _fragments(self, count: int) -> str:
        return self.rng.choice(["，", ","]).join(self.rng.sample(FRAGMENTS, count))

    def _wide(self, marker: str) -> str:
        """Print a marker half-width, full-width or mixed."""
        wide = "".join(c.translate(FULL_WIDTH) if self.rng.random() < 0.5 else c for c in marker)
        return self.rng.choice([marker, marker, wide])

    def printed(self, notice: Notice) -> Printed:
        """Print the lines of a notice, the long ones broken now and then."""
        paper = Printed()
        rng = self.rng
        paper.lines += rng.sample(ABOVE, rng.randint(0, 2)) + [notice.title]
        paper.lines += rng.sample(BELOW_TITLE, rng.randint(0, 1)) + notice.preamble
        for area in notice.areas:
            self._heading(paper, area.number, area.title)
            for category in area.categories:
                self._heading(paper, category.number, category.title)
                for problem in category.problems:
                    tail = rng.choice(["表现在:", "表现在：", "主要表现为:", "表现:", ""])
                    self._heading(paper, problem.number, problem.title, tail)
                    for issue in problem.issues:
                        self._print_issue(paper, issue)
        paper.lines += notice.closing
        paper.lines += rng.sample(BOTTOM, rng.randint(0, 2))
        return paper

    def _heading(self, paper: Printed, number: str, title: str, tail: str = "") -> None:
        if title:
            paper.lines.append(number + self.rng.choice(["", "", " "]) + title + tail)

    def _print_issue(self, paper: Printed, issue: Issue) -> None:
        paper.lines += self._broken(issue.number + issue.text, whole=not issue.text.endswith("。"), shortest=8)
        words = self.rng.choice(CONCLUSIONS[issue.completion])
        words += self.rng.choice(["，", ","]) + "需长期坚持" if issue.is_sustained else ""
        status = self.rng.choice(["落实情况", "整改落实情况"]) + self.rng.choice([":", "：", ": "]) + words
        paragraphs = self._paragraphs(issue)
        if self.rng.random() < 0.1:  # the report goes on in the line of the status
            paper.lines += [f"{status}。{paragraphs[0]}"]
            paragraphs = paragraphs[1:]
        else:
            paper.lines.append(status + self.rng.choice(["。", "。", ""]))
        for paragraph in paragraphs:
            paper.lines += self._broken(paragraph)

    def _paragraphs(self, issue: Issue) -> list[str]:
        if len(issue.reports) == 1:
            marked = issue.reports
        else:
            marked = [f"{_numeral(number)}是{text}" for number, text in enumerate(issue.reports, 1)]
        marked[0:1] = [issue.before + marked[0]]
        paragraphs = [marked[0]]
        by_line = self.rng.random()
        for part in marked[1:]:
            if self.rng.random() < by_line * 0.6:
                paragraphs.append(part)
            else:
                paragraphs[-1] += part
        return paragraphs + ([issue.after] if issue.after else [])

    def _broken(self, line: str, *, whole: bool = False, shortest: int = 24) -> list[str]:
        """Break a line in the middle of a sentence, now and then."""
        if whole or self.rng.random() > 0.25:
            return [line]
        comma = re.search("[,，]", line)
        first = max(shortest, comma.start() + 1) if comma else len(line)
        places = [match.start() for match in BREAK.finditer(line, first, len(line) - 2)]
        places = [place for place in places if line[place] not in NO_BEGINNING]
        if not places:
            return [line]
        place = self.rng.choice(places)
        return [line[:place], line[place:]]

    def text(self, lines: list[str]) -> str:
        """Lay lines out: indents, blanks behind, blank lines between, either kind of line end."""
        laid = []
        for line in lines:
            laid.append(self.rng.choice(BLANKS) + line + self.rng.choice(["", "", " ", "　"]))
            laid += [self.rng.choice(["", "", "  ", "　"]) for _ in range(self.rng.choice([0, 1, 1, 2]))]
        return self.rng.choice(["\n", "\n", "\r\n"]).join(laid)


def _numeral(number: int) -> str:
    return DIGITS[number - 1] if number < 10 else "十" + ("" if number == 10 else DIGITS[number - 11])
