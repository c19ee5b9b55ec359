"""Three hundred ledgers in three hundred ways of writing them: the import gives each of them back."""

from typing import Any

import pytest

from accounts.models import Unit
from imports.services import apply_import
from imports.services.reading import read_workbook
from issues.models import Inspection
from measures.models import Measure
from tests.factories import NOW, inspection, unit, user
from tests.imports.workbook.generator import BEGINS, ENDS, LEADERS, MODES, UNITS, Drawn, draw
from tests.randomness import seeds

pytestmark = [pytest.mark.django_db, pytest.mark.once]
SEEDS, TOGETHER = seeds(300, longer=2), 15
ABOVE = ("issue__problem__category__area__title", "issue__problem__category__title", "issue__problem__title")


@pytest.fixture
def cast() -> Unit:
    """A bureau whose people and units are those that the workbooks name."""
    made = unit("青川市水务局")
    for name in LEADERS:
        user(name, over=made)
    for name in UNITS:
        unit(name, parent=made)
    return made


def expected(drawn: Drawn) -> list[dict[str, Any]]:
    """What the ledger holds afterwards; of what the workbook has no column it holds nothing."""
    rows = []
    for plan in drawn.measures:
        row = dict(vars(plan))
        for name, empty in (("goal", ""), ("kinds", []), ("supporting", []), ("handler", ""), ("remarks", "")):
            if name not in drawn.fields:
                row[name] = empty
        if "sustained" not in drawn.fields:
            of_issue = [each for each in drawn.measures if (each.problem, each.issue) == (plan.problem, plan.issue)]
            row["sustained"] = any(each.mode == "long_term" for each in of_issue if _tells_long_term(each, drawn))
        rows.append(row)
    return rows


def _tells_long_term(plan: Any, drawn: Drawn) -> bool:
    return plan.mode == "long_term" and (plan.deadline is None or "mode" not in drawn.fields)


def held(place: Inspection) -> list[dict[str, Any]]:
    rows = []
    for measure in Measure.objects.filter(inspection=place).order_by("sort_key"):
        problem = measure.issue.problem
        rows.append(
            {
                "area": problem.category.area.title,
                "category": problem.category.title,
                "problem": problem.title,
                "issue": measure.issue.text,
                "goal": measure.issue.goal,
                "sustained": measure.issue.is_sustained,
                "text": measure.text,
                "kinds": measure.kinds,
                "leader": measure.leader.name,
                "lead_unit": measure.lead_unit.name,
                "supporting": sorted(measure.supporting_units.values_list("name", flat=True)),
                "handler": measure.handler,
                "mode": measure.mode,
                "deadline": measure.deadline,
                "remarks": measure.remarks,
            }
        )
    return rows


@pytest.mark.drawn
@pytest.mark.parametrize("first", range(0, len(SEEDS), TOGETHER))
def test_whatever_way_it_is_written_the_ledger_is_the_same(cast: Unit, first: int) -> None:
    for seed in SEEDS[first : first + TOGETHER]:
        place = inspection(cast, concentrated_from=BEGINS, concentrated_until=ENDS)
        drawn = draw(seed)
        outcome = taken_in(drawn, place)
        assert outcome["errors"] == [], seed
        assert outcome["missing"] == {"units": [], "leaders": []}, seed
        assert outcome["unread"] == [], seed
        assert held(place) == expected(drawn), seed
        again = taken_in(drawn, place)
        assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, len(drawn.measures)), seed


def taken_in(drawn: Drawn, place: Inspection) -> dict[str, Any]:
    reading = read_workbook(drawn.data, inspection=place, today=NOW.date())
    return apply_import(reading, code=place.code, by=None, at=NOW)


@pytest.mark.drawn
def test_the_generator_draws_every_way() -> None:
    """Else the three hundred would prove less than they seem to."""
    drawn = [draw(seed) for seed in SEEDS]
    assert len({frozenset(each.fields) for each in drawn}) > 50
    assert {mode for each in drawn for plan in each.measures for mode in [plan.mode]} == set(MODES.values())
