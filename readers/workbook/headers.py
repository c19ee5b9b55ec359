"""The columns of the official ledger, and the words that other offices write above theirs.

Official papers are Chinese whatever the language of the page, so titles are constants and no messages.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

LEVELS = ("area", "category", "problem", "issue")
NEEDED = ("issue", "text")
FEWEST = 3
"""A row is taken for the header where it names at least so many columns, those in `NEEDED` among them."""
HEADER_ROWS = 40
"""How far down a header is looked for."""

_SPELLINGS = {
    "seq": "序号 编号 总序号 问题序号 序列 条目 顺序号",
    "area": "方面 整改方面 问题方面 反馈方面 所属方面 领域 板块 一级分类",
    "category": "大类 类别 问题类别 问题分类 问题大类 分类 问题类型 所属类别 二级分类",
    "problem": "问题 反馈问题 主要问题 存在问题 存在的问题 巡察反馈问题 巡察发现问题 反馈意见 巡察反馈意见 "
    "问题概述 问题名称 整改问题 三级分类 存在的主要问题",
    "issue": "具体问题 具体表现 问题表现 问题描述 具体表现形式 主要表现 表现形式 具体情形 存在的具体问题 "
    "反馈具体问题 具体反馈问题 问题具体表现 具体问题表现 问题具体内容 问题内容",
    "goal": "整改目标 工作目标 目标 预期目标 目标要求 整改目标要求 整改工作目标 整改预期目标 整改要求",
    "number": "措施序号 措施编号 整改措施序号 举措序号 措施号",
    "text": "整改措施 整改举措 具体措施 措施 主要措施 具体整改措施 整改落实措施 工作措施 整改任务 具体举措 "
    "举措 整改具体措施 整改工作措施",
    "kinds": "措施类型 措施类别 措施性质 举措类型 措施种类",
    "leader": "责任领导 牵头领导 分管领导 包抓领导 包保领导 责任局领导 牵头责任领导 主管领导 整改责任领导 "
    "挂钩领导 挂帅领导 分管责任领导 牵头局领导 领导",
    "lead_unit": "牵头单位 责任单位 牵头部门 责任部门 责任科室 牵头科室 承办单位 主责单位 主责部门 整改责任单位 "
    "牵头责任单位 责任处室 牵头处室 责任股室 牵头股室 主办单位 承办部门 整改单位 整改责任部门 单位",
    "supporting": "配合单位 配合部门 协办单位 协同单位 参与单位 配合科室 协助单位 协办部门 配合责任单位 "
    "共同责任单位 配合处室 配合股室 协同部门 参加单位 协助部门",
    "handler": "责任人 经办人 具体责任人 直接责任人 整改责任人 联系人 承办人 落实责任人 具体负责人 具体经办人 "
    "责任人员 直接负责人",
    "deadline": "整改时限 完成时限 整改期限 时限 计划完成时间 完成期限 时间要求 时限要求 整改完成时限 拟完成时间 "
    "整改时间 截止时间 整改完成时间 完成整改时限 预计完成时间 截止日期 期限 整改截止时间",
    "mode": "整改方式 整改类型 整改性质 整改类别 完成方式 时限类型 整改形式 整改分类",
    "progress": "进展情况 整改进展 进展 整改进展情况 工作进展 落实情况 整改落实情况 推进情况 整改情况 目前进展 "
    "当前进展 工作进展情况 目前进展情况 整改成效 已开展工作",
    "completion": "完成情况 整改状态 完成状态 是否完成 整改完成情况 整改结果 是否整改到位 状态 完成进度 "
    "是否完成整改 是否已完成 整改结论 销号情况 是否销号",
    "sustained": "是否长期坚持 长期坚持 是否长期 是否需长期坚持 需长期坚持 是否持续整改 是否需要长期坚持 是否持续坚持",
    "evidence": "证明材料 佐证材料 印证材料 证明材料份数 佐证材料份数 印证材料份数 佐证材料数量 证明材料数量",
    "signed_off": "销号日期 销号时间 对账销号时间 对账销号日期 销号 完成销号时间 实际完成时间 实际完成日期",
    "remarks": "备注 备注说明 说明 其他 附注",
    "milestones": "时间节点 阶段目标 倒排节点 倒排时间节点 阶段节点 工作节点",
    "task_force": "专班 整改专班 责任专班 工作专班 牵头专班",
    "issue_id": "问题标识",
    "measure_id": "措施标识",
    # Alone it is a deadline; beside one it says when the work was done.
    "finished": "完成时间 完成日期",
}
SPELLINGS = {word: field for field, words in _SPELLINGS.items() for word in words.split()}
LISTS = {"问题清单", "任务清单", "责任清单", "填表说明", "选项", "错误清单"}
"""Sheets that stand beside the ledger in the same workbook and are no ledger, though they look like one."""


def plain(words: object) -> str:
    """Return a header as it is compared: half-width, without blanks, brackets and what stands in them."""
    text = re.sub(r"\s+", "", unicodedata.normalize("NFKC", str(words or "")))
    return re.sub(r"[(（\[【〔][^)）\]】〕]*[)）\]】〕]|[*:;、,。.★●]", "", text)


@dataclass(frozen=True)
class Header:
    """Where the header stands and what each column holds: `columns` is index → field, `words` index → as printed."""

    first: int
    last: int
    columns: dict[int, str]
    words: dict[int, str]

    def at(self, field: str) -> int | None:
        """Return the index of the column of a field, None where the workbook has none."""
        return next((index for index, name in self.columns.items() if name == field), None)

    @property
    def unknown(self) -> dict[int, str]:
        return {index: words for index, words in self.words.items() if index not in self.columns}


def find_header(rows: Sequence[Sequence[object]]) -> Header | None:
    """Return the header among the first rows of a sheet: one row or two, below titles; None where there is none.

    `rows` are given with merged cells filled, from left to right only.
    """
    for number, row in enumerate(rows):
        one = _header(number, number, [[plain(cell)] for cell in row], [str(cell or "") for cell in row])
        two = _two_rows(rows, number) if one.columns else None  # a title names no column
        found = two if two and len(two.columns) > len(one.columns) else one
        if len(found.columns) >= FEWEST and set(NEEDED) <= set(found.columns.values()):
            return found
    return None


def _two_rows(rows: Sequence[Sequence[object]], number: int) -> Header | None:
    """Return the header that this row makes with the next one: `责任` above `领导` is 责任领导."""
    if number + 1 >= len(rows):
        return None
    above, below = rows[number], rows[number + 1]
    names, words = [], []
    for index in range(max(len(above), len(below))):
        top, sub = (row[index] if index < len(row) else "" for row in (above, below))
        high, low = plain(top), plain(sub)
        names.append([high + low, low, high] if low else [high])
        words.append(str(sub or top or ""))
    return _header(number, number + 1, names, words)


def _header(first: int, last: int, names: list[list[str]], words: list[str]) -> Header:
    """Give each column the first of its possible names that is known; a field belongs to one column alone."""
    columns: dict[int, str] = {}
    for index, possible in enumerate(names):
        field = next((SPELLINGS[name] for name in possible if name in SPELLINGS), None)
        if field and (field not in columns.values() or field == "supporting"):
            columns[index] = field
        elif field == "lead_unit":
            _second_unit(columns, index, names)
    _settle(columns)
    printed = {index: " ".join(text.split()) for index, text in enumerate(words) if text.strip()}
    return Header(first, last, columns, printed)


def _second_unit(columns: dict[int, str], index: int, names: list[list[str]]) -> None:
    """Of 责任单位 and 牵头单位 in one ledger the second is the lead unit; the other units support it."""
    first = next(place for place, field in columns.items() if field == "lead_unit")
    leads = [any(name.startswith(("牵头", "主办", "主责")) for name in names[place]) for place in (first, index)]
    columns[index] = "supporting"
    if leads == [False, True]:
        columns[first], columns[index] = "supporting", "lead_unit"


def _settle(columns: dict[int, str]) -> None:
    """Decide what depends on the other columns: which one is the issue, and what 完成时间 means."""
    fields = set(columns.values())
    for index, field in list(columns.items()):
        if field == "problem" and "issue" not in fields:
            columns[index] = "issue"  # the only column with issues, however it is called
        elif field == "finished":
            other = "deadline" if "deadline" not in fields else "signed_off"
            if other in fields:
                del columns[index]
            else:
                columns[index] = other
