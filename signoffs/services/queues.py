"""The queue of a person: what waits for their decision, and what is before and behind in it."""

from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Viewer
from signoffs.models import Application
from signoffs.permissions import waiting_for

AT_MOST = 1000
"""Most applications that the keys of the review page walk through; the queue itself has pages."""


def queue_of(user: Viewer) -> QuerySet[Application]:
    """Return what waits for a decision of the user, the oldest first."""
    waiting = Application.objects.visible_to(user).pending().filter(waiting_for(user))
    return waiting.order_by("applied_at", "pk")


@dataclass(frozen=True)
class Neighbours:
    """The place of an application in the user's queue; `number` is 0 where it does not wait for the user."""

    previous: int | None
    following: int | None
    number: int
    count: int


def neighbours_of(application: Application, *, user: Viewer) -> Neighbours:
    """Return what is before and behind the application in the user's queue; at the end it goes on at the start."""
    keys = list(queue_of(user).values_list("applied_at", "pk")[:AT_MOST])
    own = (application.applied_at, application.pk)
    before, behind = [pk for at, pk in keys if (at, pk) < own], [pk for at, pk in keys if (at, pk) > own]
    others = before + behind
    if not others:
        return Neighbours(None, None, int(own in keys), len(keys))
    return Neighbours(
        previous=before[-1] if before else behind[-1],
        following=behind[0] if behind else before[0],
        number=len(before) + 1 if own in keys else 0,
        count=len(keys),
    )
