"""Drafts made by themselves, and the files that a person waits for."""

import logging

from celery import shared_task
from django.utils import timezone

from bulletins.models import Bulletin
from bulletins.services import draft_bulletin
from bulletins.services.exports import EXPORT, store_paper
from core.exceptions import RuleViolation
from jobs.models import Job
from jobs.services import advance, finish, job_handler
from reporting.models import Snapshot

log = logging.getLogger(__name__)


@shared_task
def draft_bulletins() -> int:
    """Make the draft of each snapshot that has no bulletin; return how many. Twice makes nothing twice.

    One that fails is logged and tried again next time; the others do not wait for it.
    """
    count = 0
    waiting = Snapshot.objects.filter(bulletins=None).order_by("ends_at", "pk")
    for key in list(waiting.values_list("pk", flat=True)):
        snapshot = Snapshot.objects.select_related("inspection__organisation").get(pk=key)
        try:
            draft_bulletin(snapshot=snapshot, by=None, at=timezone.now())
            count += 1
        except RuleViolation as refusal:
            log.warning("No draft for %s: %s", snapshot, refusal.message)
        except Exception:
            log.exception("No draft for %s", snapshot)
    return count


@job_handler(EXPORT.job_type)
def export(job: Job) -> None:
    """Write the bulletin that the job names, as long as the person sees it."""
    rows = Bulletin.objects.visible_to(job.requested_by).select_related("inspection")
    bulletin = rows.get(pk=job.arguments["bulletin"])
    advance(job=job, percent=30)
    file = store_paper(bulletin=bulletin, kind=job.arguments["format"], by=job.requested_by, at=timezone.now())
    finish(job=job, at=timezone.now(), result_file=file)
