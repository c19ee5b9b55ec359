"""Each rule of the figures is written once: what counts, which light is on (when a span is valid: core)."""

import re
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings

from issues.models import Light, default_lights
from issues.models.lights import COLOUR_NAMES, OFFICIAL_WORDS
from measures.models import Measure
from reporting.api import IssueFiguresSerializer, MeasureFiguresSerializer
from reporting.models import Snapshot, SnapshotRow
from signoffs.queries.figures import IssueCounts, MeasureCounts

TODAY = date(2026, 3, 2)
APPS = [path for path in Path(settings.BASE_DIR).iterdir() if (path / "apps.py").is_file()]
HOMES = {
    r"deadline__lt=|\"deadline__lt\"": {"measures/models/measure.py"},
    r"last_application=\"": {"measures/models/measure.py"},
    r"[\"']on_course[\"']": {"issues/models/lights.py"},
    r"class \w+\(AddableCounts\)|def count_(measures|issues|by)\(": {"signoffs/queries/figures.py"},
}


@pytest.mark.parametrize("rule", HOMES)
def test_a_rule_of_the_figures_has_one_home(rule: str) -> None:
    files = [path for app in APPS for path in app.rglob("*.py") if "migrations" not in path.parts]
    homes = {
        str(path.relative_to(settings.BASE_DIR)) for path in files if re.search(rule, path.read_text(encoding="utf-8"))
    }
    assert homes == HOMES[rule]


@pytest.mark.parametrize("model", [Snapshot, SnapshotRow])
def test_a_new_figure_gets_its_column_and_its_field_in_the_api_from_the_shape(model: type[Snapshot]) -> None:
    columns = {field.name for field in model._meta.fields}
    for prefix, shape in (("measures", MeasureCounts), ("issues", IssueCounts)):
        assert {name for name in columns if name.startswith(f"{prefix}_")} == {
            f"{prefix}_{each.name}" for each in fields(shape)
        }
    for serializer, shape in ((MeasureFiguresSerializer, MeasureCounts), (IssueFiguresSerializer, IssueCounts)):
        assert set(serializer().fields) == {*shape.names(), "counted", "rate"}


def test_every_state_is_a_figure() -> None:
    assert set(MeasureCounts.states().values()) == set(Measure.Status.values)


def test_each_light_has_its_words_and_its_colour() -> None:
    assert set(COLOUR_NAMES) == set(OFFICIAL_WORDS) == set(Light)
    assert list(default_lights()) == Light.values


@pytest.mark.parametrize("status", [status for status in Measure.Status.values if status != "cancelled"])
@pytest.mark.parametrize("days", [-1, 0, 10, 11, None])
def test_one_measure_has_the_light_of_a_unit_with_that_measure_alone(status: str, days: int | None) -> None:
    deadline = None if days is None else TODAY + timedelta(days=days)
    measure = Measure(status=status, deadline=deadline)
    state = {state: name for name, state in MeasureCounts.states().items()}[status]
    counts = MeasureCounts(
        total=1,
        overdue=int(measure.is_overdue(TODAY)),
        due_soon=int(measure.is_due_soon(TODAY, 10)),
        **{state: 1},
    )
    assert measure.light(TODAY, 10) == counts.light
