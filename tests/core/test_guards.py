import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from audit.models import Event
from audit.services import open_trail
from core import guards
from tests.audit.verbs import TrialVerb
from tests.factories import NOW


def _event() -> Event:
    with open_trail("test", at=NOW) as trail:
        return trail.record(TrialVerb.HAPPENED, by=None, kind="test", object_id=1, what="something")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET text = 'x'",
        "UPDATE audit_event SET actor_label = 'x'",
        "DELETE FROM audit_event",
        "UPDATE audit_chain SET head_seq = head_seq - 1",
        "UPDATE audit_chain SET head_seq = head_seq + 2",
        "UPDATE audit_chain SET key = 'other', head_seq = head_seq + 1",
        "DELETE FROM audit_chain",
    ],
)
def test_raw_sql_cannot_change_the_trail(statement: str) -> None:
    _event()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Event.objects.get().text.count("something") == 1


@pytest.mark.django_db
def test_the_orm_cannot_change_or_delete_an_event_either() -> None:
    event = _event()
    for change in (event.save, event.delete, Event.objects.all().delete, lambda: Event.objects.update(verb="x")):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@pytest.mark.django_db
def test_postgresql_refuses_to_truncate_events() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    _event()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # pending checks would refuse it before the guard does
        cursor.execute("TRUNCATE audit_event CASCADE")


@pytest.mark.django_db
def test_the_check_names_a_guard_that_was_taken_away() -> None:
    assert guards.check_guards(databases=["default"]) == []
    table = "" if connection.vendor == "sqlite" else " ON audit_event"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER guard_audit_event_no_delete{table}")
    assert [error.id for error in guards.check_guards(databases=["default"])] == ["core.E001"]
    guards.install(connection)
    assert guards.check_guards(databases=["default"]) == []


@pytest.mark.django_db
def test_the_check_names_a_guard_whose_condition_was_altered() -> None:
    if connection.vendor == "sqlite":
        weaker = [
            "DROP TRIGGER guard_audit_chain_no_delete",
            "CREATE TRIGGER guard_audit_chain_no_delete BEFORE DELETE ON audit_chain BEGIN SELECT 1; END",
        ]
    else:
        weaker = [
            "CREATE OR REPLACE FUNCTION guard_audit_chain_no_delete() RETURNS trigger LANGUAGE plpgsql "
            "AS $$ BEGIN RETURN OLD; END $$"
        ]
    with connection.cursor() as cursor:
        for statement in weaker:
            cursor.execute(statement)
    assert [error.id for error in guards.check_guards(databases=["default"])] == ["core.E001"]


@pytest.mark.django_db
def test_after_guards_were_lifted_in_the_open_they_stand_again() -> None:
    _event()
    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event")
    assert Event.objects.count() == 0
    assert guards.check_guards(databases=["default"]) == []


@pytest.mark.django_db(transaction=True)
def test_migrating_again_leaves_every_guard_in_place() -> None:
    call_command("migrate", verbosity=0)
    assert guards.check_guards(databases=["default"]) == []


def test_a_guard_on_an_unknown_operation_or_a_second_of_one_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no such operation"):
        guards.register(guards.Guard("x", "audit_event", "SELECT", "no"))
    with pytest.raises(ValueError, match="two guards"):
        guards.register(guards.Guard("audit_event_no_delete", "audit_event", "DELETE", "other words"))
