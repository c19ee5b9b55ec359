"""A file goes out: under its own name, never shown as a page, with one event per user, file and hour."""

import io
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from audit.models import Event
from core.exceptions import RuleViolation
from files.adapters import download_response
from files.models import StoredFile
from files.services import open_for_download, store_upload
from tests.factories import NOW, Cast

pytestmark = pytest.mark.django_db


def stored(name: str = "整改报告（终稿）.pdf", content: bytes = b"%PDF-1.7 content") -> StoredFile:
    return store_upload(stream=io.BytesIO(content), name=name, by=None, at=NOW)


def download(file: StoredFile, by: Any, at: datetime) -> bytes:
    with open_for_download(file=file, by=by, at=at) as opened:
        return opened.read()


def events() -> Any:
    return Event.objects.filter(chain__key="downloads", verb="download")


def test_one_event_per_user_file_and_hour(cast: Cast) -> None:
    first, second = stored(), stored()
    for minutes in (0, 1, 59):
        assert download(first, cast.office, NOW + timedelta(minutes=minutes)) == b"%PDF-1.7 content"
    assert events().count() == 1
    download(first, cast.group, NOW + timedelta(minutes=59))
    download(second, cast.office, NOW + timedelta(minutes=59))
    assert events().count() == 3
    download(first, cast.office, NOW + timedelta(minutes=60))
    assert events().count() == 4
    event = events().first()
    assert (event.actor_id, event.object_id, first.sha256 in event.text) == (cast.office.pk, first.pk, True)


def test_a_file_that_the_storage_lost_leaves_no_event(cast: Cast) -> None:
    file = stored()
    default_storage.delete(file.stored_as)
    with pytest.raises(RuleViolation, match="missing"):
        open_for_download(file=file, by=cast.office, at=NOW)
    assert not events().exists()


def test_the_name_survives_and_no_browser_guesses_the_kind(cast: Cast) -> None:
    response = download_response(file=stored(), by=cast.office, at=NOW)
    assert b"".join(response.streaming_content) == b"%PDF-1.7 content"
    assert response["Content-Disposition"] == (
        "attachment; filename*=utf-8''%E6%95%B4%E6%94%B9%E6%8A%A5%E5%91%8A%EF%BC%88%E7%BB%88%E7%A8%BF%EF%BC%89.pdf"
    )
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Length"] == "16"


def test_a_web_page_is_never_given_as_one(cast: Cast) -> None:
    page = stored("通报.html", b"<!doctype html><script>alert(1)</script>")
    response = download_response(file=page, by=cast.office, at=NOW)
    assert (page.kind, response["Content-Type"]) == ("html", "application/octet-stream")
    assert response["Content-Disposition"].startswith("attachment")
    response.close()


def test_quotes_and_line_ends_in_a_name_stay_inside_the_header(cast: Cast, client: Client) -> None:
    response = download_response(file=stored('a"; x=\r\ny.txt', b"text"), by=cast.office, at=NOW)
    assert response["Content-Disposition"] == 'attachment; filename="a\\"; x=y.txt"'
    response.close()
