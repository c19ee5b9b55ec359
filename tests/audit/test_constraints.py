from typing import Any

import pytest

from audit.models import Event
from audit.services import open_trail
from tests.audit.verbs import TrialVerb
from tests.database_constraints import constraints_of, put, refused_by
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("name", "seq"), [("event_seq_once_per_chain", 1), ("event_seq_from_one", 0)])
def test_the_database_refuses_an_event_out_of_turn_by_name(name: str, seq: int) -> None:
    with open_trail("test", at=NOW) as trail:
        there = trail.record(TrialVerb.HAPPENED, by=None, kind="test")
    values: dict[str, Any] = {"chain": there.chain, "at": NOW, "verb": "happened", "kind": "test", "text": "{}"}
    with refused_by("audit", name):
        put(Event, seq=seq, **values)


def test_every_named_constraint_is_tried() -> None:
    assert set(constraints_of("audit")) == {"event_seq_once_per_chain", "event_seq_from_one"}
