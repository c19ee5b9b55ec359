"""The line above a heading that says where a page is."""

import re
from pathlib import Path

from django.conf import settings

from core.breadcrumbs import Crumb, breadcrumbs, crumb


def test_the_levels_above_link_and_the_page_itself_does_not() -> None:
    assert breadcrumbs(crumb("Import", "imports"), "Reading") == [Crumb("Import", "/import/"), Crumb("Reading")]
    assert breadcrumbs(crumb("Import", "imports")) == [Crumb("Import")]


def test_a_level_may_have_a_query_string() -> None:
    assert crumb("Measure", "measure", 7, query="tab=evidence").url == "/measures/7/?tab=evidence"


def test_no_other_place_builds_a_level_by_hand() -> None:
    root = Path(settings.BASE_DIR)
    sources = [path for app in settings.INSTALLED_APPS if (root / app).is_dir() for path in (root / app).rglob("*.py")]
    by_hand = re.compile(r'crumbs\w*"?\]?(: [\w\[\], ]+)? ?[=:] ?\[\s*[{(]|\bCrumb\(')
    builders = {str(path.relative_to(root)) for path in sources if by_hand.search(path.read_text(encoding="utf-8"))}
    assert builders == {"core/breadcrumbs.py"}
