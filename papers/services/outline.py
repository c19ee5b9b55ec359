"""From the ledger to the tree of a paper, as far as its audience is shown it."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery

from accounts.models import Unit
from issues.models import Disclosure, Inspection, Issue
from issues.queries import DisclosedIssues, IssueDisclosure
from measures.fields import MODE_WORDS
from measures.models import Measure, ProgressReport
from papers.models import PaperVersion
from papers.services.content import Branch, Part, Task
from papers.services.issue_text import account_of, one_line, status_line, text_of_measure
from readers.notice.fullwidth import half_width
from readers.notice.layouts import FOUR_LEVELS
from readers.notice.reports import numeral
from signoffs.models import Application

BRACKETED = "（{}）"
NUMBERS = {
    "area": lambda place: BRACKETED.format(numeral(place)),
    "category": lambda place: f"{place}.",
    "problem": lambda place: f"问题{place}.",
    "issue": lambda place: BRACKETED.format(place),
}
"""How a level is numbered where the source printed nothing, or not all of it is shown."""
BEGINS = {level.name: level.begins for level in FOUR_LEVELS.levels}


@dataclass
class IssueRecords:
    """What is known of the issues of an inspection: claims of sources, measures with what was done."""

    claims: dict[int, Application] = field(default_factory=dict)
    measures: dict[int, list[Any]] = field(default_factory=lambda: defaultdict(list))


def issues_of(inspection: Inspection) -> list[Issue]:
    """Return the issues in the order of the plan, with what is above them and who answers for them."""
    above = ("problem__category__area", "leader", "lead_unit", "task_force")
    return list(inspection.issues.select_related(*above).order_by("sort_key"))


def records_of_issues(inspection: Inspection, only: Collection[int] | None = None) -> IssueRecords:
    """Fetch claims and measures of all issues, or of those with these keys; the same few queries whatever their
    number.
    """
    records = IssueRecords()
    claims = Application.objects.claims().filter(inspection=inspection, measure=None).order_by("applied_at", "pk")
    measures = _measures(inspection)
    if only is not None:
        claims, measures = claims.filter(issue__in=only), measures.filter(issue__in=only)
    for claim in claims:
        records.claims[claim.issue_id] = claim
    for measure in measures:
        records.measures[measure.issue_id].append(measure)
    return records


def _measures(inspection: Inspection) -> QuerySet[Any]:
    reports = ProgressReport.objects.filter(measure=OuterRef("pk")).order_by("-at", "-id")
    accepted = Application.objects.filter(measure=OuterRef("pk"), status=Application.Status.ACCEPTED)
    units = Prefetch("supporting_units", Unit.objects.order_by("position", "id"))
    rows = inspection.measures.select_related("leader", "lead_unit").prefetch_related(units, "milestones")
    rows = rows.annotate(
        last_report=Subquery(reports.values("text")[:1]),
        statement=Subquery(accepted.order_by("-ended_at", "-id").values("statement")[:1]),
    )
    return rows.order_by("sort_key")


def tree_of(issues: Iterable[Issue], *, kind: str, records: IssueRecords, disclosed: DisclosedIssues) -> list[Branch]:
    """Return the tree down to the issues that the audience is shown, in full or redacted; empty headings go too."""
    is_whole = not disclosed.withheld
    parts = [
        (issue, _part(issue, kind, records, disclosed.of(issue.pk)))
        for issue in issues
        if disclosed.of(issue.pk).extent != Disclosure.Extent.WITHHELD
    ]
    areas = []
    for area, in_area in groupby(parts, key=lambda pair: pair[0].problem.category.area):
        categories = []
        for category, in_category in groupby(in_area, key=lambda pair: pair[0].problem.category):
            problems = [
                Branch(problem.number, one_line(problem.title), parts=[part for _issue, part in in_problem])
                for problem, in_problem in groupby(in_category, key=lambda pair: pair[0].problem)
            ]
            categories.append(Branch(category.number, one_line(category.title), problems))
        areas.append(Branch(area.number, one_line(area.title), categories))
    _number(areas, is_whole=is_whole)
    return areas


def _number(areas: list[Branch], *, is_whole: bool) -> None:
    """Give the numbers: those that were printed where all of them are there and of this layout, else in order."""
    levels = list(_levels(areas))
    if is_whole and all(_is_printed(level, node.number) for level, nodes in levels for node in nodes):
        return
    for level, nodes in levels:
        for place, node in enumerate(nodes, 1):
            node.number = NUMBERS[level](place)


def _levels(areas: list[Branch]) -> Iterator[tuple[str, list[Any]]]:
    """Walk what is numbered together: the nodes with a title under one parent, with the name of their level."""
    yield "area", [area for area in areas if area.title]
    for area in areas:
        yield "category", [category for category in area.branches if category.title]
        for category in area.branches:
            yield "problem", [problem for problem in category.branches if problem.title]
            for problem in category.branches:
                yield "issue", problem.parts


def _is_printed(level: str, number: str) -> bool:
    match = BEGINS[level].match(half_width(number) + "甲")
    return match is not None and match.end() == len(number)


def _part(issue: Issue, kind: str, records: IssueRecords, disclosed: IssueDisclosure) -> Part:
    is_redacted = disclosed.extent == Disclosure.Extent.REDACTED
    completion, sustained, claim = conclusion_of(issue, records)
    part = Part(
        issue=issue.pk,
        code=issue.code,
        number=issue.number,
        text=one_line(disclosed.text if is_redacted else issue.text),
        extent=disclosed.extent,
        status_line=status_line(completion, is_sustained=sustained, claimed=claim.statement if claim else ""),
        completion=completion,
        is_sustained=sustained,
        is_claimed=claim is not None,
        goal="" if is_redacted else one_line(issue.goal),
    )
    if is_redacted:
        part.account = account_of([disclosed.account])
    elif kind == PaperVersion.Kind.PLAN:
        part.leader, part.lead_unit = _name(issue.leader), _name(issue.lead_unit)
        part.task_force = issue.task_force.name if issue.task_force else ""
        part.tasks = [_task(measure) for measure in records.measures[issue.pk] if measure.status != "cancelled"]
    else:
        part.account = account_in_full(issue, records)
    return part


def conclusion_of(issue: Issue, records: IssueRecords) -> tuple[str, bool, Application | None]:
    """Return how far an issue is and whether it is kept up; with the claim where only a source says so."""
    if issue.status == Issue.Status.RECTIFIED:
        return issue.completion, issue.is_sustained, None
    claim = records.claims.get(issue.pk)
    if claim is not None and claim.completion:
        return claim.completion, claim.is_sustained, claim
    return Issue.Completion.NOT_DONE.value, issue.is_sustained, None


def account_in_full(issue: Issue, records: IssueRecords) -> str:
    """What was done: a source's own reports as they are, of all other measures what this system knows."""
    is_source = issue.pk in records.claims
    texts = [
        measure.text
        if is_source and measure.status == Measure.Status.PLANNED
        else text_of_measure(measure, statement=measure.statement or "", report=measure.last_report or "")
        for measure in records.measures[issue.pk]
    ]
    return account_of(texts, before=issue.outcome_before, after=issue.outcome_after)


def _task(measure: Any) -> Task:
    return Task(
        code=measure.code,
        text=one_line(measure.text),
        leader=_name(measure.leader),
        lead_unit=_name(measure.lead_unit),
        supporting="、".join(unit.name for unit in measure.supporting_units.all()),
        deadline=_deadline(measure),
        mode=MODE_WORDS[measure.mode],
        stages=[f"{_day(stage.due_on)}{one_line(stage.title)}" for stage in measure.milestones.all()],
    )


def _deadline(measure: Measure) -> str:
    if measure.deadline is not None:
        return _day(measure.deadline)
    return "长期坚持" if measure.mode == Measure.Mode.LONG_TERM else "立行立改" if measure.mode == "immediate" else ""


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _name(named: Any) -> str:
    return named.name if named else ""


def counts_of(issues: Iterable[Issue], records: IssueRecords, disclosed: DisclosedIssues) -> dict[str, int]:
    """Count the whole inspection, whatever of it is shown; levels without a title are not counted."""
    issues = list(issues)
    conclusions = [conclusion_of(issue, records) for issue in issues]
    completion = Counter(each for each, _sustained, _claim in conclusions)
    measures = [measure for rows in records.measures.values() for measure in rows]
    making = [measure for measure in measures if Measure.Kind.RULE_MAKING in measure.kinds]
    states = Counter(measure.status for measure in measures)
    return {
        "areas": len({i.problem.category.area_id for i in issues if i.problem.category.area.title}),
        "categories": len({i.problem.category_id for i in issues if i.problem.category.title}),
        "problems": len({i.problem_id for i in issues if i.problem.title}),
        "issues": len(issues),
        "measures": len(measures) - states["cancelled"],
        "signed_off": states["signed_off"],
        "cancelled": states["cancelled"],
        "done": completion["done"],
        "basically_done": completion["basically_done"],
        "not_done": completion["not_done"],
        "sustained": sum(sustained for _completion, sustained, _claim in conclusions),
        "claimed": sum(claim is not None for _completion, _sustained, claim in conclusions),
        "rules": len(making),
        "rules_done": sum(measure.status == Measure.Status.SIGNED_OFF for measure in making),
        "redacted": len(disclosed.redacted),
        "withheld": len(disclosed.withheld),
    }
