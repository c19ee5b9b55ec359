"""The run of reminders: on every working day each person gets one digest of what has reached a new step.

One transaction a person: digest, reminders, notification and deliveries come to exist together or not at all, and the
database lets each of them exist once. So a run may break off anywhere, run twice, or run in two processes at once.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone

from accounts.models import User
from issues.queries import working_calendar
from measures.models import Measure, Milestone
from notifications.models import Digest, Reminder, ReminderRun, Topic
from notifications.services.create import Draft, Wishes, post
from notifications.services.escalation import MEASURE, MILESTONE, Escalations, ReachedStep
from notifications.services.recipients import Duties, Duty

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=3)
RENEWED_EVERY = 25  # people
Row = tuple[int, int, date, str, int | None, int | None, int | None]


@dataclass
class ReminderOutcome:
    """What a run did: digests created, reminders in them, people who had today's digest already."""

    digests: int = 0
    reminders: int = 0
    skipped: int = 0
    is_rest_day: bool = False


@dataclass(frozen=True)
class Item:
    """A measure (`stage` empty) or one of its milestones on the step that it has reached for one person."""

    measure: int
    stage: str
    deadline: date
    reached: ReachedStep


def send_reminders(*, at: datetime) -> ReminderOutcome:
    """Create today's digests for all who have not got one yet; nothing on a rest day.

    A year that the calendar of working days does not hold counts with its weekends alone; the page of configuration
    gaps says so.
    """
    day = timezone.localdate(at)
    if not working_calendar().is_working_day(day):
        return ReminderOutcome(is_rest_day=True)
    run = ReminderRun.objects.get_or_create(day=day)[0]
    # Who asks for it by hand need not wait for the lease of another process: each person's digest exists once.
    return _go_on(run, at, claimed=ReminderRun.objects.claim(run.pk, at=at, lease=LEASE))


def resume_reminders(*, at: datetime) -> ReminderOutcome | None:
    """Resume today's run where the worker that held it fell silent; None where there is nothing to resume."""
    run = ReminderRun.objects.due(at).filter(day=timezone.localdate(at)).first()
    return _go_on(run, at, claimed=run) if run is not None and run.claim(at=at, lease=LEASE) else None


def _go_on(run: ReminderRun, at: datetime, *, claimed: ReminderRun | None) -> ReminderOutcome:
    """Create the digests of the run's day that are missing; `claimed` is the run where this process has its lease."""
    outcome, escalations, wishes, day = ReminderOutcome(), Escalations(), Wishes(), run.day
    duties = Duties(day).load().by_person
    done = set(Digest.objects.filter(day=day).values_list("person", flat=True))
    outcome.skipped = len(done & set(duties))
    people = User.objects.filter(pk__in=set(duties) - done, is_active=True).select_related("unit").order_by("pk")
    for number, person in enumerate(people.iterator(chunk_size=500), 1):
        items = reminders_for(person, duties[person.pk], escalations=escalations, day=day)
        if items and _send(person, items, day=day, at=at, wishes=wishes):
            outcome.digests += 1
            outcome.reminders += len(items)
        if claimed is not None and number % RENEWED_EVERY == 0:
            claimed.renew(until=timezone.now() + LEASE)
    ReminderRun.objects.filter(pk=run.pk, ended_at=None).update(ended_at=at, lease_until=None)
    return outcome


def reminders_for(person: User, duty: Duty, *, escalations: Escalations, day: date) -> list[Item]:
    """Return what has reached a step that the person was not reminded of, the most urgent first.

    Only what the person may see. For each item it is the highest step reached, so that after an outage one reminder
    replaces all that were missed. Three queries, however many measures there are.
    """
    items: dict[tuple[int, str, date], Item] = {}
    for row in _rows(person, duty, day + timedelta(days=escalations.horizon)):
        measure, inspection, deadline, stage, *who = row
        roles = duty.roles_for(inspection, *who)
        subject = MILESTONE if stage else MEASURE
        reached = escalations.of(inspection).highest(subject, roles, (day - deadline).days)
        if reached is not None:
            items[measure, stage, deadline] = Item(measure, stage, deadline, reached)
    sent = _sent_offsets(person) if items else {}
    new = [item for key, item in items.items() if key not in sent or item.reached.offset > sent[key]]
    return sorted(new, key=lambda item: (item.deadline, item.measure, item.stage))


def _rows(person: User, duty: Duty, horizon: date) -> Iterator[Row]:
    """Yield unfinished measures of the person's, then the milestones of such, that are near enough for a step."""
    mine = Measure.objects.visible_to(person).unfinished().filter(duty.condition())
    near = mine.filter(deadline__lte=horizon).order_by()
    who = ("lead_unit", "leader", "issue__task_force")
    fields = ("pk", "inspection", "deadline", *who)
    for pk, inspection, deadline, *rest in near.values_list(*fields).iterator(chunk_size=5000):
        yield pk, inspection, deadline, "", *rest
    stages = Milestone.objects.filter(reached_on=None, due_on__lte=horizon, measure__in=mine.order_by().values("pk"))
    stage_fields = ("measure", "measure__inspection", "due_on", "title", *(f"measure__{name}" for name in who))
    yield from stages.order_by().values_list(*stage_fields).iterator(chunk_size=5000)


def _sent_offsets(person: User) -> dict[tuple[int, str, date], int]:
    """Return the day of the highest step that the person was reminded of for each item, with its present deadline."""
    sent = Reminder.objects.filter(person=person, measure__status__in=Measure.UNFINISHED)
    highest = sent.order_by().values_list("measure", "stage", "deadline").annotate(last=Max("offset"))
    return {(measure, stage, deadline): last for measure, stage, deadline, last in highest.iterator(chunk_size=5000)}


def _send(person: User, items: list[Item], *, day: date, at: datetime, wishes: Wishes) -> bool:
    """Write the digest with all that belongs to it; return False where another process was first."""
    overdue = sum(item.deadline < day for item in items)
    data: dict[str, Any] = {"day": day.isoformat(), "overdue": overdue, "due": len(items) - overdue}
    draft = Draft(
        person=person,
        key=f"digest:{day.isoformat()}",
        kind="digest",
        topic=Topic.OVERDUE if overdue else Topic.DUE,
        object_kind=User.KIND,
        object_id=person.pk,
        data=data,
    )
    try:
        with transaction.atomic():
            notifications = post([draft], at=at, wishes=wishes)
            if not notifications:
                return False
            digest = Digest.objects.create(person=person, day=day, notification=notifications[0])
            Reminder.objects.bulk_create(_reminders(digest, person, items), batch_size=2000)
    except IntegrityError:
        log.info("The digest of %s for %s was created by another process", day, person.pk)
        return False
    return True


def _reminders(digest: Digest, person: User, items: list[Item]) -> Iterator[Reminder]:
    for item in items:
        yield Reminder(
            digest=digest,
            person=person,
            measure_id=item.measure,
            stage=item.stage,
            deadline=item.deadline,
            step=item.reached.days,
            occurrence=item.reached.occurrence,
            offset=item.reached.offset,
        )
