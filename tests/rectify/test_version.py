"""The version has one place; who is logged in reads it on the page and in the API, a visitor nowhere."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from rectify import __version__
from tests.factories import Cast

ROOT = Path(settings.BASE_DIR)
FOOT = re.compile(r'<footer class="page-foot">(.*?)</footer>')


def test_the_version_is_written_in_one_place() -> None:
    quoted = f"[\"']{re.escape(__version__)}[\"']"
    command = ["git", "grep", "--files-with-matches", "--extended-regexp", quoted, "--", "*.py", "*.toml"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert listed.stdout.split() == ["rectify/__init__.py"]


def test_the_latest_release_of_the_changelog_is_this_version() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1] == __version__


@pytest.mark.parametrize("page", ["/", "/account/", "/inbox/", "/import/"])
def test_every_page_bears_it_at_its_foot(page: str, cast: Cast, page_of: Callable[[Any], Client]) -> None:
    text = page_of(cast.office).get(page, follow=True).content.decode()
    assert FOOT.findall(text) == [f"Rectification {__version__}"]


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/login/", "/healthz", "/readyz", "/public/", "/no/such/page/"])
def test_a_visitor_reads_it_nowhere(page: str, client: Client) -> None:
    response = client.get(page, follow=True)
    assert __version__ not in response.content.decode()
    assert __version__ not in str(response.headers)


def test_the_api_names_it_at_its_root_and_in_its_schema(cast: Cast, page_of: Callable[[Any], Client]) -> None:
    client = page_of(cast.office)
    root = client.get("/api/v1/").json()
    assert root["version"] == __version__
    assert root["measures"].endswith("/api/v1/measures/")
    schema = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"}).json()
    assert schema["info"]["version"] == __version__


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/api/v1/", "/api/schema/"])
def test_without_a_token_the_api_says_nothing_of_it(address: str, client: Client) -> None:
    response = client.get(address)
    assert response.status_code in {401, 403}
    assert __version__ not in response.content.decode()
