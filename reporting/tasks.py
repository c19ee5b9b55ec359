"""The week turns by itself: what is due follows from the rows, so any message may be lost or come twice."""

from celery import shared_task
from django.utils import timezone

from reporting.queries.weeks import due_weeks
from reporting.services import roll_up_due

PORTION = 50
"""Inspections to a message, so that several workers share a Friday evening."""
PORTION_EXPIRES = 270
"""Seconds; before the make-up beat comes again, so that a queue that no worker empties does not grow."""


@shared_task
def roll_up() -> None:
    """Hand out the inspections that have a week to roll up. Twice does no harm."""
    due = sorted({each.inspection for each in due_weeks(now=timezone.now())})
    for start in range(0, len(due), PORTION):
        roll_up_inspections.apply_async([due[start : start + PORTION]], expires=PORTION_EXPIRES)


@shared_task
def roll_up_inspections(inspections: list[int]) -> None:
    """Roll up what these inspections (by their keys) lack; nothing where another worker was first."""
    roll_up_due(at=timezone.now(), inspections=inspections)
