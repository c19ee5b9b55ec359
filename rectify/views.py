"""What a supervisor of the machine asks (does the process answer, can it do its work), and the style guide."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.permissions import is_system_admin
from core.breadcrumbs import breadcrumbs
from core.exceptions import Forbidden
from issues.models import default_lights
from measures.forms import ReasonForm
from measures.models import Measure
from rectify.celery import app

BROKER_SECONDS = 3


@never_cache
def healthz(_request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok", content_type="text/plain")


@never_cache
def readyz(_request: HttpRequest) -> JsonResponse:
    """Database, migrations and broker, each `ok` or what is wrong in one word; 503 where anything is."""
    answers = {"database": _word(_database), "migrations": _word(_migrations), "broker": _word(_broker)}
    return JsonResponse(answers, status=200 if set(answers.values()) == {"ok"} else 503)


def _word(check: Callable[[], str]) -> str:
    """A visitor learns that something is wrong, not what: the cause may hold addresses and passwords."""
    try:
        return check()
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


@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every part that pages are made of, with one example each; for administrators."""
    if not is_system_admin(request.user):
        raise Forbidden
    today, now = timezone.localdate(), timezone.now()
    labels = dict(Measure.Status.choices)
    wrong = ReasonForm({"reason": ""})
    context = {
        "states": Measure.Status.choices,
        "lights": ["on_course", "due_soon", "overdue", "signed_off"],
        "light_names": default_lights(),
        "parts": [("signed_off", labels["signed_off"], 96), ("submitted", labels["submitted"], 20)]
        + [("in_progress", labels["in_progress"], 82), ("overdue", _("overdue"), 12)]
        + [("planned", labels["planned"], 30), ("cancelled", labels["cancelled"], 2)],
        "line": [
            {"label": labels["planned"], "state": "reached", "when": now - timedelta(days=40), "who": ""},
            {"label": labels["in_progress"], "state": "current", "when": now - timedelta(days=12), "who": ""},
            {"label": labels["submitted"], "state": "", "when": None, "who": ""},
        ],
        "days": [today - timedelta(days=3), today, today + timedelta(days=5), None],
        "page": Paginator(range(500), 25).get_page(4),
        "form": ReasonForm(),
        "wrong": wrong,
        "breadcrumbs": breadcrumbs(_("Style guide")),
    }
    return render(request, "rectify/styleguide.html", context)
