"""What a supervisor of the machine asks: does the process answer, can it do its work."""

from collections.abc import Callable

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

from rectify.celery import app

BROKER_SECONDS = 3


@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is checked."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """Database, migrations and broker, each `ok` or what is wrong in one word; 503 where anything is."""
    states = {"database": _check(_database), "migrations": _check(_migrations), "broker": _check(_broker)}
    return JsonResponse(states, status=200 if set(states.values()) == {"ok"} else 503)


def _check(probe: Callable[[], str]) -> str:
    """A visitor learns that something is wrong, not what: the cause may hold addresses and passwords."""
    try:
        return probe()
    except Exception:
        return "unreachable"


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    return "missing" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def _broker() -> str:
    """Ask for the length of a queue: opening a connection alone does not reach either broker."""
    with app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
        broker.default_channel.queue_declare(queue="people")
    return "ok"
