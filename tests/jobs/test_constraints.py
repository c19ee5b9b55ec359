from typing import Any

import pytest

from jobs.models import Job
from tests.constraints import constraints_of, put, refused_by
from tests.factories import NOW, Bureau

pytestmark = pytest.mark.django_db


def job(bureau: Bureau, **fields: Any) -> None:
    put(Job, **{"job_type": "test", "title": "Test", "requested_by": bureau.office, "requested_at": NOW, **fields})


VIOLATIONS: list[tuple[str, dict[str, Any]]] = [
    ("job_status_known", {"status": "lost"}),
    ("job_percent_to_hundred", {"percent": 101}),
    ("job_running_has_lease", {"status": "running"}),
    ("job_failed_has_error", {"status": "failed"}),
]


@pytest.mark.parametrize(("name", "fields"), VIOLATIONS)
def test_the_database_refuses_it_by_name(bureau: Bureau, name: str, fields: dict[str, Any]) -> None:
    with refused_by("jobs", name):
        job(bureau, **fields)


def test_every_named_constraint_is_tried() -> None:
    assert {name for name, _fields in VIOLATIONS} == set(constraints_of("jobs"))


def test_what_the_rules_allow_the_database_allows(bureau: Bureau) -> None:
    for fields in (
        {"status": "queued"},
        {"status": "running", "lease_until": NOW},
        {"status": "done", "percent": 100},
        {"status": "failed", "error": "The file could not be read."},
    ):
        job(bureau, **fields)
    assert Job.objects.count() == 4
