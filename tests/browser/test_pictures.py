"""The pictures of README and manuals, taken of the sample inspection: `make pictures` puts them in their places."""

import os
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from rectify.demo.sample import load_sample
from signoffs.services.queues import queue_of
from tests.browser.conftest import Open
from tests.browser.page_checks import NARROW, WIDE

ASKED = os.environ.get("PICTURES")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not ASKED, reason="`make pictures` takes them"),
]
DOCS = Path(settings.BASE_DIR) / "docs"
MANUAL, README = DOCS / "manual" / "images", DOCS / "screenshots"
DESK, WALL = {"width": 1280, "height": 800}, {"width": 1920, "height": 1080}
HOME = "/inspections/demo/"


def pictures(first_in_queue: str) -> list[tuple[Path, str, str, dict[str, int]]]:
    """File, who looks, at what, through which window."""
    return [
        (MANUAL / "work.png", "caiwu", "/", DESK),
        (MANUAL / "dashboard.png", "paishui-fuju", HOME, DESK),
        (MANUAL / "ledger.png", "zhenggaiban", f"{HOME}ledger/", DESK),
        (MANUAL / "queue.png", "zhenggaiban", "/signoffs/", DESK),
        (MANUAL / "wall.png", "dangzu", f"{HOME}screen/", WALL),
        (README / "ledger-1440.png", "zhenggaiban", f"{HOME}ledger/", WIDE),
        (README / "dashboard-1440.png", "dangzu", HOME, WIDE),
        (README / "dashboard-390.png", "dangzu", HOME, NARROW),
        (README / "application-1440.png", "zhenggaiban", first_in_queue, WIDE),
        (README / "application-390.png", "zhenggaiban", first_in_queue, NARROW),
    ]


def test_the_pictures_are_taken(transactional_db: None, window: Open) -> None:
    load_sample(as_of=timezone.localdate())
    first: Any = queue_of(User.objects.get(username="zhenggaiban")).first()
    for file, who, address, size in pictures(reverse("application", args=[first.pk])):
        page = window(User.objects.get(username=who), language="zh-hans")
        page.set_viewport_size(dict(size))
        page.goto(address, wait_until="networkidle")
        page.screenshot(path=file)
        page.context.close()
    assert {file.name for file in MANUAL.glob("*.png")} | {file.name for file in README.glob("*.png")} == {
        file.name for file, *_rest in pictures("")
    }
