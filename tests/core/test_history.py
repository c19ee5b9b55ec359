"""History in time has one writing: no other place says which span is the valid one at a moment."""

import re
from pathlib import Path

from django.conf import settings
from django.db.models import Q

from core.history import valid_at
from tests.factories import NOW


def test_the_valid_span_has_begun_and_has_not_ended() -> None:
    assert valid_at(NOW, "spans__") == (Q(spans__valid_to=None) | Q(spans__valid_to__gt=NOW)) & Q(
        spans__valid_from__lte=NOW
    )


def test_the_present_is_the_open_span() -> None:
    assert valid_at(None) == Q(valid_to=None)


def test_no_other_place_asks_for_the_end_of_a_span() -> None:
    """Models may, in the constraints that the database checks."""
    root = Path(settings.BASE_DIR)
    sources = [path for app in settings.INSTALLED_APPS if (root / app).is_dir() for path in (root / app).rglob("*.py")]
    asking = {
        str(path.relative_to(root))
        for path in sources
        if re.search(r"valid_to(=None|__)|valid_to\"?: None", path.read_text(encoding="utf-8"))
        if "/migrations/" not in str(path) and "/models/" not in str(path)
    }
    assert asking == {"core/history.py"}
