from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from issues.models import Area, CalendarDay, Category, Disclosure, Inspection, Issue, IssueSpan, Problem
from issues.services import create_task_force
from tests.database_constraints import change, constraints_of, put, refused_by
from tests.factories import NOW, TODAY, Cast, problem

pytestmark = pytest.mark.django_db


def area_again(cast: Cast) -> None:
    put(Area, inspection=cast.inspection, position=problem(cast.inspection).category.area.position)


def category_again(cast: Cast) -> None:
    there = problem(cast.inspection).category
    put(Category, inspection=cast.inspection, area=there.area, position=there.position)


def problem_again(cast: Cast) -> None:
    there = problem(cast.inspection)
    put(Problem, inspection=cast.inspection, category=there.category, position=there.position)


def issue_again(cast: Cast, field: str) -> None:
    first, other = cast.issue(), cast.issue()
    change(other, **{field: getattr(first, field)})


def task_force_again(cast: Cast) -> None:
    first, other = (
        create_task_force(inspection=cast.inspection, name=name, by=cast.office, at=NOW) for name in ("A", "B")
    )
    change(other, name=first.name)


def span(cast: Cast, **values: Any) -> None:
    """Beside the span that its first moment opened."""
    issue = cast.issue()
    first = issue.spans.get()
    put(IssueSpan, inspection=cast.inspection, issue=issue, **{"valid_from": first.valid_from, **values})


def disclosure(cast: Cast, **values: Any) -> Disclosure:
    given = {"issue": cast.issue(), "audience": "public", "extent": "full", **values}
    return Disclosure.objects.create(proposed_by=cast.office, proposed_at=NOW, **given)


def decided(cast: Cast, status: str = "approved", **values: Any) -> Disclosure:
    row = disclosure(cast, **values)
    change(row, status=status, decided_by=cast.group, decided_at=NOW)
    return row


def approved_twice(cast: Cast) -> None:
    first = decided(cast)
    decided(cast, issue=first.issue)


Violation = Callable[[Cast], Any]
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
    ("disclosure_one_proposed", lambda b: disclosure(b, issue=disclosure(b).issue)),
    ("disclosure_one_approved", approved_twice),
    ("disclosure_audience_known", lambda b: disclosure(b, audience="press")),
    ("disclosure_redacted_has_text", lambda b: disclosure(b, extent="redacted", reason="Persons are named")),
    ("disclosure_redacted_has_text", lambda b: disclosure(b, extent="full", text="Something else")),
    ("disclosure_redacted_has_text", lambda b: disclosure(b, extent="some", reason="None")),
    ("disclosure_less_has_reason", lambda b: disclosure(b, extent="withheld")),
    ("disclosure_status_known", lambda b: change(disclosure(b), status="lost", decided_by=b.group, decided_at=NOW)),
    ("disclosure_decided_says_who", lambda b: change(disclosure(b), status="approved")),
    (
        "disclosure_not_by_proposer",
        lambda b: change(disclosure(b), status="approved", decided_by=b.office, decided_at=NOW),
    ),
    ("calendar_kind_known", lambda b: put(CalendarDay, day=date(2040, 1, 1), kind="party")),
]


@pytest.mark.parametrize(("name", "violate"), VIOLATIONS, ids=[name for name, _violate in VIOLATIONS])
def test_the_database_refuses_it_by_name(cast: Cast, name: str, violate: Violation) -> None:
    with refused_by("issues", name):
        violate(cast)


def test_every_named_constraint_is_tried() -> None:
    assert {name for name, _violate in VIOLATIONS} == set(constraints_of("issues"))


def test_what_the_rules_allow_the_database_allows(cast: Cast) -> None:
    """A period may lack either date, every weekday may end the week, a conclusion makes an issue rectified."""
    for values in ({"concentrated_from": None}, {"concentrated_from": TODAY, "concentrated_until": None}):
        change(cast.inspection, **values)
    for weekday in range(1, 8):
        change(cast.inspection, week_ends_weekday=weekday, week_ends_at=time(17))
    for status in Issue.Status.values:
        change(cast.issue(), status=status, completion="done")
    for kind, day in zip(CalendarDay.Kind.values, (1, 2), strict=True):
        put(CalendarDay, day=date(2040, 1, day), kind=kind)
    assert Inspection.objects.get(pk=cast.inspection.pk).week_ends_weekday == 7
