"""The fields of a measure that the office plans, each described once. See `core.fields` for what a description says.

Their order is that of forms, of the API, of the official ledger and of the papers.
"""

from core.fields import Field, FieldType, editable_names, plain

KIND_WORDS = {
    "rule_making": "建章立制",
    "campaign": "专项整治",
    "extension": "举一反三",
    "accountability": "追责问责",
    "loss_recovery": "挽回损失",
    "major": "重大措施",
}
KIND_SPELLINGS = {
    "制度建设": "rule_making",
    "建立制度": "rule_making",
    "完善制度": "rule_making",
    "健全制度": "rule_making",
    "专项行动": "campaign",
    "专项治理": "campaign",
    "集中整治": "campaign",
    "问责追责": "accountability",
    "追责": "accountability",
    "问责": "accountability",
    "严肃问责": "accountability",
    "挽损": "loss_recovery",
    "追缴损失": "loss_recovery",
    "挽回经济损失": "loss_recovery",
    "重大": "major",
    "重点措施": "major",
}
MODE_WORDS = {"immediate": "立行立改", "time_limited": "限期", "staged": "分阶段", "long_term": "长期"}

FIELDS = (
    Field(
        name="text",
        title="整改措施",
        paper_title="措施内容",
        width=44,
        note="必填。一行一条措施。",
        spellings="整改举措 具体措施 措施 主要措施 具体整改措施 整改落实措施 工作措施 整改任务 具体举措 举措 "
        "整改具体措施 整改工作措施",
        is_special=True,
    ),
    Field(
        name="kinds",
        title="措施类型",
        type=FieldType.CHOICES,
        width=12,
        note="可填多个，用顿号分开。",
        spellings="措施类别 措施性质 举措类型 措施种类",
        words=KIND_WORDS,
        word_spellings=KIND_SPELLINGS,
        is_centred=True,
    ),
    Field(
        name="leader",
        title="责任领导",
        type=FieldType.REFERENCE,
        width=12,
        note="必填，一名。填多名时，第一名为责任领导，其余记入备注。",
        spellings="牵头领导 分管领导 包抓领导 包保领导 责任局领导 牵头责任领导 主管领导 整改责任领导 挂钩领导 "
        "挂帅领导 分管责任领导 牵头局领导 领导",
        max_length=120,
        is_centred=True,
    ),
    Field(
        name="lead_unit",
        title="牵头单位",
        type=FieldType.REFERENCE,
        width=14,
        note="必填，一个。填多个时，第一个为牵头单位，其余为配合单位。",
        spellings="责任单位 牵头部门 责任部门 责任科室 牵头科室 承办单位 主责单位 主责部门 整改责任单位 牵头责任单位 "
        "责任处室 牵头处室 责任股室 牵头股室 主办单位 承办部门 整改单位 整改责任部门 单位",
        max_length=120,
        is_centred=True,
    ),
    Field(
        name="supporting_units",
        title="配合单位",
        type=FieldType.REFERENCES,
        column="supporting",
        width=18,
        note="可填多个，用顿号分开。",
        spellings="配合部门 协办单位 协同单位 参与单位 配合科室 协助单位 协办部门 配合责任单位 共同责任单位 配合处室 "
        "配合股室 协同部门 参加单位 协助部门",
        max_length=120,
    ),
    Field(
        name="handler",
        title="责任人",
        type=FieldType.LINE,
        width=10,
        spellings="经办人 具体责任人 直接责任人 整改责任人 联系人 承办人 落实责任人 具体负责人 具体经办人 责任人员 "
        "直接负责人",
        max_length=120,
        is_centred=True,
    ),
    Field(
        name="deadline",
        title="整改时限",
        type=FieldType.DATE,
        width=14,
        note="例：2026年12月31日、2026年12月底前、立行立改、长期坚持。",
        spellings="完成时限 整改期限 时限 计划完成时间 完成期限 时间要求 时限要求 整改完成时限 拟完成时间 整改时间 "
        "截止时间 整改完成时间 完成整改时限 预计完成时间 截止日期 期限 整改截止时间",
        is_centred=True,
        is_special=True,  # words may be there instead of a day, and stages before it
    ),
    Field(
        name="mode",
        title="整改方式",
        type=FieldType.CHOICE,
        width=10,
        spellings="整改类型 整改性质 整改类别 完成方式 时限类型 整改形式 整改分类",
        words=MODE_WORDS,
        is_centred=True,
        is_special=True,  # the time limit says something of it too
    ),
    Field(
        name="milestones",
        title="时间节点",
        type=FieldType.REFERENCES,
        width=30,
        note="分阶段的措施填写，一行一个，例：2026年6月30日 完成摸底。",
        spellings="阶段目标 倒排节点 倒排时间节点 阶段节点 工作节点",
        max_length=200,
        in_form=False,
        in_api=False,  # rows of their own
    ),
    Field(name="remarks", title="备注", spellings="备注说明 说明 其他 附注"),
)
PLAIN_FIELDS = plain(FIELDS)
EDITABLE_FIELDS = editable_names(FIELDS)
