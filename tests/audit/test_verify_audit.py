import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from audit.models import Chain, Event
from audit.services import chain_hash, open_trail, verify
from core import guards
from core.exceptions import RuleViolation
from measures.services import start_measure
from tests.audit.verbs import TrialVerb
from tests.factories import NOW, Cast

pytestmark = pytest.mark.django_db


def _chain(length: int = 5) -> Chain:
    for number in range(length):
        with open_trail("test", at=NOW + timedelta(minutes=number)) as trail:
            trail.record(TrialVerb.HAPPENED, by=None, kind="test", object_id=number, what=f"第{number}件 潩")
    return Chain.objects.get(key="test")


def _behind_the_back(statement: str) -> None:
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute(statement)


def _faults() -> list[tuple[str, int]]:
    return [(fault.chain, fault.seq) for fault in verify(["test"])[2]]


def test_a_chain_that_nobody_touched_is_whole() -> None:
    _chain()
    assert verify(["test"]) == (1, 5, [])


def test_an_altered_event_is_named() -> None:
    _chain()
    _behind_the_back("UPDATE audit_event SET text = replace(text, '第2件', '第9件') WHERE seq = 3")
    assert _faults() == [("test", 3)]


def test_an_altered_column_beside_an_unaltered_text_is_named() -> None:
    _chain()
    _behind_the_back("UPDATE audit_event SET actor_label = 'somebody else' WHERE seq = 2")
    assert _faults() == [("test", 2)]


def test_a_missing_event_is_named() -> None:
    _chain()
    _behind_the_back("DELETE FROM audit_event WHERE seq = 3")
    assert ("test", 3) in _faults()


def test_a_last_event_that_was_cut_off_is_named() -> None:
    _chain()
    _behind_the_back("DELETE FROM audit_event WHERE seq = 5")
    assert _faults() == [("test", 5)]


def test_a_tail_cut_off_together_with_the_head_differs_from_the_printed_hash() -> None:
    printed = _chain().head_hash
    _behind_the_back("DELETE FROM audit_event WHERE seq = 5")
    fourth = Event.objects.get(chain__key="test", seq=4)
    _behind_the_back(f"UPDATE audit_chain SET head_seq = 4, head_hash = '{fourth.hash}' WHERE key = 'test'")
    assert _faults() == []  # the chain itself looks whole: this is why every paper carries the hash
    assert Chain.objects.get(key="test").head_hash != printed


def test_an_event_rewritten_with_a_fitting_hash_breaks_the_next_one() -> None:
    _chain()
    third = Event.objects.get(chain__key="test", seq=3)
    text = third.text.replace("第2件", "第9件")
    with guards.lifted(connection):
        Event.objects.filter(pk=third.pk).update(text=text, hash=chain_hash(third.previous_hash, text))
    assert _faults() == [("test", 4)]


def test_the_command_prints_the_faults_as_json_and_exits_with_one() -> None:
    _chain()
    _behind_the_back("DELETE FROM audit_event WHERE seq = 2")
    out = StringIO()
    with pytest.raises(SystemExit) as exit_code:
        call_command("verify_audit", "--json", stdout=out)
    result = json.loads(out.getvalue())
    assert exit_code.value.code == 1
    assert (result["chains"], result["events"]) == (1, 4)
    assert [fault["seq"] for fault in result["broken"]] == [2]


def test_the_command_takes_one_inspection_and_refuses_an_unknown_one(cast: Cast) -> None:
    out = StringIO()
    call_command("verify_audit", "--inspection", cast.inspection.code, "--json", stdout=out)
    assert json.loads(out.getvalue()) == {"chains": 1, "events": 1, "broken": []}
    with pytest.raises(SystemExit) as refused:
        call_command("verify_audit", "--inspection", "no-such")
    assert refused.value.code == 2


def test_a_clock_a_little_behind_is_moved_up_and_one_far_behind_is_refused() -> None:
    _chain(1)
    with open_trail("test", at=NOW - timedelta(seconds=30)) as trail:
        assert trail.at == NOW
    with pytest.raises(RuleViolation), open_trail("test", at=NOW - timedelta(hours=1)):
        pass


def test_a_verb_that_fails_leaves_no_event(cast: Cast) -> None:
    measure = cast.measure(status="in_progress")
    before = Event.objects.count()
    with pytest.raises(RuleViolation):
        start_measure(measure=measure, by=cast.roads_officer, at=NOW)
    assert Event.objects.count() == before


def test_a_service_within_a_service_shares_the_trail_and_a_failed_one_leaves_no_event() -> None:
    with open_trail("test", at=NOW) as outer:
        outer.record(TrialVerb.FIRST, by=None, kind="test")
        with open_trail("test", at=NOW) as inner:
            inner.record(TrialVerb.SECOND, by=None, kind="test")
        with pytest.raises(ZeroDivisionError), open_trail("test", at=NOW) as failing:
            failing.record(TrialVerb.THIRD, by=None, kind="test")
            raise ZeroDivisionError
        outer.record(TrialVerb.FOURTH, by=None, kind="test")
    verbs = Event.objects.filter(chain__key="test").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["first", "second", "fourth"]
    assert verify(["test"]) == (1, 3, [])
