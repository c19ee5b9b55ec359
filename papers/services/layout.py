"""A paper for print: its content as paragraphs of plain text, or as blocks for the writers of Word and PDF."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from documents import Annex, Block, Group, Heading, Imprint, Paper, Table, Text, chinese_date
from documents.document_model import Align
from papers.models import PaperVersion
from papers.services.content import Branch, Content, Part, Task
from papers.services.issue_text import STATUS, one_line

CODED: tuple[Align, ...] = ("centre", "left", "left", "left", "left")
SECTION = re.compile(r"^[一二三四五六七八九十]{1,3}、[^。]*$")
ENDS = "。；！？…"
LEVELS = ("area", "category", "problem")


@dataclass(frozen=True)
class Line:
    """One paragraph: what it is (`section`, `area`, `category`, `problem`, `issue`, `status`, `text`), its words."""

    kind: str
    text: str
    lead: str = ""


@dataclass(frozen=True)
class Printed:
    """What is on a copy beside the content: its number, the remark of a draft, who created it when."""

    document_number: str = ""
    remark: str = ""
    created_at: datetime | None = None


def lines_of(content: Content) -> Iterator[Line]:
    """Walk the paragraphs of a paper between its title and its signature, in the layout `four_levels`."""
    yield from _prose(content.preamble)
    for area in content.areas:
        yield from _branch(area, 0)
    yield from _prose(content.closing)


def _prose(text: str) -> Iterator[Line]:
    for line in filter(None, (line.strip() for line in text.splitlines())):
        yield Line("section" if SECTION.match(line) else "text", line)


def _branch(branch: Branch, depth: int) -> Iterator[Line]:
    if branch.title:
        title = branch.number + branch.title
        yield Line(LEVELS[depth], _with_appearances(title) if LEVELS[depth] == "problem" else title)
    for below in branch.branches:
        yield from _branch(below, depth + 1)
    for part in branch.parts:
        yield from _part(part)


def _with_appearances(title: str) -> str:
    return f"{title}表现在：" if title.endswith(tuple(ENDS)) else f"{title}，表现在："


def _part(part: Part) -> Iterator[Line]:
    yield Line("issue", part.number + part.text)
    if part.tasks:
        yield from _tasks(part)
        return
    yield Line("status", part.status_line)
    for paragraph in part.account.splitlines():
        yield Line("text", paragraph)


def _tasks(part: Part) -> Iterator[Line]:
    if part.goal:
        yield Line("text", part.goal, "整改目标：")
    answers = {"责任领导": part.leader, "牵头单位": part.lead_unit, "工作专班": part.task_force}
    said = "；".join(f"{label}：{name}" for label, name in answers.items() if name)
    if said:
        yield Line("text", f"{said}。")
    for place, task in enumerate(part.tasks, 1):
        yield Line("text", _task(task), f"措施{place}：" if len(part.tasks) > 1 else "措施：")


def _task(task: Task) -> str:
    answers = {
        "责任领导": task.leader,
        "责任单位": task.lead_unit,
        "配合单位": task.supporting,
        "整改时限": task.deadline,
        "时间节点": "、".join(task.stages),
    }
    said = "；".join(f"{label}：{words}" for label, words in answers.items() if words)
    text = task.text.rstrip("。")
    return f"{text}。（{said}）" if said else f"{text}。"


def plain_text(content: Content, printed: Printed | None = None) -> str:
    """Return the paper as plain text, a blank line between its paragraphs."""
    remark = printed.remark if printed else ""
    head = [one_line(content.title), remark, content.addressees]
    body = [line.lead + line.text for line in lines_of(content)]
    foot = [content.signature, chinese_date(content.day) if content.day else ""]
    return "\n\n".join(text for text in [*head, *body, *foot] if text) + "\n"


def paper_of(content: Content, *, kind: str, printed: Printed) -> Paper:
    """Return the paper for the writers of Word and PDF."""
    number = printed.document_number
    office = f"{content.signature.removeprefix('中共')}巡察整改办公室"
    return Paper(
        title=content.title,
        subtitle=printed.remark,
        blocks=tuple(_blocks(content)),
        issuer=content.signature if number else "",
        number=number,
        addressees=content.addressees,
        signature=content.signature,
        dated=content.day,
        author=content.signature,
        created_at=printed.created_at,
        annexes=tuple(_annexes(content, kind)),
        imprint=Imprint(office=office, dated=content.day) if number and content.day else None,
    )


HEADINGS = {"section": 1, "area": 2, "category": 3, "problem": 4}


def _blocks(content: Content) -> Iterator[Block]:
    for line in lines_of(content):
        if line.kind in HEADINGS:
            yield Heading(line.text, HEADINGS[line.kind])
        elif line.kind == "status" and line.text.startswith(STATUS):
            yield Text(line.text.removeprefix(STATUS), lead=STATUS)
        else:
            yield Text(line.text, lead=line.lead)


def _annexes(content: Content, kind: str) -> Iterator[Annex]:
    if kind == PaperVersion.Kind.PLAN:
        lists = _Lists(content)
        yield Annex("巡察反馈问题清单", (lists.issues(),), landscape=True)
        yield Annex("巡察整改任务清单", (lists.tasks(),), landscape=True)
        yield Annex("巡察整改责任清单", (lists.duties(),), landscape=True)
    elif kind == PaperVersion.Kind.REPORT and content.comments:
        rows = tuple((str(place), each.text, each.answer) for place, each in enumerate(content.comments, 1))
        table = Table(("序号", "修改意见", "采纳情况"), rows, (1, 7, 7), aligns=("centre", "left", "left"))
        yield Annex("对修改意见的采纳情况", (table,))


@dataclass
class _Lists:
    """The three lists (三张清单) of a plan: issues, tasks, responsibilities."""

    content: Content
    placed: list[tuple[str, Part]] = field(init=False)

    def __post_init__(self) -> None:
        self.placed = [(area.title, part) for area in self.content.areas for part in area.all_parts()]

    def issues(self) -> Table:
        rows: list[tuple[str, ...] | Group] = []
        for place, (area, part) in enumerate(self.placed):
            if area and (not place or self.placed[place - 1][0] != area):
                rows.append(Group(area))
            rows.append((part.code, part.text, part.goal, part.leader, part.lead_unit))
        head = ("编号", "具体问题", "整改目标", "责任领导", "牵头单位")
        return Table(head, tuple(rows), (2, 11, 5, 3, 3), aligns=CODED)

    def tasks(self) -> Table:
        rows: list[tuple[str, ...] | Group] = []
        for _area, part in self.placed:
            rows.append(Group(f"{part.code}　{part.text}"))
            rows += [(task.code, task.text, task.mode, task.deadline, "\n".join(task.stages)) for task in part.tasks]
        head = ("编号", "整改措施", "整改方式", "整改时限", "时间节点")
        return Table(head, tuple(rows), (2.4, 11, 2, 3, 6), aligns=CODED)

    def duties(self) -> Table:
        """Measures by the unit that answers for them, in the order in which the units come up."""
        by_unit: dict[str, list[Task]] = {}
        for _area, part in self.placed:
            for task in part.tasks:
                by_unit.setdefault(task.lead_unit or "牵头单位待定", []).append(task)
        rows: list[tuple[str, ...] | Group] = []
        for unit, tasks in by_unit.items():
            rows.append(Group(f"{unit}（{len(tasks)}项）"))
            rows += [(task.code, task.text, task.leader, task.supporting, task.deadline) for task in tasks]
        head = ("编号", "整改措施", "责任领导", "配合单位", "整改时限")
        return Table(head, tuple(rows), (2.4, 11, 3.5, 4.5, 3), aligns=CODED)
