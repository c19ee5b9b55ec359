"""The ledger out: the measures that are visible to a person and filtered, as the official workbook."""

import io
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db.models import Count, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Unit, User
from core.exceptions import RuleViolation
from core.fields import Field
from documents.ledger_template import write_template
from documents.ledger_writer import LedgerLine, LedgerWriter
from files.models import StoredFile
from files.services import store_upload
from issues import fields as issue_fields
from issues.models import Inspection, Issue
from jobs.models import Job
from jobs.services import enqueue
from ledger.fields import COLUMNS, LAYOUT, MEASURE_FIELDS
from ledger.services.row_tokens import ISSUE, MEASURE, token_of
from measures import fields as measure_fields
from measures.models import Evidence, Measure, MeasureSpan, ProgressReport
from readers.workbook.cells import squeezed
from signoffs.models import Application

EXPORT = "ledger.export"
STATES = {
    Measure.Status.PLANNED: "未启动",
    Measure.Status.IN_PROGRESS: "正在整改",
    Measure.Status.SUBMITTED: "待审核",
    Measure.Status.SIGNED_OFF: "已销号",
    Measure.Status.CANCELLED: "已取消",
}
ISSUE_STATES = {
    Issue.Status.OPEN: "未启动",
    Issue.Status.IN_RECTIFICATION: "正在整改",
    Issue.Status.AWAITING_CLOSURE: "待审核",
    Issue.Status.RECTIFIED: "已整改",
}
PIECE = 1000


def request_export(*, inspection: Inspection, query: str, by: User, at: datetime) -> Job:
    """Ask for the workbook of the measures that the filters of the address `query` leave; the caller
    starts the job.
    """
    title = _("Ledger of %(title)s") % {"title": inspection.title}
    arguments = {"inspection": inspection.pk, "query": query}
    return enqueue(job_type=EXPORT, arguments=arguments, title=title[:200], by=by, at=at)


def export_ledger(
    *,
    inspection: Inspection,
    measures: QuerySet[Measure],
    by: User,
    at: datetime,
    on_progress: Callable[[int, int], None] | None = None,
) -> StoredFile:
    """Write the measures, already filtered by what is visible, and store the workbook.

    Raises `RuleViolation` where there is none.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        if not write_ledger(path, inspection=inspection, measures=measures, at=at, on_progress=on_progress):
            raise RuleViolation(_("There is nothing to export: no measure matches the filters."))
        name = f"{title_of(inspection)}（{_day(timezone.localtime(at).date())}）.xlsx"
        with path.open("rb") as stream:
            return store_upload(stream=stream, name=name[-200:], by=by, at=at, kinds=("xlsx",))


def empty_ledger() -> tuple[str, bytes]:
    """Return name and bytes of the workbook that offices fill in."""
    content = io.BytesIO()
    write_template(content, (*COLUMNS, MEASURE_FIELDS["milestones"]))
    return "整改台账（空表）.xlsx", content.getvalue()


def title_of(inspection: Inspection) -> str:
    """Return the title of the ledger as offices print it."""
    organisation = inspection.organisation.name
    party = "" if organisation.endswith(("党组", "党委", "党总支", "党支部")) else "党组"
    return f"{organisation}{party}落实{inspection.inspected_by or '巡察组'}反馈意见整改台账"


def write_ledger(
    path: Any,
    *,
    inspection: Inspection,
    measures: QuerySet[Measure],
    at: datetime,
    on_progress: Callable[[int, int], None] | None = None,
) -> int:
    """Write the workbook to a path; return how many measures it holds. `on_progress` is called
    with how many are written and how many there are."""
    today = timezone.localtime(at).date()
    line = f"填报单位：{inspection.organisation.name}        填报日期：{_day(today)}        单位：项"
    writer = LedgerWriter(path, LAYOUT, title=title_of(inspection), line=line)
    count = measures.count() if on_progress else 0
    for number, measure in enumerate(_rows(measures), 1):
        writer.add(_line(inspection, measure), is_done=measure.status == Measure.Status.SIGNED_OFF)
        if on_progress and number % PIECE == 0:
            on_progress(number, count)
    return writer.close()


def _rows(measures: QuerySet[Measure]) -> Iterator[Any]:
    """Walk the measures in the order of the plan, a piece at a time, each with all that its row says."""
    reports = ProgressReport.objects.filter(measure=OuterRef("pk")).order_by("-at", "-id")
    signed = MeasureSpan.objects.as_of(None).filter(measure=OuterRef("pk"), status=Measure.Status.SIGNED_OFF)
    rows = measures.select_related(
        "leader", "lead_unit", "issue__leader", "issue__lead_unit", "issue__problem__category__area"
    )
    in_force = Evidence.objects.in_force().filter(measure=OuterRef("pk")).order_by().values("measure")
    rows = rows.annotate(
        evidence_count=Subquery(in_force.annotate(n=Count("pk")).values("n")),
        last_report=Subquery(reports.values("text")[:1]),
        signed_off_at=Subquery(signed.values("valid_from")[:1]),
    )
    units = Prefetch("supporting_units", Unit.objects.order_by("position", "id"))
    claims = Prefetch("applications", Application.objects.claims(), to_attr="claims")
    return rows.prefetch_related(units, claims, "milestones").order_by("sort_key", "pk").iterator(chunk_size=PIECE)


def _line(inspection: Inspection, measure: Any) -> LedgerLine:
    issue = measure.issue
    problem, category = issue.problem, issue.problem.category
    keys = {"area": category.area_id, "category": category.pk, "problem": problem.pk, "issue": issue.pk}
    claim = _claim(measure)
    above = {
        "area": category.area.title,
        "category": category.title,
        "problem": problem.title,
        "issue": issue.text,
        **_plain(issue, issue_fields.PLAIN_FIELDS),
        "issue_leader": _name(issue.leader),
        "issue_unit": issue.lead_unit.name if issue.lead_unit else "",
        "issue_state": ISSUE_STATES[issue.status],
        "sustained": "是" if issue.is_sustained else "否",
        "issue_id": token_of(inspection, ISSUE, issue.pk),
    }
    signed = timezone.localtime(measure.signed_off_at).date() if measure.signed_off_at else None
    own = {
        "number": measure.position,
        "text": measure.text,
        **_plain(measure, measure_fields.PLAIN_FIELDS),
        "leader": _name(measure.leader),
        "lead_unit": measure.lead_unit.name if measure.lead_unit else "",
        "supporting": "、".join(unit.name for unit in measure.supporting_units.all()),
        "deadline": _deadline(measure),
        "mode": measure_fields.MODE_WORDS[measure.mode],
        "progress": measure.last_report or (f"（原台账）{claim['progress']}" if claim.get("progress") else ""),
        "completion": _completion(measure, claim),
        "evidence": measure.evidence_count or "",
        "signed_off": signed,
        "measure_id": token_of(inspection, MEASURE, measure.pk),
        "milestones": "\n".join(f"{_day(stage.due_on)} {squeezed(stage.title)}" for stage in measure.milestones.all()),
    }
    return LedgerLine(keys, {**above, **own})


def _plain(row: Any, fields: Iterable[Field]) -> dict[str, str | int | date | None]:
    """Return the cells of the fields whose type alone says how they are written."""
    return {field.key: field.printed(getattr(row, field.name)) for field in fields}


def _name(person: Any) -> str:
    return person.name if person else ""


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _deadline(measure: Measure) -> date | str:
    """The day; of a measure without one, the words in place of it."""
    if measure.deadline is not None:
        return measure.deadline
    return {"immediate": "立行立改", "long_term": "长期坚持"}.get(measure.mode, "")


def _claim(measure: Any) -> dict[str, Any]:
    """What an imported ledger says of the measure; nothing where none says anything."""
    claim: dict[str, Any] = json.loads(measure.claims[0].manifest)["claim"] if measure.claims else {}
    return claim


def _completion(measure: Measure, claim: dict[str, Any]) -> str:
    """What this system knows; behind it what an imported ledger claimed, marked as such."""
    words = STATES[Measure.Status(measure.status)]
    claimed = claim["words"] if claim.get("words") != claim.get("progress") else ""
    if signed_off_on := claim.get("signed_off_on"):
        claimed = f"{claimed}，{_day(date.fromisoformat(signed_off_on))}销号".lstrip("，")
    return f"{words}（原台账：{claimed}）" if claimed and measure.status != Measure.Status.SIGNED_OFF else words
