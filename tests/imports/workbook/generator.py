"""Ledgers as offices keep them, drawn at random: a plan, and a workbook that says it in some office's own way.

Words of headers, order of columns, one row of headers or two, titles above, merged or filled cells, empty rows,
ways to write a date and to separate names are drawn from those that the design names.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from tests.imports.workbook.workbook_files import workbook

BEGINS, ENDS = date(2020, 9, 1), date(2020, 11, 30)
LEADERS = ["张建国", "李 霞".replace(" ", ""), "王志强", "欧阳文静", "总工程师", "副局长（供水）", "党组书记、局长"]
UNITS = ["局办公室", "财务科", "供水管理处", "水政监察支队", "东城区水务中心", "规划建设科（总工办）"]
VERBS = ["修订", "排查", "清理", "公开", "核查", "组织培训", "建立台账", "约谈"]
THINGS = ["巡查制度", "二次供水泵房", "超标准公务接待", "河道占用", "采购合同", "党员档案", "欠缴水费", "值班记录"]
KINDS = {"建章立制": "rule_making", "专项整治": "campaign", "举一反三": "extension", "追责问责": "accountability"}
KINDS |= {"挽回损失": "loss_recovery", "重大措施": "major"}
MODES = {"立行立改": "immediate", "限期": "time_limited", "长期": "long_term"}
HEADERS = {
    "area": ["方面", "整改方面", "反馈方面"],
    "category": ["大类", "问题类别", "类别"],
    "problem": ["问题", "反馈问题", "主要问题"],
    "issue": ["具体问题", "具体表现", "问题表现"],
    "goal": ["整改目标", "工作目标"],
    "text": ["整改措施", "整改举措", "具体措施"],
    "kinds": ["措施类型", "措施类别"],
    "leader": ["责任领导", "牵头领导", "分管领导", "责 任\n领 导"],
    "lead_unit": ["牵头单位", "责任单位", "牵头部门", "责任部门", "牵头（责任）单位"],
    "supporting": ["配合单位", "配合部门", "协办单位"],
    "handler": ["责任人", "具体责任人"],
    "deadline": ["整改时限", "完成时限", "整改期限", "完成时间"],
    "mode": ["整改方式", "整改类型"],
    "sustained": ["是否长期坚持", "长期坚持"],
    "remarks": ["备注", "备注说明"],
}
NEVER_MISSING = {"area", "category", "problem", "issue", "text", "leader", "lead_unit", "deadline"}
GROUPS = {"issue": "问题情况", "text": "整改措施情况", "leader": "责任分工", "deadline": "整改要求"}
SEPARATORS = ["、", "，", ",", "/", " ", "\n", "；"]
LEVELS = ("area", "category", "problem", "issue")


@dataclass
class Plan:
    """One measure with all that stands above it, as it ought to be in the ledger afterwards."""

    area: str
    category: str
    problem: str
    issue: str
    goal: str
    sustained: bool
    text: str
    kinds: list[str]
    leader: str
    lead_unit: str
    supporting: list[str]
    handler: str
    mode: str
    deadline: date | None
    remarks: str


@dataclass
class Drawn:
    """A plan, and the workbook that says it; `fields` are those that the workbook has columns for."""

    measures: list[Plan]
    data: bytes
    fields: set[str] = field(default_factory=set)


def draw(seed: int) -> Drawn:
    rng = random.Random(seed)
    plan = list(_plan(rng))
    fields = [name for name in HEADERS if name in NEVER_MISSING or rng.random() < 0.8]
    if rng.random() < 0.5:
        rng.shuffle(fields)
    return Drawn(plan, _Book(rng, fields, plan).made(), set(fields))


def _plan(rng: random.Random) -> Iterator[Plan]:
    number = 0
    for area in range(rng.randint(1, 2)):
        for category in range(rng.randint(1, 2)):
            for problem in range(rng.randint(1, 2)):
                for issue in range(rng.randint(1, 3)):
                    words = f"{rng.choice(THINGS)}不到位，{issue + 1}号问题（{area}-{category}-{problem}）"
                    goal, sustained = rng.choice(["", "年内见效", "做到\n有人管、管得住"]), rng.random() < 0.4
                    for _each in range(rng.randint(1, 4)):
                        number += 1
                        above = (f"第{area + 1}方面", f"第{category + 1}类", f"问题之{problem + 1}", words)
                        yield _measure(rng, above, goal, sustained, number)


def _measure(rng: random.Random, above: tuple[str, ...], goal: str, sustained: bool, number: int) -> Plan:
    mode = rng.choice(list(MODES.values()))
    deadline: date | None = BEGINS + timedelta(days=rng.randint(0, 360))
    if mode == "long_term" and rng.random() < 0.6:
        deadline = None
    lead, *others = rng.sample(UNITS, rng.randint(1, 4))
    area, category, problem, issue = above
    return Plan(
        area,
        category,
        problem,
        issue,
        goal,
        sustained,
        f"{rng.choice(VERBS)}{rng.choice(THINGS)}，第{number}项。",
        sorted(rng.sample(list(KINDS.values()), rng.randint(0, 3))),
        rng.choice(LEADERS),
        lead,
        sorted(others),
        rng.choice(["", "赵敏", "陈刚"]),
        mode,
        deadline,
        rng.choice(["", "需市局支持", "=另行安排"]),
    )


class _Book:
    """Writes a plan in the way of one office."""

    def __init__(self, rng: random.Random, fields: list[str], plan: list[Plan]) -> None:
        self.rng, self.fields, self.plan = rng, fields, plan
        self.rows: list[list[Any]] = []
        self.merges: list[str] = []
        self.formats: dict[tuple[int, int], str] = {}
        self.filling = rng.choice(["merged", "filled", "first"])
        self.separator = rng.choice(SEPARATORS)
        self.left = rng.choice([0, 0, 1])  # some sheets begin at column B
        self.has_number = rng.random() < 0.7

    def made(self) -> bytes:
        self._titles()
        self._header()
        held: dict[str, tuple[Any, int]] = {}
        last: Plan | None = None
        for plan in self.plan:
            if self.rng.random() < 0.05 and self.filling != "merged":
                self.rows.append([])
            self._row(plan, last)
            self._merge(plan, held)
            last = plan
        for name, (_key, first) in held.items():
            self._close(name, first, len(self.rows) - 1)
        if self.rng.random() < 0.3:
            self.rows.append([""] * self.left + ["合计", len(self.plan)])
        return workbook(
            self.rows, merges=self.merges, formats=self.formats, name=self.rng.choice(["Sheet1", "整改台账"])
        )

    def _titles(self) -> None:
        titles = [
            "青川市水务局党组落实市委第一巡察组反馈意见整改台账",
            "填报单位：青川市水务局    日期：2020年9月5日    单位：项",
        ]
        for words in titles[: self.rng.randint(0, 2)]:
            self.rows.append([""] * self.left + [words])
        if self.rng.random() < 0.2:
            self.rows.insert(0, [])

    def _header(self) -> None:
        words = [self.rng.choice(HEADERS[name]) for name in self.fields]
        lead = [""] * self.left + (["序号"] if self.has_number else [])
        if self.rng.random() < 0.5:
            self.rows.append([*lead, *words])
            return
        top = [GROUPS.get(name, "") for name in self.fields]
        row = len(self.rows)
        above, below = list(lead), [""] * len(lead)
        for word, group in zip(words, top, strict=True):
            above.append(group or word)
            below.append(word if group else "")
        self.rows += [above, below]
        for index, group in enumerate(top, len(lead)):
            if not group:
                self.merges.append(_area(row, index, row + 1, index))

    def _row(self, plan: Plan, last: Plan | None) -> None:
        row: list[Any] = [""] * self.left + ([len(self.rows)] if self.has_number else [])
        for name in self.fields:
            value = self._cell(plan, name, len(row))
            is_new = last is None or _key(plan, name) != _key(last, name)
            row.append(
                "" if name in (*LEVELS, "goal", "sustained") and self.filling != "filled" and not is_new else value
            )
        self.rows.append(row)

    def _merge(self, plan: Plan, held: dict[str, tuple[Any, int]]) -> None:
        if self.filling != "merged":
            return
        for name in [name for name in self.fields if name in (*LEVELS, "goal", "sustained")]:
            key, first = held.get(name, (None, 0))
            if key != _key(plan, name):
                if key is not None:
                    self._close(name, first, len(self.rows) - 2)
                held[name] = (_key(plan, name), len(self.rows) - 1)

    def _close(self, name: str, first: int, last: int) -> None:
        index = self.left + self.has_number + self.fields.index(name)
        if last > first:
            self.merges.append(_area(first, index, last, index))

    def _cell(self, plan: Plan, name: str, index: int) -> Any:
        value = getattr(plan, name)
        if name == "deadline":
            return self._time(plan, index)
        if name == "kinds":
            return self._joined([word for word, code in KINDS.items() if code in value])
        if name == "supporting":
            return self._joined(value)
        if name == "mode":
            return {code: word for word, code in MODES.items()}[value]
        if name == "sustained":
            return self.rng.choice(["是", "√", "需长期坚持"]) if value else self.rng.choice(["否", "×", ""])
        return value

    def _joined(self, words: list[str]) -> str:
        separator = self.separator
        if separator in {" ", "、"} and any("、" in word for word in words):
            separator = "\n"
        return separator.join(words)

    def _time(self, plan: Plan, index: int) -> Any:
        """Write the time limit; without a column of its own the mode is told here."""
        day = plan.deadline
        told = "" if "mode" in self.fields else {"immediate": "立行立改", "long_term": "长期坚持"}.get(plan.mode, "")
        if day is None:
            return self.rng.choice(["长期坚持", "长期", "持续坚持"])
        if told:
            return self.rng.choice([f"{told}（{_full(day)}前）", f"{_full(day)}前，{told}"])
        ways = [_full(day), f"{_full(day)}前", day.isoformat(), f"{day.year}.{day.month}.{day.day}", f"{day:%Y/%m/%d}"]
        ways += [f"{day:%Y%m%d}", f"{_full(day)}底前".replace("日底", "日"), "serial", "date"]
        if BEGINS <= day < BEGINS.replace(year=BEGINS.year + 1):
            ways.append(f"{day.month}月{day.day}日前")
        if (day + timedelta(days=1)).day == 1:
            ways += [f"{day.year}年{day.month}月底", f"{day.year}年{day.month}月", f"{day.year}年{day.month}月底前"]
        way = self.rng.choice(ways)
        if way == "date":
            self.formats[(len(self.rows), index)] = 'yyyy"年"m"月"d"日"'
            return day
        return (day - date(1899, 12, 30)).days if way == "serial" else way


def _full(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _key(plan: Plan, name: str) -> Any:
    """Cells of one level are one where the levels above are one too; goal and 长期坚持 belong to the issue."""
    depth = LEVELS.index(name) + 1 if name in LEVELS else len(LEVELS)
    return tuple(getattr(plan, level) for level in LEVELS[:depth])


def _area(top: int, left: int, bottom: int, right: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return f"{letters[left]}{top + 1}:{letters[right]}{bottom + 1}"
