"""The tasks of files: virus scans and pages to look at. The rows are the truth; a message may be lost or come twice."""

from celery import shared_task
from django.utils import timezone

from files.services import (
    make_rendition,
    remove_broken_uploads,
    remove_leftovers,
    renditions_due,
    scan_file,
    scans_due,
)

SWEEP_SECONDS = 30


@shared_task
def scan(file_id: int) -> None:
    """Scan one file; nothing where another worker has it or it is judged already."""
    scan_file(file_id=file_id, at=timezone.now())


@shared_task
def render(file_id: int) -> None:
    """Make the pages of one document; nothing where another worker does or they are there."""
    make_rendition(file_id=file_id, at=timezone.now())


@shared_task
def sweep() -> None:
    """Send what waits: files from before scanning was on, those whose message was lost, those to try again."""
    now = timezone.now()
    for file_id in scans_due(now=now):
        scan.apply_async([file_id], expires=SWEEP_SECONDS)
    for file_id in renditions_due(now=now):
        render.apply_async([file_id], expires=SWEEP_SECONDS)


@shared_task
def tidy() -> None:
    """Remove what broken uploads and killed processes left; a second run at the same time finds less to do."""
    now = timezone.now()
    remove_leftovers(at=now)
    remove_broken_uploads(at=now)
