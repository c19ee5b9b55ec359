"""Papers on their way: a bureau with three issues, and verbs with all that they ask for."""

from typing import Any

from issues.models import Issue
from issues.services import Proposal, approve_disclosure, propose_disclosure
from papers.models import PaperVersion
from papers.services.content import Content, content_from
from papers.services.lifecycle import approve_paper, edit_paper, issue_paper, make_paper, submit_paper
from tests.factories import NOW, Cast, measure, problem, user


class PaperDesk(Cast):
    """One issue closed, one in work, one open with nothing but a plan; a second person of office and group."""

    def __init__(self) -> None:
        super().__init__()
        self.second_office = user("Second office", role="office", over=self.organisation)
        self.second_group = user("Second group", role="group", over=self.organisation)
        titled = {"goal": "Roads without holes"}
        self.closed = self.issue(text="坑洼道路修补不及时。", status="rectified", completion="done", **titled)
        self.in_work = self.issue(text="路灯故障处理慢。", status="in_rectification", is_sustained=True)
        self.open = self.issue(text="报修电话无人接听。", under=problem(self.inspection, area=2))
        self.filled = self.measure(issue=self.closed, text="修补道路十二处", status="signed_off")
        self.measure(issue=self.closed, text="建立巡查制度", status="signed_off", kinds=["rule_making"])
        self.measure(issue=self.in_work, text="更换老旧路灯", status="in_progress")
        self.measure(issue=self.in_work, text="取消的办法", status="cancelled", cancellation_reason="与市级工程重复")
        measure(self.open, text="实行夜间值班", leader=self.leader, lead_unit=self.parks)

    def show(self, issue: Issue, extent: str, audience: str = "public", **texts: str) -> None:
        proposal = Proposal(extent, reason="" if extent == "full" else "涉及个人信息", **texts)
        row = propose_disclosure(issue=issue, audience=audience, proposal=proposal, by=self.office, at=NOW)
        approve_disclosure(disclosure=row, by=self.group, at=NOW)

    def make(self, kind: str = "notice", audience: str = "internal", by: Any = None) -> PaperVersion:
        return make_paper(inspection=self.inspection, kind=kind, audience=audience, by=by or self.office, at=NOW)

    def edit(self, version: PaperVersion, by: Any = None, accounts: Any = None, **values: Any) -> None:
        told = {"values": values, "accounts": accounts or {}, "revision": version.revision}
        edit_paper(version=version, by=by or self.office, at=NOW, **told)

    def complete(self, version: PaperVersion) -> None:
        """Fill in what only the office knows."""
        content = content_of(version)
        closing = content.closing.replace("（请填写）", "0374-1234567")
        self.edit(version, closing=closing, addressees=content.addressees.replace("（请填写）", "市委巡察办"))

    def submit(self, version: PaperVersion, by: Any = None) -> None:
        submit_paper(version=version, by=by or self.office, at=NOW)

    def approve(self, version: PaperVersion, by: Any = None) -> None:
        approve_paper(version=version, sha256=version.content_sha256, by=by or self.group, at=NOW)

    def issue_it(self, version: PaperVersion, number: str = "", by: Any = None) -> None:
        issue_paper(version=version, document_number=number, by=by or self.office, at=NOW)

    def issued(self, kind: str = "notice", audience: str = "internal", number: str = "") -> PaperVersion:
        version = self.make(kind, audience)
        self.complete(version)
        self.submit(version)
        self.approve(version)
        self.issue_it(version, number)
        return version


def content_of(version: PaperVersion) -> Content:
    version.refresh_from_db()
    return content_from(version.content)
