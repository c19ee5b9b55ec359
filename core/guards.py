"""Guards: database triggers for rules that no constraint can express. One registry, two databases.

A guard refuses a statement on one table. It is written once in SQL that SQLite and PostgreSQL share (`OLD`
and `NEW` rows, subqueries); the registry turns it into each database's own trigger.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

PREFIX = "guard_"
OPERATIONS = ("INSERT", "UPDATE", "DELETE")


@dataclass(frozen=True)
class Guard:
    """A trigger: `operation` on `table` is refused with `message` where the SQL condition `refuses` is true."""

    name: str
    table: str
    operation: str
    message: str
    refuses: str = "1 = 1"

    @property
    def trigger(self) -> str:
        return f"{PREFIX}{self.name}"


_registry: dict[str, Guard] = {}


def register(*guards: Guard) -> None:
    """Add guards to the registry; a name or an operation that cannot be is a programming error."""
    for guard in guards:
        if guard.operation not in OPERATIONS:
            raise ValueError(f"guard {guard.name}: no such operation {guard.operation}")
        if _registry.get(guard.name, guard) != guard:
            raise ValueError(f"two guards are named {guard.name}")
        _registry[guard.name] = guard


def protect(table: str, *, message: str) -> None:
    """Register guards that make `table` append-only."""
    register(
        Guard(f"{table}_no_update", table, "UPDATE", message),
        Guard(f"{table}_no_delete", table, "DELETE", message),
    )


def registered() -> list[Guard]:
    return sorted(_registry.values(), key=lambda guard: guard.name)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _sqlite(guard: Guard) -> list[str]:
    body = f"SELECT RAISE(ABORT, {_quoted(guard.message)}) WHERE {guard.refuses};"
    return [f"CREATE TRIGGER {guard.trigger} BEFORE {guard.operation} ON {guard.table} BEGIN {body} END"]


def _postgresql(guard: Guard) -> list[str]:
    row = "OLD" if guard.operation == "DELETE" else "NEW"
    raise_it = f"RAISE EXCEPTION USING MESSAGE = {_quoted(guard.message)}, ERRCODE = 'integrity_constraint_violation';"
    function = (
        f"CREATE OR REPLACE FUNCTION {guard.trigger}() RETURNS trigger LANGUAGE plpgsql AS $guard$ "
        f"BEGIN IF {guard.refuses} THEN {raise_it} END IF; RETURN {row}; END $guard$"
    )
    trigger = (
        f"CREATE TRIGGER {guard.trigger} BEFORE {guard.operation} ON {guard.table} "
        f"FOR EACH ROW EXECUTE FUNCTION {guard.trigger}()"
    )
    return [function, trigger, *_postgresql_truncate(guard)]


def _postgresql_truncate(guard: Guard) -> list[str]:
    """TRUNCATE fires no row trigger: a table whose rows may not be deleted needs a trigger of its own against it."""
    if guard.operation != "DELETE":
        return []
    name = f"{guard.trigger}_truncate"
    raise_it = f"RAISE EXCEPTION USING MESSAGE = {_quoted(guard.message)}, ERRCODE = 'integrity_constraint_violation';"
    return [
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN {raise_it} END $guard$",
        f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {guard.table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()",
    ]


def installed(connection: BaseDatabaseWrapper) -> dict[str, tuple[str, str]]:
    """Return the triggers in the database's catalogue: name → (table, definition)."""
    if connection.vendor == "sqlite":
        query = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
    else:
        query = (
            "SELECT t.tgname, c.relname, pg_get_functiondef(t.tgfoid) FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
            "WHERE NOT t.tgisinternal AND n.nspname = current_schema() AND t.tgenabled <> 'D' AND t.tgname LIKE %s"
        )
    with connection.cursor() as cursor:
        cursor.execute(query, [f"{PREFIX}%"])
        return {name: (table, definition) for name, table, definition in cursor.fetchall()}


def lift(connection: BaseDatabaseWrapper) -> None:
    """Drop every guard that the catalogue holds, registered or not."""
    with connection.cursor() as cursor:
        for name, (table, _definition) in installed(connection).items():
            if connection.vendor == "sqlite":
                cursor.execute(f"DROP TRIGGER {name}")
            else:
                cursor.execute(f"DROP TRIGGER {name} ON {table}")
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")


def install(connection: BaseDatabaseWrapper) -> None:
    """Install the guards of all tables that exist (a partial migration may not have created all of them yet)."""
    lift(connection)
    tables = set(connection.introspection.table_names())
    make = _sqlite if connection.vendor == "sqlite" else _postgresql
    with connection.cursor() as cursor:
        for guard in registered():
            if guard.table in tables:
                for statement in make(guard):
                    cursor.execute(statement)


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Lift all guards for what must rewrite tables as a whole (restore, emptying a test database)."""
    lift(connection)
    try:
        yield
    finally:
        install(connection)


def lift_before_migrate(*, app_config: AppConfig, using: str, **_kwargs: Any) -> None:
    """Receiver of `pre_migrate`, which is sent once per app: the first one does it for all."""
    if app_config == _apps_with_models()[0]:
        lift(connections[using])


def install_after_migrate(*, app_config: AppConfig, using: str, **_kwargs: Any) -> None:
    """Receiver of `post_migrate`, which is sent once per app: the last one does it for all."""
    if app_config == _apps_with_models()[-1]:
        install(connections[using])


def _apps_with_models() -> list[AppConfig]:
    return [config for config in apps.get_app_configs() if config.models_module is not None]


def _missing(connection: BaseDatabaseWrapper) -> list[Guard]:
    there = installed(connection)
    tables = set(connection.introspection.table_names())
    return [
        guard
        for guard in registered()
        if guard.table in tables
        and (there.get(guard.trigger, ("", ""))[0] != guard.table or guard.refuses not in there[guard.trigger][1])
    ]


def check_guards(*, databases: list[str] | None = None, **_kwargs: Any) -> list[CheckMessage]:
    """System check (`check --database default`): every registered guard is in the catalogue as written."""
    return [
        Error(
            f"Guard {guard.name} on {guard.table} is missing or altered in database {alias}.",
            hint="Run `manage.py migrate`; it installs the guards again.",
            id="core.E001",
        )
        for alias in databases or []
        for guard in _missing(connections[alias or DEFAULT_DB_ALIAS])
    ]
