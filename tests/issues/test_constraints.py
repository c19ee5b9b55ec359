from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from issues.models import Area, CalendarDay, Category, Inspection, Issue, IssueSpan, Problem
from issues.services import create_task_force
from tests.constraints import change, constraints_of, put, refused_by
from tests.factories import NOW, TODAY, Bureau, problem

pytestmark = pytest.mark.django_db


def area_again(bureau: Bureau) -> None:
    put(Area, inspection=bureau.inspection, position=problem(bureau.inspection).category.area.position)


def category_again(bureau: Bureau) -> None:
    there = problem(bureau.inspection).category
    put(Category, inspection=bureau.inspection, area=there.area, position=there.position)


def problem_again(bureau: Bureau) -> None:
    there = problem(bureau.inspection)
    put(Problem, inspection=bureau.inspection, category=there.category, position=there.position)


def issue_again(bureau: Bureau, field: str) -> None:
    first, other = bureau.issue(), bureau.issue()
    change(other, **{field: getattr(first, field)})


def task_force_again(bureau: Bureau) -> None:
    first, other = (
        create_task_force(inspection=bureau.inspection, name=name, by=bureau.office, at=NOW) for name in ("A", "B")
    )
    change(other, name=first.name)


def span(bureau: Bureau, **values: Any) -> None:
    """Beside the span that its first moment opened."""
    issue = bureau.issue()
    first = issue.spans.get()
    put(IssueSpan, inspection=bureau.inspection, issue=issue, **{"valid_from": first.valid_from, **values})


Violation = Callable[[Bureau], Any]
VIOLATIONS: list[tuple[str, Violation]] = [
    ("inspection_period_ends_after_start", lambda b: change(b.inspection, concentrated_until=date(2000, 1, 1))),
    (
        "inspection_period_ends_after_start",
        lambda b: change(b.inspection, concentrated_from=TODAY, concentrated_until=TODAY),
    ),
    ("inspection_iso_weekday", lambda b: change(b.inspection, week_ends_weekday=0)),
    ("inspection_iso_weekday", lambda b: change(b.inspection, week_ends_weekday=8)),
    ("task_force_name_once", task_force_again),
    ("area_position_once", area_again),
    ("category_position_once", category_again),
    ("problem_position_once", problem_again),
    ("issue_position_once", lambda b: issue_again(b, "position")),
    ("issue_code_once", lambda b: issue_again(b, "code")),
    ("issue_rectified_has_conclusion", lambda b: change(b.issue(), status="rectified")),
    ("issue_status_known", lambda b: change(b.issue(), status="forgotten")),
    ("issue_has_text", lambda b: change(b.issue(), text="")),
    ("issue_span_one_open", lambda b: span(b, valid_from=NOW)),
    ("issue_span_one_start_per_moment", lambda b: span(b, valid_to=NOW)),
    ("issue_span_not_empty", lambda b: span(b, valid_from=NOW, valid_to=NOW)),
    ("calendar_kind_known", lambda b: put(CalendarDay, day=date(2040, 1, 1), kind="party")),
]


@pytest.mark.parametrize(("name", "violate"), VIOLATIONS, ids=[name for name, _violate in VIOLATIONS])
def test_the_database_refuses_it_by_name(bureau: Bureau, name: str, violate: Violation) -> None:
    with refused_by("issues", name):
        violate(bureau)


def test_every_named_constraint_is_tried() -> None:
    assert {name for name, _violate in VIOLATIONS} == set(constraints_of("issues"))


def test_what_the_rules_allow_the_database_allows(bureau: Bureau) -> None:
    """A period may lack either date, every weekday may end the week, a conclusion makes an issue rectified."""
    for values in ({"concentrated_from": None}, {"concentrated_from": TODAY, "concentrated_until": None}):
        change(bureau.inspection, **values)
    for weekday in range(1, 8):
        change(bureau.inspection, week_ends_weekday=weekday, week_ends_at=time(17))
    for status in Issue.Status.values:
        change(bureau.issue(), status=status, completion="done")
    for kind, day in zip(CalendarDay.Kind.values, (1, 2), strict=True):
        put(CalendarDay, day=date(2040, 1, day), kind=kind)
    assert Inspection.objects.get(pk=bureau.inspection.pk).week_ends_weekday == 7
