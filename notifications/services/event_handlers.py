"""The one table of events that people are told of: verb → who, about what. A new kind is a line here.

Each function gets an event and returns drafts. It runs once, when the trail is read; what it tells is frozen then.
Nobody is told of what they did themselves, nor of what they may not see: `reading` takes both out.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from accounts.models import Role, User
from audit.models import Event
from issues.models import Inspection
from measures.models import Extension, Measure
from notifications.models import Topic
from notifications.services.create import Draft
from notifications.services.recipients import Holders, people, workers_of
from signoffs.models import Application
from signoffs.permissions import may_decide
from supervision.models import Urge

MEASURE, APPLICATION, INSPECTION = "measures.measure", "signoffs.application", "issues.inspection"
TEXT_KEPT = 120  # characters of a text that a notice repeats


def _id(event: Event) -> int:
    """The object's key; every event in the table is about something."""
    assert event.object_id is not None
    return event.object_id


@dataclass
class Read:
    """An event with its data, and the people of the day it happened on."""

    event: Event

    @cached_property
    def data(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.event.text)["data"]
        return found

    @cached_property
    def holders(self) -> Holders:
        return Holders(timezone.localdate(self.event.at))

    @property
    def measure(self) -> Measure:
        return Measure.objects.select_related("inspection__organisation", "issue").get(pk=_id(self.event))

    def drafts(
        self, persons: Iterable[User], kind: str, topic: str, about: tuple[str, int], key: str = "", **data: Any
    ) -> list[Draft]:
        """Return one draft a person; without a key of its own the event is the key."""
        told = {"by": self._who, **data}
        key = key or f"event:{self.event.chain_id}:{self.event.seq}"
        return [Draft(person, key, kind, topic, about[0], about[1], told) for person in persons]

    @property
    def _who(self) -> str:
        """The name as the trail keeps it, without the log-in behind it."""
        return self.event.actor_label.rpartition(" (")[0]


def of_measure(measure: Measure) -> dict[str, Any]:
    """Return what a notice keeps of a measure."""
    return {"code": measure.code, "text": measure.text[:TEXT_KEPT], "inspection": measure.inspection.title}


def _of_application(application: Application) -> dict[str, Any]:
    subject = application.measure or application.issue
    title = application.inspection.title
    return {"code": application.code, "text": subject.text[:TEXT_KEPT], "inspection": title, "round": application.round}


def _application(read: Read) -> Application:
    rows = Application.objects.select_related("inspection__organisation", "issue", "measure", "applicant")
    return rows.prefetch_related("decisions").get(pk=read.data["application"])


def _workers(application: Application, holders: Holders) -> list[int | None]:
    """Who applied, and the officers and heads of the unit whose work it is."""
    held = application.measure or application.issue
    return [application.applicant_id, *workers_of(held.lead_unit_id, holders)]


def waiting(read: Read) -> list[Draft]:
    """Tell the people of the next step that an application waits for them; once a step, whichever event says so."""
    application = _application(read)
    step = application.next_step
    if not step:
        return []
    kind = "closure_waits" if application.is_closure else "application_waits"
    key = f"application:{application.pk}:{application.step}"
    deciders, about = _deciders(application, step["role"], read.holders), (APPLICATION, application.pk)
    told = {**_of_application(application), "step": step["name"]}
    return read.drafts(deciders, kind, Topic.REVIEW, about, key, **told)


def _deciders(application: Application, role: str, holders: Holders) -> list[User]:
    """Return who may decide the step: the nearest that may, for who applied or decided before may not."""

    def may(person: int) -> bool:
        user = User.objects.filter(pk=person, is_active=True).first()
        return user is not None and may_decide(user, application)

    held = application.measure or application.issue
    if role == Role.LEADER:
        return people([held.leader_id])
    if role == Role.UNIT_HEAD:
        return people(holders.nearest(role, held.lead_unit_id, among=may))
    if role == Role.TASK_FORCE:
        force = application.issue.task_force
        return list(force.members.filter(is_active=True)) if force else []
    return people(holders.nearest(role, application.inspection.organisation_id, among=may))


def accepted(read: Read) -> list[Draft]:
    """Tell of a sign-off, or of the next step that it waits at; a closing is told by its own event."""
    application = _application(read)
    if application.status != Application.Status.ACCEPTED:
        return waiting(read)
    if application.measure is None:
        return []
    told = people([*_workers(application, read.holders), application.measure.leader_id])
    key, about = f"application:{application.pk}:accepted", (APPLICATION, application.pk)
    return read.drafts(told, "application_accepted", Topic.RESULT, about, key, **_of_application(application))


def closed(read: Read) -> list[Draft]:
    """Tell the unit and the leader that an issue was closed."""
    application = _application(read)
    told = people([*_workers(application, read.holders), application.issue.leader_id])
    about = ("issues.issue", application.issue_id)
    return read.drafts(told, "issue_closed", Topic.RESULT, about, **_of_application(application))


def returned(read: Read) -> list[Draft]:
    """Tell who applied and the unit why an application came back."""
    application = _application(read)
    told = {**_of_application(application), "ground": read.data["ground"], "reason": read.data["reason"]}
    about = (APPLICATION, application.pk)
    return read.drafts(people(_workers(application, read.holders)), "application_returned", Topic.RESULT, about, **told)


def extension_asked(read: Read) -> list[Draft]:
    """Tell the office, or the group where there is none, that an extension waits for a decision."""
    measure = read.measure
    for role in (Role.OFFICE, Role.GROUP):
        if held := read.holders.nearest(role, measure.inspection.organisation_id):
            break
    days = dict(zip(("old", "new"), read.data["changes"]["deadline"], strict=True))
    told = {**of_measure(measure), **days, "reason": read.data["reason"]}
    return read.drafts(people(held), "extension_waits", Topic.EXTENSION, (MEASURE, measure.pk), **told)


def extension_decided(read: Read) -> list[Draft]:
    """Tell who asked, the unit and the leader how an extension was decided."""
    measure = read.measure
    extension = Extension.objects.get(pk=read.data["extension"])
    told = {**of_measure(measure), "old": str(extension.old_deadline), "new": str(extension.new_deadline)}
    told["note"] = read.data["note"]
    kind = "extension_granted" if read.event.verb == "grant_extension" else "extension_refused"
    who = people([extension.requested_by_id, measure.leader_id, *workers_of(measure.lead_unit_id, read.holders)])
    return read.drafts(who, kind, Topic.EXTENSION, (MEASURE, measure.pk), **told)


def handed_over(read: Read) -> list[Draft]:
    """Tell who has a measure now; what one person hands over at one moment is one notice."""
    measure, changes = read.measure, read.data["changes"]
    new = [measure.leader_id] if "leader" in changes else []
    new += workers_of(measure.lead_unit_id, read.holders) if "lead_unit" in changes else []
    key = f"hand_over:{read.event.chain_id}:{read.event.actor_id}:{read.event.at.isoformat()}"
    told = {**of_measure(measure), "reason": read.data["reason"], "count": 1}
    return read.drafts(people(new), "handed_over", Topic.DUTY, (MEASURE, measure.pk), key, **told)


def imported(read: Read) -> list[Draft]:
    """Tell the office, and who asked for it, that an import has changed the ledger: one notice for all of its rows.

    Who asked did not wait at the page perhaps: they are told of their own import, as of no other thing they do.
    """
    inspection = Inspection.objects.get(pk=_id(read.event))
    told = {name: read.data[name] for name in ("created", "changed", "unchanged")}
    office = read.holders.nearest(Role.OFFICE, inspection.organisation_id)
    who = people([read.event.actor_id, *office])
    about = (INSPECTION, inspection.pk)
    return read.drafts(who, "import_finished", Topic.IMPORT, about, inspection=inspection.title, **told)


def urged(read: Read) -> list[Draft]:
    """Tell officers and heads of the unit that they are urged, for one measure or for all that is overdue."""
    if read.event.verb == "urge_measure":
        measure = read.measure
        who = people(workers_of(read.data["unit"], read.holders))
        deadline = str(measure.deadline) if measure.deadline else ""
        told = {**of_measure(measure), "deadline": deadline}
        return read.drafts(who, "measure_urged", Topic.URGE, (MEASURE, measure.pk), **told)
    urge = Urge.objects.select_related("inspection", "unit").get(pk=_id(read.event))
    told = {"inspection": urge.inspection.title, "unit": urge.unit.name, "count": urge.measures}
    told |= {"code": urge.inspection.code, "unit_id": urge.unit_id}
    who = people(workers_of(urge.unit_id, read.holders))
    return read.drafts(who, "unit_urged", Topic.URGE, ("supervision.urge", urge.pk), **told)


KINDS: dict[str, Callable[[Read], list[Draft]]] = {
    "apply_for_sign_off": waiting,
    "apply_for_closure": waiting,
    "accept_application": accepted,
    "close_issue": closed,
    "return_application": returned,
    "request_extension": extension_asked,
    "grant_extension": extension_decided,
    "refuse_extension": extension_decided,
    "hand_over": handed_over,
    "import_notice": imported,
    "import_ledger": imported,
    "urge_measure": urged,
    "urge_unit": urged,
}
IMPORTS = ("import_notice", "import_ledger")
OWN_TOO = frozenset(IMPORTS)
"""Verbs of which the actor is told as well."""
