"""Many inspections with many measures and their history, made by PostgreSQL itself: only for measuring."""

from datetime import datetime
from typing import Any

from django.db import connection

from issues.models import Area, Category, Inspection, Problem, TaskForce
from tests.factories import Cast, unit, user

AREAS, CATEGORIES, PROBLEMS, UNITS, LEADERS, FORCES = 3, 10, 20, 20, 10, 4
EACH = {"issues": 5, "measures": 10}  # of a problem, of an issue: a thousand measures in twenty problems

ISSUES = """
INSERT INTO issues_issue (inspection_id, problem_id, position, number, code, sort_key, text, goal, leader_id,
    lead_unit_id, task_force_id, status, completion, is_sustained, outcome_before, outcome_after)
SELECT p.inspection_id, p.id, n, '', p.position || '-' || n, lpad(p.position::text, 4, '0') || n, 'Issue', '',
    (%(leaders)s::bigint[])[1 + (p.id + n) %% array_length(%(leaders)s, 1)],
    (%(units)s::bigint[])[1 + (p.id + n) %% array_length(%(units)s, 1)],
    (SELECT min(f.id) FROM issues_taskforce f WHERE f.inspection_id = p.inspection_id) + (p.id + n) %% %(forces)s,
    'in_rectification', '', false, '', ''
FROM issues_problem p, generate_series(1, %(issues)s) n
"""
MEASURES = """
INSERT INTO measures_measure (inspection_id, issue_id, position, code, sort_key, text, mode, kinds, leader_id,
    lead_unit_id, handler, deadline, status, remarks, cancellation_reason)
SELECT i.inspection_id, i.id, n, i.code || '-' || n, i.sort_key || n, 'Measure', 'time_limited', '[]',
    (%(leaders)s::bigint[])[1 + (i.id + n / 3) %% array_length(%(leaders)s, 1)],
    (%(units)s::bigint[])[1 + (i.id + n / 3) %% array_length(%(units)s, 1)],
    '', %(day)s::date + ((i.id * 7 + n * 13) %% 120)::int - 60, 'in_progress', '', ''
FROM issues_issue i, generate_series(1, %(measures)s) n
"""
ISSUE_SPANS = """
INSERT INTO issues_issuespan (inspection_id, issue_id, status, completion, leader_id, lead_unit_id, task_force_id,
    valid_from, valid_to)
SELECT i.inspection_id, i.id, s.status, '', i.leader_id, i.lead_unit_id, i.task_force_id, s.since, s.until
FROM issues_issue i, (VALUES ('open', %(at)s::timestamptz, %(at)s::timestamptz + interval '9 days'),
    ('in_rectification', %(at)s::timestamptz + interval '9 days', NULL)) s (status, since, until)
"""
MEASURE_SPANS = """
INSERT INTO measures_measurespan (inspection_id, measure_id, issue_id, status, deadline, lead_unit_id, leader_id,
    valid_from, valid_to)
SELECT m.inspection_id, m.id, m.issue_id, s.status, m.deadline, m.lead_unit_id, m.leader_id, s.since, s.until
FROM measures_measure m, (VALUES ('planned', %(at)s::timestamptz, %(at)s::timestamptz + interval '9 days'),
    ('in_progress', %(at)s::timestamptz + interval '9 days', %(at)s::timestamptz + interval '12 days'),
    ('submitted', %(at)s::timestamptz + interval '12 days', NULL)) s (status, since, until)
WHERE s.status <> 'submitted' OR m.id %% 2 = 0
"""


def make_masses(cast: Cast, *, inspections: int, at: datetime) -> None:
    """Make so many inspections of a thousand measures each, with two and a half spans to a measure, from `at` on."""
    units = [unit(parent=cast.organisation).pk for _number in range(UNITS)]
    leaders = [user().pk for _number in range(LEADERS)]
    rows = Inspection.objects.bulk_create(
        Inspection(code=f"mass-{n}", title=f"Mass {n}", organisation=cast.organisation, created_at=at)
        for n in range(inspections)
    )
    TaskForce.objects.bulk_create(TaskForce(inspection=row, name=f"Force {n}") for row in rows for n in range(FORCES))
    _levels(rows)
    values: dict[str, Any] = {"units": units, "leaders": leaders, "forces": FORCES, "at": at, "day": at.date(), **EACH}
    with connection.cursor() as cursor:
        for statement in (ISSUES, MEASURES, ISSUE_SPANS, MEASURE_SPANS):
            cursor.execute(statement, values)
        cursor.execute("ANALYZE")


def _levels(inspections: list[Inspection]) -> None:
    """Three areas, ten categories, twenty problem headings to an inspection."""
    areas = Area.objects.bulk_create(Area(inspection=row, position=n) for row in inspections for n in range(AREAS))
    categories = Category.objects.bulk_create(
        Category(inspection=row, area=areas[place * AREAS + n % AREAS], position=n)
        for place, row in enumerate(inspections)
        for n in range(CATEGORIES)
    )
    Problem.objects.bulk_create(
        Problem(inspection=row, category=categories[place * CATEGORIES + n % CATEGORIES], position=n)
        for place, row in enumerate(inspections)
        for n in range(PROBLEMS)
    )
