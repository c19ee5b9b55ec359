"""How tests bring a notice in as the office does: upload, look at the preview, confirm, let a worker do it."""

from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from imports.models import Import
from jobs.models import Job
from jobs.tasks import run_job
from tests.html_pages import NOTICE, Page, everything


def upload(client: Client, text: str | bytes = NOTICE, *, name: str = "notice.txt", **fields: Any) -> Any:
    data = text.encode() if isinstance(text, str) else text
    return client.post(reverse("import_list"), {"file": SimpleUploadedFile(name, data), **fields})


def uploaded(client: Client, text: str = NOTICE, **fields: Any) -> Import:
    answer = upload(client, text, **(fields or {"code": "round-9"}))
    assert answer.status_code == 302, Page(answer).errors()
    source = Import.objects.latest("id")
    assert answer["Location"] == address(source)
    return source


def address(source: Import, name: str = "import_detail") -> str:
    return reverse(name, args=[source.pk])


def shown(client: Client, source: Import) -> Page:
    return Page(client.get(address(source)))


def confirm(client: Client, source: Import, **typed: Any) -> Any:
    """Send the form of the preview as it stands, but for what is `typed`."""
    preview = shown(client, source)
    form = {name: preview.typed(name) for name in preview.tree.xpath("//form[contains(@class, 'confirm-step')]//@name")}
    form.pop("csrfmiddlewaretoken", None)
    return client.post(address(source, "confirm_import"), {**form, **typed})


def carried_out(client: Client, source: Import, **typed: Any) -> Page:
    """Confirm, let a worker do it, and look at the page."""
    answer = confirm(client, source, **typed)
    assert (answer.status_code, answer["Location"]) == (302, address(source)), Page(answer).errors()
    run_job(Job.objects.latest("id").pk)
    return shown(client, source)


def ledger_rows() -> dict[str, list[Any]]:
    return {name: rows for name, rows in everything().items() if name.split(".")[0] in {"issues", "measures", "audit"}}


def stored(folder: Path) -> list[Path]:
    return [found for found in (folder / "files").rglob("*") if found.is_file()]
