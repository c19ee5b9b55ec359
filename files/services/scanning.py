"""Virus scans: which files wait, one scan at a time per file, what becomes of the verdict."""

import logging
from datetime import datetime, timedelta

from django.conf import settings

from audit.services import open_trail
from files.models import FileScan, StoredFile
from files.services.clamd import ScannerAway, Verdict, ask
from files.services.storage import CHAIN, open_stored
from files.verbs import FileVerb

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=15)
SCANNER_AWAY = timedelta(minutes=1)
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
    scan = FileScan.objects.due(at).select_related("file").filter(file=file_id).first()
    if not settings.CLAMD_URL or scan is None or not scan.claim(at=at, lease=LEASE):
        return ""
    try:
        with open_stored(scan.file) as opened:
            verdict = ask(settings.CLAMD_URL, opened)
    except ScannerAway as away:
        log.warning("The virus scanner does not answer: %s", away)
        scan.release(next_attempt_at=at + SCANNER_AWAY)
        return str(scan.state)
    _write_verdict(scan, verdict, at)
    return str(scan.state)


def _write_verdict(scan: FileScan, verdict: Verdict, at: datetime) -> None:
    """Write the verdict down; a virus leaves an event beside the downloads that it prevents."""
    if verdict.trouble:
        log.warning("The virus scanner could not judge file %s: %s", scan.file_id, verdict.trouble)
        scan.fail(verdict.trouble[:200], at=at)
        return
    state = FileScan.State.INFECTED if verdict.name else FileScan.State.CLEAN
    virus = verdict.name[:200]
    with open_trail(CHAIN, at=at) as trail:
        is_written = scan.succeed(state=state, answer=virus, scanned_at=trail.at)
        if virus and is_written:
            trail.record(FileVerb.FIND_VIRUS, by=None, obj=scan.file, name=scan.file.name, virus=virus)
