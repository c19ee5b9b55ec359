"""The weeks of the sample: each rolled up on its Friday, its bulletin published that evening; the last is a draft."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from accounts.models import User
from bulletins.models import Bulletin
from bulletins.services import draft_bulletin, edit_bulletin, publish_bulletin
from issues.models import Inspection
from rectify.demo.replay import OFFICE_HOURS
from reporting.models import Snapshot
from reporting.services import roll_up_due

COUNTED_AT, PUBLISHED_AT = time(17, 20), time(17, 50)
FRIDAY = 5
WORDS = (
    (
        "整改方案和台账已经局党组审定印发，各项措施落实到责任领导和牵头单位。",
        "各牵头单位对照台账逐条认领，一周内排出本单位时间节点。",
        "下周集中整改期开始，请各单位按计划启动第一批措施。",
    ),
    (
        "集中整改全面启动，立行立改事项率先推进。",
        "已启动的措施要按周报送进展，不得以会议代替落实。",
        "下周由整改办到各专班了解推进情况。",
    ),
    (
        "各专班建立周调度机制，重点事项明确到人。",
        "证明材料要随进展同步收集，避免销号时集中补报。",
        "下周抽查已报送进展的真实性。",
    ),
    (
        "节日期间值班和供排水保障平稳，整改工作未间断。",
        "对临近时限的措施，牵头单位要提前研判，确需延期的按程序申请。",
        "下周研究制度修订类措施的征求意见情况。",
    ),
    (
        "首批措施进入销号审核，整改办逐件核对证明材料。",
        "申请销号的材料要与措施文字逐条对应，一件一档。",
        "下周召开党组会议审定首批销号申请。",
    ),
    (
        "局党组审定首批销号申请，完成一项、销号一项。",
        "被退回的申请要对照退回原因重新整改，不得原样再报。",
        "下周重点推进跨单位配合的措施。",
    ),
    (
        "整改进度总体符合预期，但单位之间不平衡。",
        "排名靠后的单位要向局党组书面说明原因和赶超计划。",
        "下周对逾期措施逐项督办。",
    ),
    (
        "制度类措施陆续出台，整改由点上销号转向建章立制。",
        "新制度要组织学习并明确首次检查时间。",
        "下周由责任领导带队到现场核查整改成效。",
    ),
    (
        "问题销号工作启动，首批具备条件的问题提交审定。",
        "申请问题销号前，所属措施必须全部销号或者按程序取消。",
        "下周继续审定，并梳理需长期坚持的事项。",
    ),
)
"""What the office wrote, week by week; a longer sample begins again."""


@dataclass
class Weeks:
    """Closes the weeks of the sample, one after another, as its history comes to their ends."""

    inspection: Inspection
    office: User
    friday: date
    last: date
    closed: int = 0

    @classmethod
    def of(cls, inspection: Inspection, office: User, *, start: date, until: date) -> "Weeks":
        """Begin with the week before `start`, a Monday: the plan is there already; end with what ended by `until`."""
        first = start + timedelta(days=FRIDAY - 8)
        whole = (until - first).days // 7
        return cls(inspection, office, first, first + timedelta(weeks=whole))

    def close_before(self, day: date, clock: datetime | None) -> datetime | None:
        """Close the weeks that ended before `day`; return the moment of the last thing that happened."""
        while self.friday < day and self.friday <= self.last:
            clock = self._close(clock)
            self.friday += timedelta(weeks=1)
        return clock

    def _close(self, clock: datetime | None) -> datetime:
        counted_at = self._moment(COUNTED_AT, clock)
        moment = counted_at
        for snapshot in roll_up_due(inspections=[self.inspection.pk], at=counted_at):
            moment = self._publish(snapshot, counted_at)
        return moment

    def _publish(self, snapshot: Snapshot, at: datetime) -> datetime:
        """Draft the bulletin, write its text, publish it; that of the last week waits for a person to publish it."""
        words = dict(zip(Bulletin.TEXTS, WORDS[self.closed % len(WORDS)], strict=True))
        self.closed += 1
        bulletin = draft_bulletin(snapshot=snapshot, by=None, at=at)
        if self.friday == self.last:
            return at
        published_at = self._moment(PUBLISHED_AT, at)
        edit_bulletin(bulletin=bulletin, values=words, version=bulletin.version, by=self.office, at=published_at)
        publish_bulletin(bulletin=bulletin, version=bulletin.version, by=self.office, at=published_at)
        return published_at

    def _moment(self, clock: time, after: datetime | None) -> datetime:
        moment = datetime.combine(self.friday, clock, tzinfo=OFFICE_HOURS)
        return max(moment, after + timedelta(minutes=1)) if after else moment
