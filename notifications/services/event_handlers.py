"""The one table of events that people are notified of: verb → who, about what. A new one is a line here.

Each handler gets an event and returns drafts. It runs once, when the trail is read; what the notification says is
frozen then. No one is notified of what they did themselves, nor of what they may not see: `outbox` takes both out.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils import timezone

from accounts.models import Role, User
from audit.models import Event
from audit.verbs import kind_of
from issues.models import Inspection
from measures.models import Extension, Measure
from notifications.models import Topic
from notifications.services.create import Draft
from notifications.services.recipients import Holders, people, workers_of
from signoffs.models import Application
from signoffs.permissions import may_decide
from supervision.models import Urge

LONGEST_TEXT = 120  # characters of a text that a notification repeats


@dataclass
class EventContext:
    """An event with its data, and the people of the day it happened on."""

    event: Event

    @cached_property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = json.loads(self.event.text)["data"]
        return data

    @cached_property
    def holders(self) -> Holders:
        return Holders(timezone.localdate(self.event.at))

    @property
    def object_id(self) -> int:
        assert self.event.object_id is not None, "every event that has a handler is about a row"
        return self.event.object_id

    @property
    def measure(self) -> Measure:
        return Measure.objects.select_related("inspection__organisation", "issue").get(pk=self.object_id)

    @property
    def application(self) -> Application:
        rows = Application.objects.select_related("inspection__organisation", "issue", "measure", "applicant")
        return rows.prefetch_related("decisions").get(pk=self.data["application"])

    def drafts(
        self, persons: Iterable[User], kind: str, topic: str, obj: Model, key: str = "", **data: Any
    ) -> list[Draft]:
        """Return one draft a person; without a key of its own the event is the key."""
        key = key or f"event:{self.event.chain_id}:{self.event.seq}"
        actor_name = self.event.actor_label.rpartition(" (")[0]  # as the trail stores it, without the log-in behind it
        data = {"by": actor_name, **data}
        return [Draft(person, key, kind, topic, kind_of(obj), obj.pk, data) for person in persons]


Handler = Callable[[EventContext], list[Draft]]


def data_of_measure(measure: Measure) -> dict[str, Any]:
    """Return what a notification repeats of a measure."""
    return {"code": measure.code, "text": measure.text[:LONGEST_TEXT], "inspection": measure.inspection.title}


def data_of_application(application: Application) -> dict[str, Any]:
    """Return what a notification repeats of an application."""
    subject = application.measure or application.issue
    return {
        "code": application.code,
        "text": subject.text[:LONGEST_TEXT],
        "inspection": application.inspection.title,
        "round": application.round,
    }


def _applicant_and_workers(application: Application, holders: Holders) -> list[int | None]:
    """Return who applied, and the officers and heads of the unit whose work it is."""
    subject = application.measure or application.issue
    return [application.applicant_id, *workers_of(subject.lead_unit_id, holders)]


def on_application_pending(context: EventContext) -> list[Draft]:
    """Notify the people of the next step that an application waits for them; once a step, whichever event says so."""
    application = context.application
    step = application.next_step
    if not step:
        return []
    kind = "closure_waits" if application.is_closure else "application_waits"
    key = f"application:{application.pk}:{application.step}"
    deciders = _deciders(application, step["role"], context.holders)
    data = {**data_of_application(application), "step": step["name"]}
    return context.drafts(deciders, kind, Topic.REVIEW, application, key, **data)


def _deciders(application: Application, role: str, holders: Holders) -> list[User]:
    """Return who may decide the step: the nearest that may, for who applied or decided before may not."""

    def may(person: int) -> bool:
        user = User.objects.filter(pk=person, is_active=True).first()
        return user is not None and may_decide(user, application)

    subject = application.measure or application.issue
    if role == Role.LEADER:
        return people([subject.leader_id])
    if role == Role.UNIT_HEAD:
        return people(holders.nearest(role, subject.lead_unit_id, among=may))
    if role == Role.TASK_FORCE:
        force = application.issue.task_force
        return list(force.members.filter(is_active=True)) if force else []
    return people(holders.nearest(role, application.inspection.organisation_id, among=may))


def on_application_accepted(context: EventContext) -> list[Draft]:
    """Notify of a sign-off, or of the next step that it waits at; a closing has an event of its own."""
    application = context.application
    if application.status != Application.Status.ACCEPTED:
        return on_application_pending(context)
    if application.measure is None:
        return []
    persons = people([*_applicant_and_workers(application, context.holders), application.measure.leader_id])
    key, data = f"application:{application.pk}:accepted", data_of_application(application)
    return context.drafts(persons, "application_accepted", Topic.RESULT, application, key, **data)


def on_issue_closed(context: EventContext) -> list[Draft]:
    """Notify the unit and the leader that an issue was closed."""
    application = context.application
    persons = people([*_applicant_and_workers(application, context.holders), application.issue.leader_id])
    data = data_of_application(application)
    return context.drafts(persons, "issue_closed", Topic.RESULT, application.issue, **data)


def on_application_returned(context: EventContext) -> list[Draft]:
    """Notify who applied and the unit why an application came back."""
    application = context.application
    persons = people(_applicant_and_workers(application, context.holders))
    data = {**data_of_application(application), "ground": context.data["ground"], "reason": context.data["reason"]}
    return context.drafts(persons, "application_returned", Topic.RESULT, application, **data)


def on_extension_requested(context: EventContext) -> list[Draft]:
    """Notify the office, or the group where there is none, that an extension waits for a decision."""
    measure = context.measure
    organisation = measure.inspection.organisation_id
    deciders = context.holders.nearest(Role.OFFICE, organisation) or context.holders.nearest(Role.GROUP, organisation)
    days = dict(zip(("old", "new"), context.data["changes"]["deadline"], strict=True))
    data = {**data_of_measure(measure), **days, "reason": context.data["reason"]}
    return context.drafts(people(deciders), "extension_waits", Topic.EXTENSION, measure, **data)


def on_extension_decided(context: EventContext) -> list[Draft]:
    """Notify who requested an extension, the unit and the leader how it was decided."""
    measure = context.measure
    extension = Extension.objects.get(pk=context.data["extension"])
    data = {**data_of_measure(measure), "old": str(extension.old_deadline), "new": str(extension.new_deadline)}
    data["note"] = context.data["note"]
    kind = "extension_granted" if context.event.verb == "grant_extension" else "extension_refused"
    workers = workers_of(measure.lead_unit_id, context.holders)
    persons = people([extension.requested_by_id, measure.leader_id, *workers])
    return context.drafts(persons, kind, Topic.EXTENSION, measure, **data)


def on_hand_over(context: EventContext) -> list[Draft]:
    """Notify who has a measure now; what one person hands over at one moment is one notification."""
    measure, changes, event = context.measure, context.data["changes"], context.event
    new = [measure.leader_id] if "leader" in changes else []
    new += workers_of(measure.lead_unit_id, context.holders) if "lead_unit" in changes else []
    key = f"hand_over:{event.chain_id}:{event.actor_id}:{event.at.isoformat()}"
    data = {**data_of_measure(measure), "reason": context.data["reason"], "count": 1}
    return context.drafts(people(new), "handed_over", Topic.DUTY, measure, key, **data)


def on_import(context: EventContext) -> list[Draft]:
    """Notify the office, and who asked for it, that an import has changed the ledger: one for all of its rows."""
    inspection = Inspection.objects.get(pk=context.object_id)
    data = {name: context.data[name] for name in ("created", "changed", "unchanged")}
    office = context.holders.nearest(Role.OFFICE, inspection.organisation_id)
    persons = people([context.event.actor_id, *office])
    return context.drafts(persons, "import_finished", Topic.IMPORT, inspection, inspection=inspection.title, **data)


def on_urge_measure(context: EventContext) -> list[Draft]:
    """Notify officers and heads of the unit that they are urged for one measure."""
    measure = context.measure
    persons = people(workers_of(context.data["unit"], context.holders))
    data = {**data_of_measure(measure), "deadline": str(measure.deadline) if measure.deadline else ""}
    return context.drafts(persons, "measure_urged", Topic.URGE, measure, **data)


def on_urge_unit(context: EventContext) -> list[Draft]:
    """Notify officers and heads of the unit that they are urged for all that is overdue."""
    urge = Urge.objects.select_related("inspection", "unit").get(pk=context.object_id)
    persons = people(workers_of(urge.unit_id, context.holders))
    data: dict[str, Any] = {"inspection": urge.inspection.title, "unit": urge.unit.name, "count": urge.measures}
    data |= {"code": urge.inspection.code, "unit_id": urge.unit_id}
    return context.drafts(persons, "unit_urged", Topic.URGE, urge, **data)


HANDLERS: dict[str, Handler] = {
    "apply_for_sign_off": on_application_pending,
    "apply_for_closure": on_application_pending,
    "accept_application": on_application_accepted,
    "close_issue": on_issue_closed,
    "return_application": on_application_returned,
    "request_extension": on_extension_requested,
    "grant_extension": on_extension_decided,
    "refuse_extension": on_extension_decided,
    "hand_over": on_hand_over,
    "import_notice": on_import,
    "import_ledger": on_import,
    "urge_measure": on_urge_measure,
    "urge_unit": on_urge_unit,
}
IMPORTS = ("import_notice", "import_ledger")
# Who asked for an import perhaps did not wait at its page.
NOTIFIES_ACTOR = frozenset(IMPORTS)
"""Verbs of which the actor is notified as well, as of no other thing that they do."""
