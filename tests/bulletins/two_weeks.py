"""Two weeks of a bureau: what was done in each, rolled up and drafted."""

from datetime import UTC, datetime, timedelta
from typing import Any

from bulletins.models import Bulletin
from bulletins.services import correct_bulletin, draft_bulletin, edit_bulletin, publish_bulletin
from measures.models import Measure
from measures.services import cancel_measure
from reporting.models import Snapshot, Week
from reporting.services import roll_up_week
from tests.factories import NOW, TODAY, inspection, issue, measure, problem
from tests.signoffs.review_setup import Review, give_back

FRIDAY = datetime(2026, 3, 6, 10, 0, tzinfo=UTC)  # 18:00 in Shanghai, an hour after the end of the week
FIRST, SECOND = Week(2026, 9), Week(2026, 10)
REASON = "Two measures were counted for another unit."
TEXTS = {
    "opening": "局党组召开推进会。\n各单位报告进展。",
    "requirements": "盯紧逾期措施。",
    "outlook": "下周实地督查。",
}
OTHERS = ("group", "leader", "inspector", "roads_officer", "auditor", "system_admin", "superuser", "stranger")
"""Everybody who is not of the office."""


class TwoWeeks(Review):
    """Week 9 has a plan alone. In week 10, by hand and by service:

    lane is signed off and its issue closed; pole is returned; late is overdue since Sunday and belongs to Parks; soon
    falls due on the Wednesday after; verge was cancelled; under is under review.
    """

    def __init__(self) -> None:
        super().__init__()
        self.paving, self.trees = problem(self.inspection), problem(self.inspection, area=2)
        self.measures = {
            "lane": self._work("Fill Mill Lane", self.paving),
            "pole": self._work("Paint the poles", self.paving),
            "under": self._work("Mark the crossing", self.paving),
            "late": self._plan("Prune the lindens", TODAY - timedelta(days=1), lead_unit=self.parks),
            "soon": self._plan("Water the saplings", TODAY + timedelta(days=9), lead_unit=self.parks),
            "verge": self._plan("Mow the verges", TODAY + timedelta(days=30), lead_unit=self.parks),
        }
        lane = self.measures["lane"]
        self.accepted(self.applied(lane), self.office, self.group)
        self.accepted(self.closing(lane.issue), self.office, self.group)
        give_back(self.applied(self.measures["pole"]), by=self.office)
        self.applied(self.measures["under"])
        self.cancel("verge")

    def _work(self, text: str, under: Any) -> Measure:
        fields = {"leader": self.leader, "lead_unit": self.roads, "status": "in_rectification"}
        return self.work(issue=issue(self.inspection, under=under, text=f"Issue of {text}", **fields), text=text)

    def _plan(self, text: str, deadline: Any, **fields: Any) -> Measure:
        under = issue(self.inspection, under=self.trees, text=f"Issue of {text}")
        return self.measure(issue=under, text=text, deadline=deadline, **fields)

    def cancel(self, name: str, at: datetime = NOW) -> None:
        found = self.fresh(name)
        cancel_measure(measure=found, reason="It is no longer needed at all.", by=self.office, at=at)

    def fresh(self, name: str) -> Measure:
        rows = Measure.objects.select_related("inspection__organisation", "issue", "lead_unit", "leader")
        return rows.get(pk=self.measures[name].pk)

    def snapshot(self, week: Week = SECOND, at: datetime = FRIDAY) -> Snapshot:
        return roll_up_week(inspection=self.inspection, week=week, by=None, at=at)

    def draft(self, week: Week = SECOND, at: datetime = FRIDAY) -> Bulletin:
        """The draft of the week; that of the first is published before, so that there is something to compare with."""
        if week != FIRST:
            self.snapshot(FIRST, at)
        return draft_bulletin(snapshot=self.snapshot(week, at), by=None, at=at)

    def edited(self, bulletin: Bulletin, **texts: str) -> Bulletin:
        values, seen = {**TEXTS, **texts}, bulletin.version
        edit_bulletin(bulletin=bulletin, values=values, version=seen, by=self.office, at=FRIDAY)
        return bulletin

    def published(self, bulletin: Bulletin | None = None, at: datetime = FRIDAY) -> Bulletin:
        bulletin = bulletin or self.draft()
        publish_bulletin(bulletin=bulletin, version=bulletin.version, by=self.office, at=at)
        return bulletin

    def corrected(self, bulletin: Bulletin, at: datetime = FRIDAY) -> Bulletin:
        return correct_bulletin(bulletin=bulletin, reason=REASON, by=self.office, at=at)


def second_inspection(scene: TwoWeeks) -> Bulletin:
    """The draft of another inspection of the same bureau."""
    other = inspection(scene.organisation)
    measure(issue(other), leader=scene.leader, lead_unit=scene.roads)
    taken = roll_up_week(inspection=other, week=SECOND, by=None, at=FRIDAY)
    return draft_bulletin(snapshot=taken, by=None, at=FRIDAY)


def codes(rows: list[dict[str, Any]]) -> list[str]:
    return [row["code"] for row in rows]
