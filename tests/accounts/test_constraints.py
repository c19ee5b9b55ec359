from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import ApiToken, Appointment, IdempotencyRecord, Role, Unit
from tests.constraints import change, constraints_of, put, refused_by
from tests.factories import NOW, TODAY, Bureau

pytestmark = pytest.mark.django_db


def appoint(bureau: Bureau, **fields: Any) -> None:
    put(Appointment, **{"user": bureau.office, "role": Role.LEADER, "unit": bureau.organisation, **fields})


def token(bureau: Bureau, **fields: Any) -> None:
    day = timedelta(days=1)
    values = {"name": "Screen", "prefix": "rct_abcdef", "digest": "0" * 64, "created_at": NOW, "expires_at": NOW + day}
    put(ApiToken, **{"user": bureau.office, **values, **fields})


def answers(bureau: Bureau, *keys: str) -> None:
    for key in keys:
        put(IdempotencyRecord, user=bureau.office, key=key, digest="0" * 64, at=NOW)


YESTERDAY = TODAY - timedelta(days=1)
Violation = Callable[[Bureau], Any]
VIOLATIONS: list[tuple[str, Violation]] = [
    ("unit_name_once_per_parent", lambda b: change(b.parks, name=b.roads.name)),
    ("unit_root_name_once", lambda b: put(Unit, name=b.organisation.name, path="/0/")),
    ("unit_is_not_its_own_parent", lambda b: change(b.roads, parent=b.roads)),
    ("appointment_once", lambda b: appoint(b, role=Role.OFFICE)),
    ("appointment_role_known", lambda b: appoint(b, role="king")),
    ("appointment_role_known", lambda b: appoint(b, role=Role.TASK_FORCE)),
    ("appointment_ends_after_start", lambda b: appoint(b, since=TODAY, until=YESTERDAY)),
    ("token_scope_known", lambda b: token(b, scope="all")),
    ("token_ends_after_start", lambda b: token(b, expires_at=NOW)),
    ("token_has_name", lambda b: token(b, name="")),
    ("idempotency_key_once_per_user", lambda b: answers(b, "k", "k")),
]


@pytest.mark.parametrize(("name", "violate"), VIOLATIONS, ids=[name for name, _violate in VIOLATIONS])
def test_the_database_refuses_it_by_name(bureau: Bureau, name: str, violate: Violation) -> None:
    with refused_by("accounts", name):
        violate(bureau)


def test_every_named_constraint_is_tried() -> None:
    assert {name for name, _violate in VIOLATIONS} == set(constraints_of("accounts"))


def test_what_the_rules_allow_the_database_allows(bureau: Bureau) -> None:
    """One name below two parents, a second role over the same unit, an appointment for a single day."""
    put(Unit, name="Roads", path="/0/")
    appoint(bureau, since=TODAY, until=TODAY)
    appoint(bureau, role=Role.GROUP, until=YESTERDAY)
    assert Unit.objects.filter(name="Roads").count() == 2
    assert bureau.office.appointments.count() == 3
    token(bureau)
    answers(bureau, "k", "l")
