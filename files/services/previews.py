"""Pages of Word and Excel documents, made by LibreOffice where the machine has it; else they are only downloaded."""

import logging
import os
import shutil
import signal
import subprocess
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from core.exceptions import RuleViolation
from files.models import Rendition, StoredFile
from files.services.file_types import CONVERTIBLE
from files.services.storage import open_stored, receiving

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=10)
NOT_SCANNED_YET = timedelta(minutes=1)
AT_ONCE = 20
SECONDS = 180
MOST_CONVERTED = 30 * 1024 * 1024
"""Larger documents are downloaded: converting them would keep a worker busy for minutes."""
MOST_OF_PAGES = 200 * 1024 * 1024

# What the converter may not do: run macros, follow links to other machines, load what a document names.
CAREFUL = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="DisableActiveContent" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>1</value></prop></item>
</oor:items>
"""
NOWHERE = "http://127.0.0.1:9"
"""A proxy that does not exist: the converter reaches no other machine, whatever a document asks of it."""


def converter() -> str:
    """Return the path of LibreOffice, an empty text where there is none."""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def can_convert(file: StoredFile) -> bool:
    """Return whether pages can be made of this file on this machine."""
    return file.kind in CONVERTIBLE and file.size <= MOST_CONVERTED and bool(converter())


def ask_for_rendition(*, file: StoredFile) -> bool:
    """Note that pages are wanted; return whether there is work to do. One that failed is tried once more."""
    if not can_convert(file):
        return False
    rendition, is_new = Rendition.objects.get_or_create(file=file)
    failed = Rendition.objects.filter(pk=rendition.pk, state=Rendition.State.FAILED)
    return is_new or bool(failed.update(state=Rendition.State.PENDING, failures=0, error=""))


def renditions_due(*, now: datetime) -> list[int]:
    """Return the files whose pages are to be made now."""
    if not converter():
        return []
    return [*Rendition.objects.due(now).order_by("pk").values_list("file_id", flat=True)[:AT_ONCE]]


def make_rendition(*, file_id: int, at: datetime) -> str:
    """Make the pages of one document and return the state; an empty text where there is nothing to do now.

    A file that the virus scan keeps locked waits: nothing opens it before that.
    """
    rendition = Rendition.objects.due(at).select_related("file__scan").filter(file=file_id).first()
    if not converter() or rendition is None:
        return ""
    if not rendition.claim(at=at, lease=LEASE):
        return str(rendition.state) if rendition.state == Rendition.State.FAILED else ""
    if rendition.file.lock == "pending":
        rendition.release(next_attempt_at=at + NOT_SCANNED_YET)
        return str(rendition.state)
    if rendition.file.lock:
        rendition.fail(rendition.file.lock, at=at, is_final=True)
        return str(rendition.state)
    try:
        _convert(rendition, at)
    except (RuleViolation, OSError, subprocess.SubprocessError) as error:
        log.warning("No pages of file %s: %s", file_id, error)
        rendition.fail(str(error), at=at, is_final=True)
    rendition.refresh_from_db()
    return str(rendition.state)


def _convert(rendition: Rendition, at: datetime) -> None:
    """Convert in a folder of its own; the pages and the note of them come in one transaction."""
    with tempfile.TemporaryDirectory(prefix="pages-", dir=settings.FILE_UPLOAD_TEMP_DIR) as folder:
        pages = _pages(rendition.file, Path(folder))
        name = f"{rendition.file.name[:250]}.pdf"
        with (
            pages.open("rb") as stream,
            receiving(stream=stream, name=name, by=None, at=at, kinds=["pdf"], limit=MOST_OF_PAGES) as stored,
            transaction.atomic(),
        ):
            if not rendition.succeed(state=Rendition.State.DONE, pages=stored):
                raise RuleViolation("Another worker was faster.")


def _pages(file: StoredFile, folder: Path) -> Path:
    """Run the converter on a copy under a plain name. Raises `OSError` or `SubprocessError` where it fails."""
    source = folder / f"document.{file.kind}"
    with open_stored(file) as opened, source.open("wb") as copy:
        shutil.copyfileobj(opened, copy)
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True)
    (profile / "user" / "registrymodifications.xcu").write_text(CAREFUL, encoding="utf-8")
    command = [converter(), f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--nolockcheck"]
    command += ["--convert-to", "pdf", "--outdir", str(folder), str(source)]
    away = dict.fromkeys(("http_proxy", "https_proxy", "ftp_proxy", "HTTP_PROXY", "HTTPS_PROXY"), NOWHERE)
    with subprocess.Popen(  # noqa: S603 - our own command, on a file whose name is ours
        command,
        cwd=folder,
        env={**os.environ, **away, "HOME": str(folder)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            process.wait(SECONDS)
        finally:
            _end(process)
    pages = folder / "document.pdf"
    if not pages.exists():
        raise FileNotFoundError("the converter made no pages")
    return pages


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End the converter with all that it started; a launcher that is gone leaves its office behind."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        return
