"""The sentences that a paper begins and ends with: proposed from what the ledger knows, for the office to edit.

Official papers are Chinese whatever the language of the page. Nothing is claimed that the ledger does not hold; what
only the office knows is left open in so many words.
"""

from dataclasses import dataclass
from datetime import date

from documents import chinese_date
from issues.models import Inspection
from papers.services.content import Content

OPEN = "（请填写）"
"""What the office has to fill in; a paper that still holds it is not submitted."""
PARTY = ("党组", "党委", "党总支", "党支部")


@dataclass(frozen=True)
class Facts:
    """What the sentences are made of."""

    inspection: Inspection
    counts: dict[str, int]
    forces: tuple[str, ...] = ()
    meetings: tuple[date, ...] = ()
    open_issues: tuple[str, ...] = ()

    @property
    def organisation(self) -> str:
        return self.inspection.organisation.name

    @property
    def party(self) -> str:
        """The party group as it names itself inside a text."""
        name = self.organisation.removeprefix("中共")
        return name if name.endswith(PARTY) else f"{name}党组"

    @property
    def signature(self) -> str:
        return f"中共{self.party}"

    @property
    def team(self) -> str:
        return self.inspection.inspected_by or "巡察组"


def fill(content: Content, kind: str, facts: Facts) -> None:
    """Write the proposed sentences of a paper of this kind around its tree."""
    content.signature = facts.signature
    {"notice": _notice, "plan": _plan, "report": _report}[kind](content, facts)


def _notice(content: Content, facts: Facts) -> None:
    content.title = f"{facts.signature}关于巡察整改情况的通报"
    opening = f"{_feedback(facts)}按照《中国共产党巡视工作条例》有关规定，现将巡察整改情况予以公布。"
    content.preamble = _paragraphs(
        opening, "一、整改工作组织情况", *_organised(facts), "二、整改落实情况", _summary(facts)
    )
    content.closing = _paragraphs(
        "三、下步打算",
        *_outlook(facts),
        f"以上是{facts.party}关于落实{facts.team}反馈意见的整改情况。",
        "欢迎广大干部群众对巡察整改落实情况进行监督。如有意见和建议，请及时向我们反映。"
        f"联系方式：电话{OPEN}；邮政地址{OPEN}；电子邮箱{OPEN}。",
    )


def _report(content: Content, facts: Facts) -> None:
    content.title = f"{facts.signature}关于巡察整改落实情况的报告"
    content.addressees = f"{facts.inspection.inspected_by or OPEN}："
    opening = f"{_feedback(facts)}现将整改落实情况报告如下。"
    content.preamble = _paragraphs(
        opening, "一、整改工作组织开展情况", *_organised(facts), "二、反馈问题整改落实情况", _summary(facts)
    )
    left = "，".join(facts.open_issues)
    still = f"尚未完成整改的问题{len(facts.open_issues)}个（编号：{left}），将继续按照整改方案推进。" if left else ""
    content.closing = _paragraphs("三、尚需持续推进的工作及下步打算", still, *_outlook(facts), "特此报告。")


def _plan(content: Content, facts: Facts) -> None:
    counts = facts.counts
    content.title = f"{facts.signature}落实{facts.team}反馈意见整改方案"
    content.addressees = "各科室、所属各单位："
    content.preamble = _paragraphs(
        f"{_feedback(facts)}为抓好反馈问题整改，制定本方案。",
        "一、总体要求",
        f"坚持问题导向，对照反馈意见逐条整改。反馈意见梳理为{_extent(counts)}，制定整改措施{counts['measures']}项，"
        "逐项明确责任领导、责任单位和整改时限，做到事事有人抓、件件有着落。",
        "二、组织领导",
        _led(facts),
        "三、整改任务和措施",
    )
    content.closing = _paragraphs(
        "四、时间安排",
        _schedule(facts.inspection),
        "五、工作要求",
        "（一）压实责任。实行“一个问题、一名领导、一抓到底”，牵头单位对整改结果负总责，配合单位按分工落实。",
        "（二）对账销号。完成一项、申请一项、销号一项；申请销号必须附证明材料，"
        "任务完不成、措施不过硬、质量上不去的不予销号。",
        "（三）跟踪督办。每周汇总整改进度并进行通报，对临近时限和逾期的及时提醒、督办。",
    )


def _paragraphs(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _feedback(facts: Facts) -> str:
    on = facts.inspection.feedback_on
    day = f"{chinese_date(on)}，" if on else ""
    return f"{day}{facts.team}向{facts.party}反馈了巡察意见。"


def _extent(counts: dict[str, int]) -> str:
    """Say how many of what there are, levels that the plan has."""
    areas = f"{counts['areas']}个方面" if counts["areas"] else ""
    categories = f"{counts['categories']}个大类" if counts["categories"] else ""
    return f"{areas}{categories}{counts['issues']}个问题"


def _organised(facts: Facts) -> list[str]:
    counts, inspection = facts.counts, facts.inspection
    rules = (
        f"列入整改方案的建章立制类措施{counts['rules']}项，已销号{counts['rules_done']}项。" if counts["rules"] else ""
    )
    texts = [
        ("加强组织领导", f"{facts.party}高度重视巡察反馈意见，{_kicked_off(inspection)}{_led(facts)}"),
        (
            "细化整改任务",
            f"针对反馈的{_extent(counts)}，制定{counts['measures']}项具体整改措施，"
            f"逐项明确责任领导、责任单位、整改时限。{_period(inspection)}",
        ),
        (
            "严格对账销号",
            "责任单位申请销号必须提供证明材料，经审核后报党组审定，对任务完不成、措施不过硬、质量上不去的不予销号。"
            f"{_meetings(facts)}已销号措施{counts['signed_off']}项。",
        ),
        ("注重建章立制", rules),
    ]
    numbered = [(title, text) for title, text in texts if text]
    return [f"（{'一二三四'[place]}）{title}。{text}" for place, (title, text) in enumerate(numbered)]


def _kicked_off(inspection: Inspection) -> str:
    on = inspection.kicked_off_on
    return f"{chinese_date(on)}召开巡察整改工作动员会，对整改工作作出全面部署。" if on else ""


def _led(facts: Facts) -> str:
    led = "成立巡察整改工作领导小组，领导小组下设办公室"
    if facts.forces:
        led += f"和{'、'.join(facts.forces)}{len(facts.forces)}个整改工作专班"
    return f"{led}，统筹推进整改工作。"


def _period(inspection: Inspection) -> str:
    start, end = inspection.concentrated_from, inspection.concentrated_until
    return f"集中整改期为{chinese_date(start)}至{chinese_date(end)}。" if start and end else ""


def _meetings(facts: Facts) -> str:
    if not facts.meetings:
        return ""
    days = "、".join(chinese_date(day) for day in facts.meetings)
    return f"党组先后于{days}召开会议，集体审定销号申请。"


def _summary(facts: Facts) -> str:
    counts = facts.counts
    parts = [
        f"已整改{counts['done']}个",
        f"基本完成整改{counts['basically_done']}个" if counts["basically_done"] else "",
        f"正在整改{counts['not_done']}个" if counts["not_done"] else "",
        f"需长期坚持{counts['sustained']}个" if counts["sustained"] else "",
    ]
    said = f"目前，反馈的{counts['issues']}个问题中，{'，'.join(part for part in parts if part)}。"
    if counts["withheld"]:
        said += f"其中{counts['withheld']}个问题按照有关规定不在本通报中公布。"
    return said


def _outlook(facts: Facts) -> list[str]:
    sustained = f"对需长期坚持的{facts.counts['sustained']}个问题常抓不懈，" if facts.counts["sustained"] else ""
    return [
        f"（一）持续深化整改。下一步，{facts.party}将坚持标准不降、力度不减，{sustained}定期开展“回头看”，防止问题反弹。",
        "（二）健全长效机制。举一反三查找制度漏洞，把整改中形成的有效做法固化为制度，以制度保障整改成果。",
    ]


def _schedule(inspection: Inspection) -> str:
    steps = [
        (inspection.kicked_off_on, "召开动员会，部署整改工作"),
        (inspection.plan_due, "报送整改方案"),
        (inspection.concentrated_until, "完成集中整改，涉及面广、情况复杂的任务见到阶段性成效"),
    ]
    dated = sorted((day, text) for day, text in steps if day)
    said = "；".join(f"{chinese_date(day)}前，{text}" for day, text in dated)
    long = f"长期任务持续推进，每{inspection.look_back_months}个月开展一次“回头看”。"
    return f"{said}。{long}" if said else long
