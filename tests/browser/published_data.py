"""What goes out of the bureau, on the ground: bulletins, papers, what the public reads and writes, messages, tokens.

All texts are Chinese, as the papers are; the addresses with those of the ground are every page of the program.
"""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.services import make_token
from bulletins.models import Bulletin
from bulletins.services import correct_bulletin, draft_bulletin, edit_bulletin, publish_bulletin
from issues.services import Proposal, approve_disclosure, edit_inspection, propose_disclosure
from notifications.models import Delivery, Notification
from notifications.services import read_outbox, send_reminders, set_channel, set_webhook
from papers.models import PaperVersion
from papers.services.comments import comment_on_paper
from papers.services.content import content_from
from papers.services.lifecycle import approve_paper, edit_paper, issue_paper, make_paper, submit_paper
from reporting.models import Week
from reporting.services import roll_up_week
from supervision.services import answer_feedback, leave_feedback, urge_measure
from tests.browser.office_data import OfficeData

TEXTS = {
    "opening": "局党组召开推进会，逐项过堂。",
    "requirements": "盯紧逾期措施，倒排工期。",
    "outlook": "下周实地督查。",
}
REASON = "两条措施的牵头单位统计有误，予以更正。"
REDACTED = Proposal(
    "redacted", text="个别片区漏损率偏高。", account="已分批更换，漏损率下降。", reason="涉及具体单位名称"
)
WITHHELD = Proposal("withheld", reason="涉及案件线索")
MANUALS = ("officer", "leader", "office", "group", "inspector", "auditor", "system-admin")


class Published(OfficeData):
    """The ground in Chinese, with everything that an office sends out at every stage."""

    def __init__(self) -> None:
        super().__init__("zh-hans")
        with override("zh-hans"):
            self._messages()
            self._bulletins()
            self._disclosures()
            self._papers()
            self._feedback()
        make_token(name="数据大屏", scope="read", days=30, by=self.office, at=timezone.now())

    def _messages(self) -> None:
        """Channels and a webhook, an urging, a digest; one delivery that failed."""
        by = {"by": self.system_admin, "at": timezone.now()}
        values: dict[str, Any] = {"by_default": True, "is_active": True, "unit": None}
        values |= {"kind": "wecom", "name": "整改办工作群", "base_url": "http://127.0.0.1:9", "token": "key"}
        self.channel = set_channel(channel=None, values=values, **by)
        hook: dict[str, Any] = {"name": "市级监督平台", "url": "https://hub.example.gov.cn/in", "organisation": None}
        self.webhook, _secret = set_webhook(webhook=None, values={**hook, "is_active": True}, **by)
        read_outbox(at=timezone.now())
        urge_measure(measure=self.measures["overdue"], by=self.leader, at=timezone.now())
        read_outbox(at=timezone.now())
        send_reminders(at=timezone.now())
        ended = {"status": "failed", "error": "Connection refused", "ended_at": timezone.now()}
        Delivery.objects.filter(pk=Delivery.objects.first().pk).update(**ended)

    def _bulletins(self) -> None:
        """One that was published and is corrected by a draft; the week before with its number."""
        week = Week.of(timezone.localdate())
        for each in (week.previous.previous, week.previous):
            taken = roll_up_week(inspection=self.inspection, week=each, by=None, at=timezone.now())
            draft = draft_bulletin(snapshot=taken, by=None, at=timezone.now())
            edit_bulletin(bulletin=draft, values=TEXTS, version=draft.version, by=self.office, at=timezone.now())
            publish_bulletin(bulletin=draft, version=draft.version, by=self.office, at=timezone.now())
            self.published = draft
        self.draft = correct_bulletin(bulletin=draft, reason=REASON, by=self.office, at=timezone.now())

    def _disclosures(self) -> None:
        """One issue in full, one redacted, one withheld, one that waits for the group, the others undecided."""
        edit_inspection(inspection=self.inspection, values={"is_public": True}, by=self.office, at=timezone.now())
        for each, proposal in zip(self.issues, (Proposal("full"), REDACTED, WITHHELD), strict=True):
            self._proposed(each, proposal, is_decided=True)
        self._proposed(self.empty_issue, REDACTED, is_decided=False)

    def _proposed(self, issue: Any, proposal: Proposal, *, is_decided: bool) -> None:
        told = {"issue": issue, "audience": "public", "proposal": proposal}
        row = propose_disclosure(**told, by=self.office, at=timezone.now())
        if is_decided:
            approve_disclosure(disclosure=row, by=self.group, at=timezone.now())

    def _papers(self) -> None:
        """A notice that was issued to the public, a plan that waits for the group, a report with a comment."""
        self.notice = self._paper("notice", "public")
        self.submitted(self.notice)
        by, sha256 = self.group, self.notice.content_sha256
        approve_paper(version=self.notice, sha256=sha256, by=by, at=timezone.now())
        issue_paper(version=self.notice, document_number="青水党〔2026〕3号", by=self.office, at=timezone.now())
        self.plan = self._paper("plan", "internal")
        self.submitted(self.plan)
        self.report = self._paper("report", "internal")
        comment_on_paper(version=self.report, text=REASON, by=self.inspector, at=timezone.now())

    def _paper(self, kind: str, audience: str) -> PaperVersion:
        return make_paper(inspection=self.inspection, kind=kind, audience=audience, by=self.office, at=timezone.now())

    def submitted(self, version: PaperVersion) -> None:
        """Fill in what is left open, then give it to the group."""
        told: dict[str, Any] = {"version": version, "by": self.office, "at": timezone.now()}
        closing = content_from(version.content).closing.replace("（请填写）", "0374-1234567")
        edit_paper(values={"closing": closing}, accounts={}, revision=version.revision, **told)
        submit_paper(**told)

    def _feedback(self) -> None:
        said = ("城东片区夜里常常停水，盼早日更换管网。", "报修电话接得快了，谢谢。")
        for text in said:
            told = {"text": text, "contact": "13800000000", "address": "192.0.2.1"}
            row = leave_feedback(inspection=self.inspection, at=timezone.now(), **told)
        answer_feedback(feedback=row, answer="谢谢，已转管网建设科。", by=self.office, at=timezone.now())

    def pages(self, role: str) -> list[str]:
        """Every page that a role opens with success, those of the ground included; `visitor` has no log-in."""
        own = {
            "visitor": self._public_pages,
            "office": self._offices,
            "group": self._groups,
            "inspector": lambda: [reverse("paper", args=[self.report.pk])],
            "roads_officer": self._inboxes,
            "system_admin": self._systems,
        }
        ground = [] if role == "visitor" else [at for at, status in self.addresses(role).items() if status == 200]
        return [*ground, *own.get(role, list)()]

    def _public_pages(self) -> list[str]:
        code = self.inspection.code
        return [
            reverse("login"),
            reverse("public"),
            reverse("public_inspection", args=[code]),
            reverse("public_notice", args=[code, self.notice.number]),
            reverse("public_bulletin", args=[code, self.published.pk]),
            reverse("public_feedback", args=[code]),
        ]

    def _offices(self) -> list[str]:
        code = self.inspection.code
        kept = ("papers", "disclosures", "urges", "feedback", "set_escalation")
        disclosures, several = reverse("disclosures", args=[code]), reverse("disclose_many", args=[code])
        return [
            *(reverse(name, args=[code]) for name in kept),
            f"{reverse('feedback', args=[code])}?state=closed",
            f"{disclosures}?audience=internal",
            f"{several}?audience=public&all=1",
            *(reverse("disclosure", args=[each.pk, "public"]) for each in (*self.issues, self.empty_issue)),
            *(reverse("paper", args=[each.pk]) for each in (self.notice, self.plan, self.report)),
            reverse("edit_paper", args=[self.report.pk]),
            f"{reverse('edit_paper', args=[self.report.pk])}?issue={self.issues[0].pk}",
            *(reverse(name) for name in ("bulletins", "coverage_gaps", "preferences", "tokens", "inbox", "api-docs")),
            *(reverse("bulletin", args=[each.pk]) for each in (self.draft, self.published)),
            f"{reverse('bulletin', args=[self.published.pk])}?as=public",
            reverse("publish_bulletin", args=[self.draft.pk]),
            reverse("correct_bulletin", args=[self.week_before.pk]),
            reverse("manuals"),
            *(reverse("manual", args=[name]) for name in MANUALS),
        ]

    @property
    def week_before(self) -> Bulletin:
        return Bulletin.objects.published().exclude(pk=self.published.pk).get()

    def _groups(self) -> list[str]:
        return [reverse("paper", args=[self.plan.pk]), reverse("disclosure", args=[self.empty_issue.pk, "public"])]

    def _inboxes(self) -> list[str]:
        mine = Notification.objects.filter(person=self.roads_officer)
        kinds = {notice.kind: notice.pk for notice in mine}
        return ["/inbox/?tab=all", *(reverse("notification", args=[pk]) for pk in kinds.values())]

    def _systems(self) -> list[str]:
        lists = ("deliveries", "coverage_gaps", "channels", "add_channel", "webhooks", "add_webhook")
        return [
            *(reverse(name) for name in lists),
            reverse("edit_channel", args=[self.channel.pk]),
            reverse("edit_webhook", args=[self.webhook.pk]),
        ]
