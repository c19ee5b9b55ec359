"""Synthetic data: what was asked for, the same each time, nothing wrong with it, never into what is there."""

from collections import Counter
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client

from accounts.models import Unit, User
from issues.models import Inspection
from measures.models import Measure, MeasureSpan, ProgressReport
from signoffs.models import Application
from tools.synthesize.command import Command

pytestmark = pytest.mark.django_db
STATES = {"planned", "in_progress", "submitted", "signed_off", "cancelled"}


def synthesized(measures: int = 130, inspections: int = 2) -> str:
    out = StringIO()
    call_command(Command(), measures=measures, inspections=inspections, stdout=out)
    return out.getvalue()


def whole() -> list[Any]:
    return list(Measure.objects.order_by("pk").values_list("code", "text", "status", "deadline", "lead_unit__name"))


def test_as_many_measures_as_asked_for_in_every_state_and_several_units() -> None:
    told = synthesized()
    assert "130 measures in 2 inspections" in told
    sizes = Counter(Measure.objects.values_list("inspection__code", flat=True))
    assert sizes == {"mass-1": 65, "mass-2": 65}
    assert set(Measure.objects.values_list("status", flat=True)) == STATES
    assert Measure.objects.filter(inspection__code="mass-1").values("lead_unit").distinct().count() > 3
    assert ProgressReport.objects.exists()
    assert set(Application.objects.values_list("status", flat=True)) == {"pending", "accepted", "returned"}


def test_the_last_span_of_every_measure_is_what_it_is_now() -> None:
    synthesized()
    now = dict(MeasureSpan.objects.filter(valid_to=None).values_list("measure", "status"))
    assert now == dict(Measure.objects.values_list("pk", "status"))


def test_nothing_is_wrong_with_its_trail_its_decisions_and_its_files(capsys: pytest.CaptureFixture[str]) -> None:
    synthesized()
    call_command("verify_audit", evidence=True)
    assert Application.objects.filter(status="accepted").exists()


def test_the_same_numbers_give_the_same_data_and_nothing_is_made_twice() -> None:
    with transaction.atomic():
        synthesized(65, 1)
        first = whole()
        transaction.set_rollback(True)
    synthesized(65, 1)
    assert whole() == first
    assert len({text for _code, text, *_rest in first}) > 20
    with pytest.raises(SystemExit) as refused:
        synthesized(65, 1)
    assert refused.value.code == 1
    assert whole() == first


def test_a_database_in_which_people_work_is_left_alone(cast: Any) -> None:
    units = Unit.objects.count()
    with pytest.raises(SystemExit) as refused:
        synthesized()
    assert refused.value.code == 1
    assert (Unit.objects.count(), Inspection.objects.count(), Measure.objects.count()) == (units, 1, 0)


def test_fewer_measures_than_inspections_are_bad_usage() -> None:
    with pytest.raises(SystemExit) as refused:
        synthesized(3, 4)
    assert refused.value.code == 2
    assert not Inspection.objects.exists()


@pytest.mark.parametrize("measures", ["0", "-1", "many", "1.5"])
def test_what_is_no_number_is_bad_usage(measures: str) -> None:
    with pytest.raises(CommandError, match="is not a number"):
        call_command(Command(), f"--measures={measures}")


def test_its_people_see_what_their_roles_let_them_see(page_of: Any) -> None:
    synthesized(60, 2)
    for username, status in {"mass-office": 200, "mass-1-office": 200, "mass-2-office": 404}.items():
        client: Client = page_of(User.objects.get(username=username))
        assert client.get("/inspections/mass-1/").status_code == status
