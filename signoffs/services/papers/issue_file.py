"""The papers in the file of an issue: plan, progress, decisions, contents."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from audit.models import Chain
from core.fields import Field
from documents import Block, Heading, Paper, Table, Text, chinese_date, chinese_moment
from documents.archive import SUMS, Packed
from issues import fields as issue_fields
from issues.models import Issue
from measures import fields as measure_fields
from measures.models import Extension, Measure
from signoffs.models import Application
from signoffs.services.papers.form import NOT_ALL
from signoffs.services.papers.wording import STATES, audit_reference, decided_by, events_of, opinion_of, round_name

FACTS = ("项目", "内容")
NARROW = (1.0, 4.0)


@dataclass(frozen=True)
class ArchiveScope:
    """What of an issue one person may see, at the moment that the file was asked for."""

    issue: Issue
    measures: Sequence[Measure]
    is_whole: bool
    at: datetime

    def paper(self, title: str, blocks: Iterable[Block]) -> Paper:
        rest = () if self.is_whole else (Text(NOT_ALL),)
        author = str(self.issue.inspection.organisation)
        return Paper(title=title, blocks=(*blocks, *rest), author=author, made_at=self.at)


def plan(scope: ArchiveScope) -> Paper:
    """Return the plan (整改方案): the issue and each measure with who, by when, milestones, changed deadlines."""
    issue = scope.issue
    category = issue.problem.category
    above = " / ".join(each.title for each in (category.area, category, issue.problem) if each.title)
    facts = facts_of(issue, issue_fields.FIELDS)
    table = (
        ("问题编号", issue.code),
        ("所属", above or "—"),
        *((title, words or "—") for title, words in facts[:-1]),
        ("状态", issue.get_status_display()),
        ("结论", issue.get_completion_display() or "—"),
        facts[-1],  # whether it is to be kept up, which the conclusion says too
    )
    blocks: list[Block] = [Heading("一、问题"), Table(FACTS, table, NARROW), Heading("二、措施")]
    for measure in scope.measures:
        blocks += [Heading(f"措施 {measure.code}", 2), Table(FACTS, _plan_of(measure), NARROW)]
    return scope.paper(f"整改方案（{issue.code}）", blocks)


def _plan_of(measure: Measure) -> tuple[tuple[str, str], ...]:
    stages = [
        f"{each.title}（{chinese_date(each.due_on)}前{_reached(each.reached_on)}）" for each in measure.milestones.all()
    ]
    facts = facts_of(
        measure,
        measure_fields.FIELDS,
        mode=measure.get_mode_display(),
        supporting_units="、".join(str(unit) for unit in measure.supporting_units.all()),
        milestones="\n".join(stages),
    )
    table = (
        *facts[:-1],
        ("延期", "\n".join(_extension(each) for each in measure.extensions.all())),
        ("状态", measure.get_status_display()),
        ("取消理由", measure.cancellation_reason),
        facts[-1],  # the remarks come last
    )
    return tuple((title, words) for title, words in table if words)


def facts_of(row: Issue | Measure, fields: Iterable[Field], **special: str) -> list[tuple[str, str]]:
    """Return title and words of each described field of a row; `special` are those with words of their own."""
    return [
        (
            field.paper_title or field.title,
            special[field.name] if field.name in special else _words(field.printed(getattr(row, field.name))),
        )
        for field in fields
        if field.in_paper
    ]


def _words(value: object) -> str:
    return chinese_date(value) if isinstance(value, date) else "" if value is None else str(value)


def _reached(day: object) -> str:
    return "，已达到" if day else ""


def _extension(extension: Extension) -> str:
    dates = f"{chinese_date(extension.old_deadline)}延至{chinese_date(extension.new_deadline)}"
    request = f"{extension.requested_by.name}{chinese_moment(extension.requested_at)}申请，理由：{extension.reason}"
    decided = f"；{extension.decided_by.name}{chinese_moment(extension.decided_at)}决定" if extension.decided_by else ""
    return f"{dates}（{extension.get_status_display()}）：{request}{decided}{extension.note and f'，{extension.note}'}"


def progress(scope: ArchiveScope) -> Paper:
    """Return the reports of each measure (整改进展), the earliest first."""
    blocks: list[Block] = []
    for measure in scope.measures:
        blocks += [Heading(f"措施 {measure.code}", 2), Text(measure.text)]
        reports = measure.reports.select_related("by", "unit").order_by("at", "pk")
        rows = tuple((chinese_moment(each.at), f"{each.unit or ''} {each.by.name}", each.text) for each in reports)
        blocks.append(Table(("时间", "报告人", "进展"), rows, (2, 2, 6)) if rows else Text("暂无进展报告。"))
    if scope.issue.outcome_before or scope.issue.outcome_after:
        blocks += [Heading("原通报所载"), Text(f"{scope.issue.outcome_before}\n{scope.issue.outcome_after}")]
    return scope.paper(f"整改进展（{scope.issue.code}）", blocks)


def decisions(scope: ArchiveScope, applications: Sequence[Application]) -> Paper:
    """Return every application with its decisions and the trail's hash of each (审核情况)."""
    blocks: list[Block] = []
    for application in applications:
        kind = "问题销号" if application.is_closure else "措施销号"
        state = STATES[Application.Status(application.status)]
        blocks.append(Heading(f"{application.code} {kind} {round_name(application)}（{state}）", 2))
        blocks.append(Table(("时间", "经手人", "内容"), tuple(_course(application)), (2, 2, 6)))
    return scope.paper(f"审核情况（{scope.issue.code}）", blocks or [Text("尚无销号申请。")])


def _course(application: Application) -> list[tuple[str, str, str]]:
    events = events_of(application)
    first = "\n".join(audit_reference(events[0])) if events else ""
    source = f"《{application.source_title}》第{application.source_line}行" if application.source_title else ""
    who = application.applicant.name if application.applicant else source
    said = f"{application.statement}\n销号材料清单 SHA-256：{application.manifest_sha256}\n{first}"
    rows = [(chinese_moment(application.applied_at), who, said)]
    steps = decided_by(events)
    for decision in application.decisions.all():
        event = steps.get(decision.step)
        traced = "\n" + "\n".join(audit_reference(event)) if event else ""
        rows.append((chinese_moment(decision.at), decision.by.name, opinion_of(decision) + traced))
    if application.withdrawal_reason:
        rows.append((chinese_moment(application.ended_at), who, f"撤回：{application.withdrawal_reason}"))
    return rows


def contents(scope: ArchiveScope, packed: Sequence[Packed], *, names: dict[str, str], left_out: Sequence[str]) -> Paper:
    """Return the contents page (目录) with the SHA-256 of every file, and the head of the trail at this moment."""
    rows = tuple(
        (str(number), _path(each, names), f"{each.size:,}", f"{each.sha256[:32]}\n{each.sha256[32:]}")
        for number, each in enumerate(packed, 1)
    )
    chain = Chain.objects.filter(key=scope.issue.inspection.chain).first()
    head = f"操作留痕链 {chain.key} 至第{chain.head_seq}号，SHA-256：{chain.head_hash}" if chain else ""
    blocks: list[Block] = [
        Text(f"本档案生成于{chinese_moment(scope.at)}，共{len(packed)}个文件，另有本目录和 {SUMS}。\n{head}"),
        Text(f"核验方法：解压后在本目录所在文件夹运行 sha256sum -c {SUMS}，各文件均应显示 OK。"),
        Table(("序号", "文件", "字节", "SHA-256"), rows, (1, 6, 2, 5), 9.0),
    ]
    if left_out:
        blocks += [Heading("未装入的材料", 2), Text("\n".join(left_out))]
    return scope.paper(f"一事一档目录（{scope.issue.code}）", blocks)


def _path(packed: Packed, names: dict[str, str]) -> str:
    """Return the path; under it the name as it was uploaded where no file system takes that."""
    original = names.get(packed.path)
    return f"{packed.path}\n原文件名：{original}" if original else packed.path
