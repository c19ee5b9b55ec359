"""The columns of the official ledger, and its words for the kinds and modes of a measure.

Official papers are Chinese whatever the language of the page, so titles are constants and no messages.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One column of the official ledger; `field` is its name in the program, `width` is in characters."""

    field: str
    title: str
    width: int
    note: str = ""


COLUMNS = (
    Column("seq", "序号", 6),
    Column("area", "方面", 14, "同一方面可合并单元格，也可只填第一行。"),
    Column("category", "大类", 14, "同一大类可合并单元格，也可只填第一行。"),
    Column("problem", "问题", 18, "同一问题可合并单元格，也可只填第一行。"),
    Column("issue", "具体问题", 36, "必填。同一具体问题可合并单元格，也可只填第一行。"),
    Column("goal", "整改目标", 22),
    Column("number", "措施序号", 6),
    Column("text", "整改措施", 44, "必填。一行一条措施。"),
    Column("kinds", "措施类型", 12, "可填多个，用顿号分开。"),
    Column("leader", "责任领导", 12, "必填，一名。填多名时，第一名为责任领导，其余记入备注。"),
    Column("lead_unit", "牵头单位", 14, "必填，一个。填多个时，第一个为牵头单位，其余为配合单位。"),
    Column("supporting", "配合单位", 18, "可填多个，用顿号分开。"),
    Column("handler", "责任人", 10),
    Column("deadline", "整改时限", 14, "例：2026年12月31日、2026年12月底前、立行立改、长期坚持。"),
    Column("mode", "整改方式", 10),
    Column("progress", "进展情况", 26, "首次导入时作为原台账的说法保留，不作为审核结论。"),
    Column("completion", "完成情况", 10, "首次导入时作为原台账的说法保留，不作为审核结论。"),
    Column("sustained", "是否长期坚持", 8),
    Column("evidence", "证明材料(份)", 8),
    Column("signed_off", "销号日期", 14, "首次导入时作为原台账的说法保留，不作为审核结论。"),
    Column("remarks", "备注", 16),
)
MILESTONES = Column("milestones", "时间节点", 30, "分阶段的措施填写，一行一个，例：2026年6月30日 完成摸底。")
HIDDEN = (Column("issue_id", "问题标识", 12), Column("measure_id", "措施标识", 12), MILESTONES)
"""Columns behind the official ones that nobody prints: what a row is in the ledger, and its milestones."""
TITLES = {column.field: column.title for column in (*COLUMNS, *HIDDEN)}
MODES = {"立行立改": "immediate", "限期": "time_limited", "分阶段": "staged", "长期": "long_term"}
MODE_WORDS = {code: word for word, code in MODES.items()}
KINDS = {
    "建章立制": "rule_making",
    "专项整治": "campaign",
    "举一反三": "extension",
    "追责问责": "accountability",
    "挽回损失": "loss_recovery",
    "重大措施": "major",
}
KIND_WORDS = {code: word for word, code in KINDS.items()}
