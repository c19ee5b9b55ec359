"""The columns of the official ledger in their order: headings, the fields of issue and measure, what is derived."""

from dataclasses import replace

from core.fields import Field, FieldType
from documents.ledger_layout import LedgerLayout
from issues import fields as issue_fields
from measures import fields as measure_fields

CLAIM = "首次导入时作为原台账的说法保留，不作为审核结论。"


def _derived(name: str, title: str, width: int, spellings: str = "", **more: object) -> Field:
    return Field(name=name, title=title, type=FieldType.DERIVED, width=width, spellings=spellings, **more)  # type: ignore[arg-type]


NUMBER = _derived("seq", "序号", 6, "编号 总序号 问题序号 序列 条目 顺序号", merged_with="issue")
HEADINGS = (
    _derived(
        "area",
        "方面",
        14,
        "整改方面 问题方面 反馈方面 所属方面 领域 板块 一级分类",
        note="同一方面可合并单元格，也可只填第一行。",
        merged_with="area",
    ),
    _derived(
        "category",
        "大类",
        14,
        "类别 问题类别 问题分类 问题大类 分类 问题类型 所属类别 二级分类",
        note="同一大类可合并单元格，也可只填第一行。",
        merged_with="category",
    ),
    _derived(
        "problem",
        "问题",
        18,
        "反馈问题 主要问题 存在问题 存在的问题 巡察反馈问题 巡察发现问题 反馈意见 巡察反馈意见 问题概述 问题名称 "
        "整改问题 三级分类 存在的主要问题",
        note="同一问题可合并单元格，也可只填第一行。",
        merged_with="problem",
    ),
)
MEASURE_NUMBER = _derived(
    "number", "措施序号", 6, "措施编号 整改措施序号 举措序号 措施号", is_centred=True, level="measure"
)
PROGRESS = _derived(
    "progress",
    "进展情况",
    26,
    "整改进展 进展 整改进展情况 工作进展 落实情况 整改落实情况 推进情况 整改情况 目前进展 当前进展 工作进展情况 "
    "目前进展情况 整改成效 已开展工作",
    note=CLAIM,
)
COMPLETION = _derived(
    "completion",
    "完成情况",
    10,
    "整改状态 完成状态 是否完成 整改完成情况 整改结果 是否整改到位 状态 完成进度 是否完成整改 是否已完成 整改结论 "
    "销号情况 是否销号",
    note=CLAIM,
    words={"not_done": "未完成", "basically_done": "基本完成", "done": "已完成"},
    is_centred=True,
)
EVIDENCE = _derived(
    "evidence",
    "证明材料(份)",
    8,
    "佐证材料 印证材料 证明材料份数 佐证材料份数 印证材料份数 佐证材料数量 证明材料数量",
)
SIGNED_OFF = _derived(
    "signed_off",
    "销号日期",
    14,
    "销号时间 对账销号时间 对账销号日期 销号 完成销号时间 实际完成时间 实际完成日期",
    note=CLAIM,
)
ISSUE_ID, MEASURE_ID = _derived("issue_id", "问题标识", 12), _derived("measure_id", "措施标识", 12)

ISSUE_FIELDS = {each.name: each for each in issue_fields.FIELDS}
MEASURE_FIELDS = {each.name: each for each in measure_fields.FIELDS}
APART = {"is_sustained", "milestones", "remarks"}
"""Fields with a place of their own; all others of an issue or a measure follow one another."""

COLUMNS = (
    NUMBER,
    *HEADINGS,
    *(each for each in issue_fields.FIELDS if each.in_workbook and each.name not in APART),
    MEASURE_NUMBER,
    *(each for each in measure_fields.FIELDS if each.in_workbook and each.name not in APART),
    PROGRESS,
    COMPLETION,
    ISSUE_FIELDS["is_sustained"],
    EVIDENCE,
    SIGNED_OFF,
    MEASURE_FIELDS["remarks"],
)
HIDDEN = (ISSUE_ID, MEASURE_ID, MEASURE_FIELDS["milestones"])
"""Columns behind the official ones that are not printed: what a row is in the ledger, and its milestones."""
READABLE = (*COLUMNS, *HIDDEN, ISSUE_FIELDS["task_force"])


def _wide(width: int, column: Field) -> Field:
    return replace(column, width=width)


ISSUE_LIST = (
    NUMBER,
    *(_wide(width, heading) for width, heading in zip((18, 18, 24), HEADINGS, strict=True)),
    _wide(50, ISSUE_FIELDS["text"]),
    _wide(36, ISSUE_FIELDS["goal"]),
    ISSUE_FIELDS["leader"],
    ISSUE_FIELDS["lead_unit"],
    _derived("measures", "措施数", 8),
    _derived("done", "已销号", 8),
    _derived("issue_state", "整改状态", 12),
    _wide(10, ISSUE_FIELDS["is_sustained"]),
)
TASK_LIST = (
    NUMBER,
    _wide(50, ISSUE_FIELDS["text"]),
    _wide(8, MEASURE_NUMBER),
    _wide(60, MEASURE_FIELDS["text"]),
    _wide(16, MEASURE_FIELDS["kinds"]),
    MEASURE_FIELDS["mode"],
    _wide(36, MEASURE_FIELDS["milestones"]),
    _wide(16, MEASURE_FIELDS["deadline"]),
    _wide(12, COMPLETION),
)
DUTY_LIST = (
    NUMBER,
    _wide(14, MEASURE_FIELDS["leader"]),
    _wide(20, MEASURE_FIELDS["lead_unit"]),
    _wide(24, MEASURE_FIELDS["supporting_units"]),
    _wide(12, MEASURE_FIELDS["handler"]),
    _wide(44, ISSUE_FIELDS["text"]),
    _wide(8, MEASURE_NUMBER),
    _wide(60, MEASURE_FIELDS["text"]),
    _wide(16, MEASURE_FIELDS["deadline"]),
)
LAYOUT = LedgerLayout(
    columns=COLUMNS,
    hidden=HIDDEN,
    lists=(("问题清单", ISSUE_LIST), ("任务清单", TASK_LIST), ("责任清单", DUTY_LIST)),
)
