"""The application form (销号申请审批表): one page with what was applied for, on what evidence, and who decided."""

from datetime import date, datetime
from typing import Any

from accounts.models import User
from documents import Cell, Form, Paper, chinese_date, chinese_moment
from files.models import StoredFile
from issues.models import Issue
from jobs.services.exports import official_language
from measures.models import Measure
from signoffs.models import Application
from signoffs.permissions import may_read_manifest
from signoffs.queries import content_of
from signoffs.services.papers.pages import pages_of
from signoffs.services.papers.wording import (
    REVIEWERS,
    STATES,
    audit_reference,
    decided_by,
    events_of,
    opinion_of,
    round_name,
    step_name,
)

TITLE = "整改销号申请审批表"
SHORT = 12
"""Characters of a SHA-256 that the list of evidence shows."""
NOT_ALL = "（另有措施不在查阅范围内，未列出）"


def form_name(application: Application) -> str:
    """Return the name of the form's file, without its ending."""
    return f"{TITLE}-{application.code}-{round_name(application)}"


def form_of(application: Application, *, by: User, at: datetime) -> Paper:
    """Return the form in its present state, for a person who sees the application.

    The form of a closing lists those measures that the person sees, and says where there are others.
    """
    with official_language():
        events = events_of(application)
        rows = (*_about(application, by), *_done(application, by), *_opinions(application, events))
        state = STATES[Application.Status(application.status)]
        form = Form(
            rows=rows,
            above=(f"编号：{application.code}　{round_name(application)}", f"状态：{state}"),
            below=(
                f"销号材料清单 SHA-256：{application.manifest_sha256}",
                *audit_reference(events[-1] if events else None),
                f"本表由系统按记录生成，姓名和时间取自系统；生成于{chinese_moment(at)}。",
            ),
        )
    author = str(application.inspection.organisation)
    return Paper(title=TITLE, blocks=(form,), author=author, created_at=at, page_numbers=False)


def _about(application: Application, by: User) -> list[tuple[Cell, ...]]:
    issue, measure, content = application.issue, application.measure, content_of(application)
    leader = measure.leader if measure else issue.leader
    unit = measure.lead_unit if measure else issue.lead_unit
    text = content.get("issue", {}).get("text", issue.text)
    return [
        (Cell("巡察整改", application.inspection.title),),
        (Cell("问题编号", issue.code), Cell("责任领导", str(leader or "—"))),
        (Cell("具体问题", text),),
        (Cell("牵头单位", str(unit or "—")), Cell("整改时限", _deadline(application, by))),
    ]


def _deadline(application: Application, by: User) -> str:
    if application.measure is not None:
        return _deadline_of(application.measure)
    dates = [measure.deadline for measure in _measures(application.issue, by) if measure.deadline]
    return chinese_date(max(dates)) if dates else "—"


def _deadline_of(measure: Measure) -> str:
    if measure.deadline is None and measure.mode == Measure.Mode.LONG_TERM:
        return "长期坚持"
    return chinese_date(measure.deadline)


def _measures(issue: Issue, by: User) -> list[Measure]:
    visible = Measure.objects.visible_to(by).filter(issue=issue)
    return list(visible.select_related("leader", "lead_unit").order_by("sort_key"))


def _done(application: Application, by: User) -> list[tuple[Cell, ...]]:
    sustained = application.is_sustained if application.is_closure else application.issue.is_sustained
    how = application.upkeep or ("—" if not sustained else "按整改方案长期坚持")
    return [
        (Cell("整改措施及落实情况", _work(application, by)),),
        (Cell("整改成效", application.statement + _conclusion(application)),),
        (Cell("建章立制", _rules(application, by)),),
        (Cell("证明材料", evidence_list(application, by)),),
        (Cell("长期坚持", "是" if sustained else "否"), Cell("如何坚持", how)),
    ]


def _conclusion(application: Application) -> str:
    return f"\n申请结论：{application.get_completion_display()}" if application.is_closure else ""


def _work(application: Application, by: User) -> str:
    """Return each measure and how it was carried out: the last report before the application, or what was accepted."""
    measure = application.measure
    if measure is not None:
        text = content_of(application).get("measure", {}).get("text", measure.text)
        report = measure.reports.filter(at__lte=application.applied_at).first()
        account = f"\n落实情况：{report.text}（{chinese_moment(report.at)}）" if report else ""
        return f"{measure.code} {text}{account}"
    accepted = _accepted(application, by)
    lines = []
    for each in _measures(application.issue, by):
        account = (
            f"；落实情况：{accepted[each.pk].statement}" if each.pk in accepted else f"（{each.get_status_display()}）"
        )
        lines.append(f"{each.code} {each.text}{account}")
    return "\n".join(lines + ([] if may_read_manifest(by, application) else [NOT_ALL]))


def _accepted(application: Application, by: User) -> dict[int, Application]:
    """Return the applications that a closing rests on, by their measure, as far as the person sees them."""
    keys = [line["application"] for line in content_of(application).get("applications", [])]
    rows = Application.objects.visible_to(by).filter(pk__in=keys).select_related("measure", "issue")
    return {row.measure_id: row for row in rows.order_by("measure__sort_key") if row.measure_id is not None}


def _rules(application: Application, by: User) -> str:
    measures = [application.measure] if application.measure else _measures(application.issue, by)
    making = [each for each in measures if Measure.Kind.RULE_MAKING in each.kinds]
    return "\n".join(f"{each.code}（建章立制类措施，制度文本见证明材料）" for each in making) or "无"


def evidence_list(application: Application, by: User) -> str:
    """Return the frozen list of evidence: number, name, pages, date, SHA-256 in short."""
    under = [application, *_accepted(application, by).values()] if application.is_closure else [application]
    entries = [(each, line) for each in under for line in content_of(each).get("evidence", [])]
    files = StoredFile.objects.select_related("scan").in_bulk([line["file"] for _each, line in entries])
    lines = [_evidence_line(n, each, line, files) for n, (each, line) in enumerate(entries, 1)]
    return "\n".join(lines) or "无"


def _evidence_line(number: int, application: Application, line: dict[str, Any], files: dict[int, StoredFile]) -> str:
    file = files.get(line["file"])
    pages = pages_of(file) if file else None
    about = chinese_date(date.fromisoformat(line["about_on"])) if line["about_on"] else "日期未填"
    facts = (f"{pages}页" if pages else "页数不详", about, f"SHA-256 {line['sha256'][:SHORT]}")
    return f"{number}. {evidence_name(application.issue, application.measure, line['name'])}（{'，'.join(facts)}）"


def evidence_name(issue: Issue, measure: Measure | None, name: str) -> str:
    """Return `issue code-measure number-name`; the number is 00 for what belongs to the issue as a whole."""
    return f"{measure.code if measure else f'{issue.code}-00'}-{name}"


def _opinions(application: Application, events: list[Any]) -> list[tuple[Cell, ...]]:
    """Return the opinion of the unit, then of every reviewer in the order of the form, with name and time."""
    rows: list[tuple[Cell, ...]] = [(Cell("单位意见", _applied(application), _signed_by(application, events)),)]
    if application.withdrawal_reason:
        said = f"申请人撤回：{application.withdrawal_reason}"
        rows.append((Cell("撤回说明", said, chinese_moment(application.ended_at)),))
    steps = [(n, step) for n, step in enumerate(application.review_steps, 1)]
    for role, label in REVIEWERS.items():
        own = [(n, step) for n, step in steps if step["role"] == role]
        rows += [(_opinion(application, label, n, step, events),) for n, step in own]
        if not own and steps and role != "unit_head":
            rows.append((Cell(label, "本次审核程序未设此环节"),))
    return rows


def _applied(application: Application) -> str:
    if application.applicant is None:
        return f"据导入的原件《{application.source_title}》第{application.source_line}行，系统内无人作出决定。"
    return "整改任务已完成，申请销号。"


def _signed_by(application: Application, events: list[Any]) -> str:
    if application.applicant is None:
        return ""
    number = f"　留痕第{events[0].seq}号" if events else ""
    who = f"{application.unit or ''}　{application.applicant.name}".strip("　")
    return f"{who}　{chinese_moment(application.applied_at)}{number}"


def _opinion(application: Application, label: str, number: int, step: dict[str, str], events: list[Any]) -> Cell:
    decision = next((each for each in application.decisions.all() if each.step == number), None)
    if decision is None:
        waits = application.status == Application.Status.PENDING
        return Cell(label, f"{step_name(step['name'])}：{'待审核' if waits else '未进行'}")
    event = decided_by(events).get(number)
    number_in_trail = f"　留痕第{event.seq}号" if event else ""
    return Cell(label, opinion_of(decision), f"{decision.by.name}　{chinese_moment(decision.at)}{number_in_trail}")
