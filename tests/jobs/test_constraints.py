from typing import Any

import pytest

from jobs.models import Job
from tests.database_constraints import constraints_of, put, refused_by
from tests.factories import NOW, Cast

pytestmark = pytest.mark.django_db


def job(cast: Cast, **fields: Any) -> None:
    put(Job, **{"job_type": "test", "title": "Test", "requested_by": cast.office, "requested_at": NOW, **fields})


VIOLATIONS: list[tuple[str, dict[str, Any]]] = [
    ("job_status_known", {"status": "lost"}),
    ("job_percent_to_hundred", {"percent": 101}),
    ("job_running_has_lease", {"status": "running"}),
    ("job_failed_has_error", {"status": "failed"}),
]


@pytest.mark.parametrize(("name", "fields"), VIOLATIONS)
def test_the_database_refuses_it_by_name(cast: Cast, name: str, fields: dict[str, Any]) -> None:
    with refused_by("jobs", name):
        job(cast, **fields)


def test_every_named_constraint_is_tried() -> None:
    assert {name for name, _fields in VIOLATIONS} == set(constraints_of("jobs"))


def test_what_the_rules_allow_the_database_allows(cast: Cast) -> None:
    for fields in (
        {"status": "queued"},
        {"status": "running", "lease_until": NOW},
        {"status": "done", "percent": 100},
        {"status": "failed", "error": "The file could not be read."},
    ):
        job(cast, **fields)
    assert Job.objects.count() == 4
