"""The words of the papers. Official papers are Chinese whatever the language of the page they are asked for on."""

import json
from typing import Any

from accounts.models import Role
from audit.models import Event
from documents import chinese_date, chinese_moment
from signoffs.models import Application, Decision
from signoffs.verbs import SignoffVerb

VERDICTS = {Decision.Verdict.ACCEPTED: "同意", Decision.Verdict.RETURNED: "退回"}
GROUNDS = {
    Decision.Ground.UNFINISHED: "任务完不成",
    Decision.Ground.WEAK_MEASURE: "措施不过硬",
    Decision.Ground.POOR_QUALITY: "质量上不去",
    Decision.Ground.OTHER: "其他",
}
STATES = {
    Application.Status.PENDING: "审核中",
    Application.Status.ACCEPTED: "已通过",
    Application.Status.RETURNED: "已退回",
    Application.Status.WITHDRAWN: "已撤回",
    Application.Status.CLAIMED: "原件所载",
}
REVIEWERS = {
    Role.UNIT_HEAD: "负责人意见",
    Role.LEADER: "领导意见",
    Role.TASK_FORCE: "专班意见",
    Role.OFFICE: "整改办意见",
    Role.GROUP: "党组意见",
}
"""In the order of the form."""
STEP_NAMES = {"Review by the office": "整改办审核", "Decision of the group": "党组审定"}
"""The default review steps, where an application was made on an English page."""
OFFICIAL_VERBS = {
    SignoffVerb.APPLY_FOR_SIGN_OFF.value: "申请",
    SignoffVerb.APPLY_FOR_CLOSURE.value: "申请",
    SignoffVerb.ACCEPT_APPLICATION.value: "同意",
    SignoffVerb.RETURN_APPLICATION.value: "退回",
    SignoffVerb.WITHDRAW_APPLICATION.value: "撤回",
    SignoffVerb.CLOSE_ISSUE.value: "销号",
}


def step_name(name: str) -> str:
    return STEP_NAMES.get(name, name)


def opinion_of(decision: Decision) -> str:
    """Return what was decided: the verdict with its ground, the words, the meeting."""
    verdict = VERDICTS[Decision.Verdict(decision.verdict)]
    if decision.ground:
        verdict += f"（{GROUNDS[Decision.Ground(decision.ground)]}）"
    said = f"{step_name(decision.step_name)}：{verdict}。{decision.reason}"
    if decision.meeting_on:
        said += f"\n会议：{chinese_date(decision.meeting_on)}，会议纪要编号：{decision.minute_number}"
    return said


def round_name(application: Application) -> str:
    return f"第{application.round}轮" if application.round else "原件所载"


def events_of(application: Application) -> list[Event]:
    """Return the events of one application in the order of the chain."""
    subject = application.measure or application.issue
    about = Event.objects.about(subject).filter(verb__in=OFFICIAL_VERBS)
    events = about.filter(chain__key=application.inspection.chain).select_related("chain").order_by("seq")
    return [event for event in events if _data(event).get("application") == application.pk]


def decided_by(events: list[Event]) -> dict[int, Event]:
    """Return the event of each step: they follow one another in the chain as the steps do."""
    decisions = [
        event for event in events if event.verb in {SignoffVerb.ACCEPT_APPLICATION, SignoffVerb.RETURN_APPLICATION}
    ]
    return dict(enumerate(decisions, 1))


def _data(event: Event) -> dict[str, Any]:
    data: dict[str, Any] = json.loads(event.text)["data"]
    return data


def audit_reference(event: Event | None) -> list[str]:
    """Return what a paper copies of the trail: number and hash of an event, by which the record is checked later."""
    if event is None:
        return ["操作留痕：无记录。"]
    said = f"{OFFICIAL_VERBS.get(event.verb, event.verb)}，{chinese_moment(event.at)}"
    return [f"操作留痕：链 {event.chain.key}，第{event.seq}号（{said}）", f"该号 SHA-256：{event.hash}"]
