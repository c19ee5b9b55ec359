"""What happened in a week and what was so at its end, from spans and decisions alone: never from the present."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from audit.queries import HistoryEntry, history_of
from bulletins.models import Bulletin
from issues.models import Inspection, IssueSpan
from measures.models import MeasureSpan, overdue, unfinished
from reporting.models import Snapshot
from signoffs.models import Application, Decision
from signoffs.queries import content_of

Row = dict[str, Any]


@dataclass(frozen=True)
class ReportedWeek:
    """A week of an inspection: what happened after `begins_at` up to and with `ends_at`."""

    inspection: Inspection
    begins_at: datetime
    ends_at: datetime

    @property
    def day(self) -> date:
        """The day at whose end of work it ends: what is overdue is counted from it."""
        return timezone.localtime(self.ends_at).date()

    @property
    def next_days(self) -> tuple[date, date]:
        """Monday and Sunday of the calendar week that comes."""
        monday = self.day + timedelta(days=8 - self.day.isoweekday())
        return monday, monday + timedelta(days=6)


def week_of(snapshot: Snapshot) -> ReportedWeek:
    """Return the week of a snapshot: it begins where the week before ended, whatever the setting was then."""
    before = previous(snapshot)
    begins_at = before.ends_at if before else snapshot.ends_at - timedelta(days=7)
    return ReportedWeek(snapshot.inspection, begins_at, snapshot.ends_at)


def previous(snapshot: Snapshot) -> Snapshot | None:
    """Return the snapshot of the week before; None where there is none, also where a week is missing."""
    earlier = Snapshot.objects.filter(inspection=snapshot.inspection, ends_at__lt=snapshot.ends_at)
    last = earlier.order_by("-ends_at").first()
    return last if last and snapshot.ends_at - last.ends_at < timedelta(days=11) else None


def signed_off_in(week: ReportedWeek) -> list[Row]:
    """Return the measures that were signed off in the week, the earliest first."""
    rows = _accepted_in(week).filter(measure__isnull=False).order_by("ended_at", "measure__sort_key")
    spans = _spans_of(week, [each.measure_id for each in rows])
    return [{**_row(spans[each.measure_id]), "on": _day(each.ended_at)} for each in rows if each.measure_id in spans]


def closed_in(week: ReportedWeek) -> list[Row]:
    """Return the issues that were closed in the week, with their conclusions."""
    rows = _accepted_in(week).filter(measure=None).order_by("ended_at", "issue__sort_key")
    spans = _issue_spans(week, [each.issue_id for each in rows])
    return [
        {
            **_issue_row(spans[each.issue_id]),
            "completion": each.completion,
            "is_sustained": each.is_sustained,
            "on": _day(each.ended_at),
        }
        for each in rows
        if each.issue_id in spans
    ]


def returned_in(week: ReportedWeek) -> list[Row]:
    """Return what was returned in the week, with ground and reason; what was returned twice is listed twice.

    The text is the one that was applied with, whatever became of the plan afterwards.
    """
    window = {"at__gt": week.begins_at, "at__lte": week.ends_at}
    decisions = Decision.objects.filter(application__inspection=week.inspection, **window)
    returned = decisions.returned().order_by("at", "pk")
    rows = list(returned.select_related("application"))
    spans = _spans_of(week, [each.application.measure_id for each in rows])
    issues = _issue_spans(week, [each.application.issue_id for each in rows if each.application.is_closure])
    return [
        {
            **row,
            "text": _text_of(each.application) or row["text"],
            "ground": each.ground,
            "reason": each.reason,
            "round": each.application.round,
            "on": _day(each.at),
        }
        for each in rows
        for row in _subject(each.application, spans, issues)
    ]


def overdue_at(week: ReportedWeek) -> list[Row]:
    """Return what was late at the end of the week, the longest overdue first."""
    late = _spans_at_end(week).filter(overdue(week.day)).order_by("deadline", "measure__sort_key")
    return [{**_row(span), "days": (week.day - span.deadline).days} for span in late if span.deadline]


def due_after(week: ReportedWeek) -> list[Row]:
    """Return what falls due from Monday to Sunday of the week that comes and was not yet applied for."""
    soon = _spans_at_end(week).filter(unfinished(), deadline__range=week.next_days)
    return [_row(span) for span in soon.order_by("deadline", "measure__sort_key")]


def _accepted_in(week: ReportedWeek) -> QuerySet[Application]:
    return Application.objects.filter(
        inspection=week.inspection,
        origin=Application.Origin.SYSTEM,
        status=Application.Status.ACCEPTED,
        ended_at__gt=week.begins_at,
        ended_at__lte=week.ends_at,
    )


def _spans_at_end(week: ReportedWeek) -> QuerySet[MeasureSpan]:
    """The spans of the end of the week, with all that a row needs."""
    spans = MeasureSpan.objects.filter(inspection=week.inspection).as_of(week.ends_at)
    return spans.select_related("measure__issue__problem__category", "lead_unit", "leader")


def _spans_of(week: ReportedWeek, measures: Iterable[int | None]) -> dict[int | None, MeasureSpan]:
    """Measure → its span at the end of the week: who led it then."""
    spans = _spans_at_end(week).filter(measure__in=[key for key in measures if key])
    return {span.measure_id: span for span in spans}


def _row(span: MeasureSpan) -> Row:
    measure = span.measure
    return {
        "area": measure.issue.problem.category.area_id,
        "issue": measure.issue_id,
        "measure": measure.pk,
        "code": measure.code,
        "text": measure.text,
        "unit": span.lead_unit.name if span.lead_unit else "",
        "leader": span.leader.name if span.leader else "",
        "deadline": span.deadline.isoformat() if span.deadline else "",
    }


def _issue_spans(week: ReportedWeek, issues: Iterable[int]) -> dict[int, IssueSpan]:
    """Issue → its span at the end of the week: whose it was then."""
    spans = IssueSpan.objects.filter(inspection=week.inspection, issue__in=list(issues)).as_of(week.ends_at)
    return {span.issue_id: span for span in spans.select_related("issue__problem__category", "lead_unit", "leader")}


def _issue_row(span: IssueSpan) -> Row:
    issue = span.issue
    return {
        "area": issue.problem.category.area_id,
        "issue": issue.pk,
        "measure": None,
        "code": issue.code,
        "text": issue.text,
        "unit": span.lead_unit.name if span.lead_unit else "",
        "leader": span.leader.name if span.leader else "",
        "deadline": "",
    }


def _subject(
    application: Application, spans: dict[int | None, MeasureSpan], issues: dict[int, IssueSpan]
) -> Iterator[Row]:
    """The row of what was applied for; nothing where it has no span of that time."""
    if application.is_closure and application.issue_id in issues:
        yield _issue_row(issues[application.issue_id])
    elif not application.is_closure and application.measure_id in spans:
        yield _row(spans[application.measure_id])


def _text_of(application: Application) -> str:
    subject = content_of(application).get("issue" if application.is_closure else "measure", {})
    return str(subject.get("text", ""))


def _day(moment: datetime | None) -> str:
    return timezone.localtime(moment).date().isoformat() if moment else ""


def history_of_bulletin(bulletin: Bulletin) -> list[HistoryEntry]:
    """Return what happened to a bulletin, the newest first."""
    return history_of(bulletin)
