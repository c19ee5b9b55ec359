"""Virus scans: which files wait, one scan at a time per file, what becomes of the verdict."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F

from audit.services import open_trail
from files.models import FileScan, StoredFile
from files.services.clamd import ScannerAway, Verdict, ask
from files.services.storage import CHAIN, open_stored

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=15)
AGAIN_SOON, AGAIN_LATER = timedelta(minutes=1), timedelta(hours=1)
AT_ONCE = 50


def scans_due(*, now: datetime) -> list[int]:
    """Return the files to scan now, the oldest first; none while scanning is off.

    Files that came in before scanning was turned on get their row here.
    """
    if not settings.CLAMD_URL:
        return []
    without = StoredFile.objects.filter(scan=None).order_by("pk")[:AT_ONCE]
    FileScan.objects.bulk_create([FileScan(file=file) for file in without], ignore_conflicts=True)
    return [*FileScan.objects.due(now).order_by("pk").values_list("file_id", flat=True)[:AT_ONCE]]


def scan_file(*, file_id: int, at: datetime) -> str:
    """Scan one file and return its state; an empty text where another worker has it or nothing is due.

    A scanner that does not answer leaves the file waiting; one that cannot judge it is asked again an hour later.
    """
    claimed = FileScan.objects.due(at).filter(file=file_id)
    if not settings.CLAMD_URL or not claimed.update(claimed_until=at + LEASE, attempts=F("attempts") + 1):
        return ""
    scan = FileScan.objects.select_related("file").get(file=file_id)
    try:
        with open_stored(scan.file) as opened:
            verdict = ask(settings.CLAMD_URL, opened)
    except ScannerAway as away:
        log.warning("The virus scanner does not answer: %s", away)
        FileScan.objects.filter(pk=scan.pk).update(claimed_until=at + AGAIN_SOON)
        return str(scan.state)
    return _judge(scan, verdict, at)


def _judge(scan: FileScan, verdict: Verdict, at: datetime) -> str:
    """Write the verdict down; a virus leaves an event beside the downloads that it prevents."""
    state = FileScan.State.CLEAN
    if verdict.name:
        state = FileScan.State.INFECTED
    elif verdict.trouble:
        state = FileScan.State.FAILED
        log.warning("The virus scanner could not judge file %s: %s", scan.file_id, verdict.trouble)
    told = (verdict.name or verdict.trouble)[:200]
    until = at + AGAIN_LATER if verdict.trouble else None
    with open_trail(CHAIN, at=at) as trail:
        FileScan.objects.filter(pk=scan.pk).update(state=state, told=told, scanned_at=trail.at, claimed_until=until)
        if verdict.name:
            trail.record("find_virus", by=None, obj=scan.file, name=scan.file.name, virus=told)
    return str(state)
