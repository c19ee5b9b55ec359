"""The plan of one synthetic inspection: headings, issues, measures with leader, unit and deadline."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from issues.models import Area, Category, Inspection, Issue, Problem, code_of, sort_key_of
from issues.services import open_issue_spans
from measures.models import Measure
from tools.synthesize.organisations import BATCH, SyntheticStaff
from tools.synthesize.words import AREA, CATEGORY, issue_text, measure_text

AREAS, CATEGORIES, PROBLEMS = len(AREA), 10, 20
MEASURES_OF_ISSUE = 3
MODES = ("time_limited", "time_limited", "immediate", "staged", "long_term")
KINDS: tuple[list[str], ...] = ([], ["rule_making"], ["campaign"], ["major", "rule_making"])
DAYS = 120  # deadlines lie within so many days after the first


@dataclass(frozen=True)
class SyntheticPlan:
    """What was planned; each measure knows its number in `measures`, and officers are found by unit."""

    staff: SyntheticStaff
    inspection: Inspection
    measures: list[Measure]


def make_plan(
    staff: SyntheticStaff, inspection: Inspection, *, count: int, start: date, at: datetime, chance: Random
) -> SyntheticPlan:
    """Make as many measures as asked for, three to an issue; all of them planned, their spans still to be written."""
    issues = _issues(staff, inspection, -(-count // MEASURES_OF_ISSUE), chance)
    Issue.objects.bulk_create(issues, batch_size=BATCH)
    open_issue_spans(issues, at=at)
    measures = [
        _measure(staff, issues[n // MEASURES_OF_ISSUE], n, start + timedelta(days=chance.randrange(DAYS)), chance)
        for n in range(count)
    ]
    return SyntheticPlan(staff, inspection, measures)


def _problems(inspection: Inspection, count: int) -> list[Problem]:
    areas = Area.objects.bulk_create(
        Area(inspection=inspection, position=n, number=f"（{n}）", title=AREA[n - 1])
        for n in range(1, min(AREAS, count) + 1)
    )
    categories = Category.objects.bulk_create(
        Category(
            inspection=inspection,
            area=areas[n % len(areas)],
            position=n // len(areas) + 1,
            number=f"{n // len(areas) + 1}.",
            title=f"{CATEGORY[n % len(CATEGORY)]}不到位",
        )
        for n in range(min(CATEGORIES, count))
    )
    return Problem.objects.bulk_create(
        Problem(
            inspection=inspection,
            category=categories[n % len(categories)],
            position=n // len(categories) + 1,
            title=f"{CATEGORY[n % len(CATEGORY)]}方面的问题（{n + 1}）",
        )
        for n in range(min(PROBLEMS, count))
    )


def _issues(staff: SyntheticStaff, inspection: Inspection, count: int, chance: Random) -> list[Issue]:
    problems, issues = _problems(inspection, count), []
    for n in range(count):
        problem, position = problems[n % len(problems)], n // len(problems) + 1
        above = (problem.category.area.position, problem.category.position, problem.position, position)
        issue = Issue(
            inspection=inspection,
            problem=problem,
            position=position,
            code=code_of(*above),
            sort_key=sort_key_of(*above),
            text=issue_text(n),
            goal="问题整改到位，制度健全，不再发生。",
            leader=chance.choice(staff.leaders),
            lead_unit=chance.choice(staff.units),
            status=Issue.Status.IN_RECTIFICATION,
        )
        issues.append(issue)
    return issues


def _measure(staff: SyntheticStaff, issue: Issue, number: int, deadline: date, chance: Random) -> Measure:
    position, mode = number % MEASURES_OF_ISSUE + 1, chance.choice(MODES)
    return Measure(
        inspection=issue.inspection,
        issue=issue,
        position=position,
        code=f"{issue.code}-{position:02}",
        sort_key=issue.sort_key + sort_key_of(position),
        text=measure_text(number),
        mode=mode,
        kinds=chance.choice(KINDS),
        leader=issue.leader,
        lead_unit=chance.choice([issue.lead_unit, *staff.units]),
        deadline=None if mode == "long_term" else deadline,
    )
