from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from accounts.models import ApiToken, Appointment, IdempotencyRecord, Role, Unit
from tests.database_constraints import change, constraints_of, put, refused_by
from tests.factories import NOW, TODAY, Cast

pytestmark = pytest.mark.django_db


def appoint(cast: Cast, **fields: Any) -> None:
    put(Appointment, **{"user": cast.office, "role": Role.LEADER, "unit": cast.organisation, **fields})


def token(cast: Cast, **fields: Any) -> None:
    day = timedelta(days=1)
    values = {"name": "Screen", "prefix": "rct_abcdef", "digest": "0" * 64, "created_at": NOW, "expires_at": NOW + day}
    put(ApiToken, **{"user": cast.office, **values, **fields})


def answers(cast: Cast, *keys: str) -> None:
    for key in keys:
        put(IdempotencyRecord, user=cast.office, key=key, digest="0" * 64, at=NOW)


YESTERDAY = TODAY - timedelta(days=1)
Violation = Callable[[Cast], Any]
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
def test_the_database_refuses_it_by_name(cast: Cast, name: str, violate: Violation) -> None:
    with refused_by("accounts", name):
        violate(cast)


def test_every_named_constraint_is_tried() -> None:
    assert {name for name, _violate in VIOLATIONS} == set(constraints_of("accounts"))


def test_what_the_rules_allow_the_database_allows(cast: Cast) -> None:
    """One name below two parents, a second role over the same unit, an appointment for a single day."""
    put(Unit, name="Roads", path="/0/")
    appoint(cast, since=TODAY, until=TODAY)
    appoint(cast, role=Role.GROUP, until=YESTERDAY)
    assert Unit.objects.filter(name="Roads").count() == 2
    assert cast.office.appointments.count() == 3
    token(cast)
    answers(cast, "k", "l")
