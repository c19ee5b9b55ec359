"""An import that is refused leaves nothing behind, whatever it had begun."""

from datetime import date

import pytest

from accounts.models import Unit
from audit.models import Event
from imports.services import apply_import
from issues.models import Inspection
from readers.tree import AreaNode, CategoryNode, IssueNode, MeasureNode, ProblemNode, Reading
from tests.factories import NOW, unit

pytestmark = pytest.mark.django_db


def reading(**measure: object) -> Reading:
    node = MeasureNode(text="Repair the roof", **measure)
    issue = IssueNode(text="The roof leaks", measures=[node])
    area = AreaNode(categories=[CategoryNode(problems=[ProblemNode(issues=[issue])])])
    return Reading(title="Plan", organisation="Bureau", areas=[area])


def test_unknown_names_refuse_a_new_inspection_as_a_whole() -> None:
    organisation, events = unit("Bureau"), Event.objects.count()
    outcome = apply_import(
        reading(leader="Director", lead_unit="Works", deadline=date(2026, 5, 1)),
        code="round-9",
        by=None,
        at=NOW,
        organisation=organisation,
    )
    assert outcome["applied"] is False
    assert outcome["missing"] == {"units": ["Works"], "leaders": ["Director"]}
    assert not Inspection.objects.exists()
    assert Event.objects.count() == events


def test_a_broken_rule_refuses_the_units_that_were_made_for_it_too() -> None:
    outcome = apply_import(
        reading(leader="Director", lead_unit="Works", mode="staged", deadline=date(2026, 5, 1)),
        code="round-9",
        by=None,
        at=NOW,
        create_missing=True,
    )
    assert outcome["applied"] is False
    assert [error["column"] for error in outcome["errors"]] == ["milestones"]
    assert not Unit.objects.exists()
    assert not Inspection.objects.exists()
