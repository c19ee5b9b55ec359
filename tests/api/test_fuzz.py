"""The whole schema, tried by a machine that sends what it allows and what it does not, as each role in turn.

Of every answer: it is no error of ours, it is one that the schema tells of, and no row in it is hidden from the person.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
import schemathesis
import time_machine
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, Phase
from schemathesis import checks

from accounts.models import ApiToken
from accounts.permissions import is_auditor, is_system_admin
from accounts.services import make_token
from audit.models import Event
from bulletins.models import Bulletin
from imports.models import Import
from issues.models import Area, Category, Disclosure, Inspection, Issue, Problem, TaskForce
from jobs.models import Job
from ledger.models import SavedFilter
from measures.models import Evidence, Extension, Measure, Milestone, ProgressReport
from notifications.models import Channel, Delivery, Notification, Reminder, Webhook
from papers.models import PaperComment, PaperVersion
from rectify.wsgi import application
from signoffs.models import Application, Decision
from signoffs.services.audit import chains_of
from supervision.models import PublicFeedback, Urge
from tests.api.client import ApiClient
from tests.factories import NOW
from tests.papers.test_pages_matrix import Papers

PEOPLE = ["office", "group", "leader", "inspector", "roads_officer", "parks_officer", "member", "auditor"]
PEOPLE += ["system_admin", "superuser", "stranger"]
CHECKS = [
    checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
MODELS: dict[str, Any] = {
    "inspections": Inspection,
    "areas": Area,
    "categories": Category,
    "problems": Problem,
    "issues": Issue,
    "measures": Measure,
    "evidence": Evidence,
    "extensions": Extension,
    "applications": Application,
    "bulletins": Bulletin,
    "jobs": Job,
    "task-forces": TaskForce,
    "urges": Urge,
    "feedback": PublicFeedback,
    "notifications": Notification,
    "tokens": ApiToken,
    "saved-filters": SavedFilter,
    "imports": Import,
    "papers": PaperVersion,
    "disclosures": Disclosure,
}
OF_KEEPERS: dict[str, Any] = {"channels": Channel, "deliveries": Delivery, "webhooks": Webhook}
"""Lists that the system administrator reads whole, and nobody else."""
OF_MEASURES: dict[str, Any] = {"milestones": Milestone, "progress-reports": ProgressReport}
ABOUT: dict[str, Any] = {"decisions": Decision, "events": Event, "paper-comments": PaperComment}
ABOUT |= {"disclosure-overview": Issue, "reminders": Reminder, **OF_KEEPERS}
ORDINARY, LONG = 2, 60
"""Tries of each operation as each person; `make test-slow` takes the long way."""


@pytest.fixture
def place(db: None) -> Iterator[Papers]:
    with time_machine.travel(NOW + timedelta(minutes=1), tick=False):
        yield Papers()


@contextmanager
def connection_kept() -> Iterator[None]:
    """A server closes its connections between requests; the test's own, with all that it made, must stay."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def visible(name: str, person: Any) -> set[Any]:
    if name in OF_MEASURES:
        rows = OF_MEASURES[name].objects.filter(measure__in=Measure.objects.visible_to(person))
    elif name == "decisions":
        rows = Decision.objects.filter(application__in=Application.objects.visible_to(person))
    elif name == "reminders":
        seen = Measure.objects.visible_to(person)
        rows = Reminder.objects.filter(digest__person=person, measure__in=seen)
    elif name in OF_KEEPERS:
        rows = OF_KEEPERS[name].objects.all() if is_system_admin(person) else OF_KEEPERS[name].objects.none()
    elif name == "paper-comments":
        rows = PaperComment.objects.filter(version__in=PaperVersion.objects.visible_to(person))
    elif name == "disclosure-overview":
        rows = Issue.objects.visible_to(person).fully_visible_to(person)
    elif name == "events":
        rows = Event.objects.filter(chain__key__in=chains_of(person)) if is_auditor(person) else Event.objects.none()
    else:
        rows = MODELS[name].objects.visible_to(person)
    return set(rows.values_list("pk", flat=True))


def hidden_rows(path: str, person: Any, content: Any) -> list[Any]:
    """The rows of an answer that the person does not see by the models' own rule."""
    name = path.split("/")[3]
    if not isinstance(content, dict) or (name not in {*MODELS, *OF_MEASURES, *ABOUT}):
        return []
    rows = content["results"] if "results" in content else [content] if path.count("/") == 5 else []
    seen = visible(name, person)
    return [row for row in rows if "id" in row and row["id"] not in seen]


def on_a_row(case: Any, number: int) -> None:
    """Let a try be about a row that is there, seen or not: a number out of the air is hardly ever one."""
    name = case.path.split("/")[3]
    field = "code" if name == "inspections" else "id"
    if name in {**MODELS, **OF_MEASURES, **ABOUT} and field in (case.path_parameters or {}):
        model = {**MODELS, **OF_MEASURES, **ABOUT}[name]
        keys = list(model.objects.order_by("pk").values_list("pk" if field == "id" else field, flat=True))
        if keys:
            case.path_parameters[field] = str(keys[number % len(keys)])


class Undo(Exception):
    """Takes back what a try has done, so that each begins from the same rows."""


class Machine:
    """Sends requests to operations of the schema as one person after the other, and looks at every answer."""

    def __init__(self, place: Papers, who: str) -> None:
        self.person = getattr(place, who)
        client = ApiClient(self.person).client
        _token, secret = make_token(name="Machine", scope="write", days=1, by=self.person, at=NOW)
        address = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
        self.schema = schemathesis.openapi.from_dict(address.json())
        self.schema.app = application
        self.schema.config.analysis.constants.enabled = False  # it would read our sources again for every operation
        self.headers = {"Authorization": f"Bearer {secret}"}  # a session alone may not write
        self.statuses: list[int] = []
        self.tries = 0

    def operations(self) -> list[Any]:
        return [found.ok() for found in self.schema.get_all_operations()]

    def try_out(self, operation: Any, count: int) -> None:
        """Send so many requests to an operation."""
        tried = hypothesis.given(case=operation.as_strategy())(self.look)
        hypothesis.settings(
            max_examples=count,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.explicit, Phase.generate],
        )(tried)()

    def look(self, case: Any) -> None:
        self.tries += 1
        if self.tries % 2:
            on_a_row(case, self.tries)
        with connection_kept(), suppress(Undo), transaction.atomic():
            answer = case.call(headers=self.headers)
            self.statuses.append(answer.status_code)
            case.validate_response(answer, checks=CHECKS)
            if answer.status_code == 200 and answer.headers["content-type"][0].startswith("application/json"):
                assert hidden_rows(case.formatted_path, self.person, answer.json()) == []
            raise Undo


def test_every_operation_as_one_role_or_another(place: Papers) -> None:
    """The short way: each operation is tried as another person than the one before it."""
    machines = [Machine(place, who) for who in PEOPLE]
    count = len(machines[0].operations())
    for number, row in enumerate(zip(*(machine.operations() for machine in machines), strict=True)):
        machines[number % len(machines)].try_out(row[number % len(machines)], ORDINARY)
    statuses = [status for machine in machines for status in machine.statuses]
    assert len(statuses) >= count > 60
    assert {200, 400, 404} <= set(statuses)


@pytest.mark.slow
@pytest.mark.parametrize("who", PEOPLE)
def test_every_operation_as_each_role(place: Papers, who: str) -> None:
    machine, count = Machine(place, who), int(os.environ.get("FUZZ_TRIES", LONG))
    for operation in machine.operations():
        machine.try_out(operation, count)
    assert len(machine.statuses) > 60 * count / 2
    assert {200, 404} <= set(machine.statuses)
