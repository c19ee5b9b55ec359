"""The fields of an issue that the office plans, each described once. See `core.fields` for what a description says."""

from core.fields import Field, FieldType, editable_names, plain

FIELDS = (
    Field(
        name="text",
        title="具体问题",
        level="issue",
        column="issue",
        width=36,
        note="必填。同一具体问题可合并单元格，也可只填第一行。",
        spellings="具体表现 问题表现 问题描述 具体表现形式 主要表现 表现形式 具体情形 存在的具体问题 反馈具体问题 "
        "具体反馈问题 问题具体表现 具体问题表现 问题具体内容 问题内容",
        merged_with="issue",
        is_special=True,
    ),
    Field(
        name="goal",
        title="整改目标",
        level="issue",
        width=22,
        spellings="工作目标 目标 预期目标 目标要求 整改目标要求 整改工作目标 整改预期目标 整改要求",
        merged_with="issue",
    ),
    Field(
        name="leader",
        title="责任领导",
        level="issue",
        type=FieldType.REFERENCE,
        column="issue_leader",
        width=14,
        in_workbook=False,
    ),
    Field(
        name="lead_unit",
        title="牵头单位",
        level="issue",
        type=FieldType.REFERENCE,
        column="issue_unit",
        width=18,
        in_workbook=False,
    ),
    Field(
        name="task_force",
        title="专班",
        level="issue",
        type=FieldType.REFERENCE,
        spellings="整改专班 责任专班 工作专班 牵头专班",
        max_length=80,
        in_workbook=False,  # read where a workbook has it; the official ledger has no such column
    ),
    Field(
        name="is_sustained",
        title="是否长期坚持",
        level="issue",
        type=FieldType.YES_NO,
        column="sustained",
        width=8,
        spellings="长期坚持 是否长期 是否需长期坚持 需长期坚持 是否持续整改 是否需要长期坚持 是否持续坚持",
        is_centred=True,
        is_special=True,  # a time limit may say it too
    ),
)
PLAIN_FIELDS = plain(FIELDS)
EDITABLE_FIELDS = editable_names(FIELDS)
