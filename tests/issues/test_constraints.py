from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from issues.models import Area, CalendarDay, Category, Disclosure, Inspection, Issue, Problem
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


def disclosure(bureau: Bureau, **values: Any) -> Disclosure:
    given = {"issue": bureau.issue(), "audience": "public", "extent": "full", **values}
    return Disclosure.objects.create(proposed_by=bureau.office, proposed_at=NOW, **given)


def decided(bureau: Bureau, status: str = "approved", **values: Any) -> Disclosure:
    row = disclosure(bureau, **values)
    change(row, status=status, decided_by=bureau.group, decided_at=NOW)
    return row


def approved_twice(bureau: Bureau) -> None:
    first = decided(bureau)
    decided(bureau, issue=first.issue)


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
