"""The name of a template says whether it is a page or a fragment: a fragment has a leading underscore."""

import re
from functools import cache
from pathlib import Path

from django.conf import settings

TEMPLATES = Path(settings.BASE_DIR) / "templates"
IS_WHOLE = re.compile(r"{%\s*extends\s|<!doctype html", re.IGNORECASE)
NAMES = re.compile(r"[\"'](?P<name>[a-z_]+(?:/[a-z_]+)*/[a-z_]+\.html)[\"']")


@cache
def templates() -> dict[str, str]:
    files = sorted(path for path in TEMPLATES.rglob("*.html"))
    return {path.relative_to(TEMPLATES).as_posix(): path.read_text(encoding="utf-8") for path in files}


def is_fragment(name: str) -> bool:
    """Tell by the name alone; everything in components/ is a fragment."""
    return name.startswith("components/") or name.rpartition("/")[2].startswith("_")


def test_every_page_extends_a_base_or_is_a_document_itself() -> None:
    assert [name for name, text in templates().items() if not is_fragment(name) and not IS_WHOLE.search(text)] == []


def test_no_fragment_extends_a_base() -> None:
    assert [name for name, text in templates().items() if is_fragment(name) and IS_WHOLE.search(text)] == []


def test_only_fragments_are_included() -> None:
    included = re.compile(r"{%\s*include\s+[\"'](?P<name>[^\"']+)[\"']")
    names = {match["name"] for text in templates().values() for match in included.finditer(text)}
    assert [name for name in sorted(names) if name.endswith(".html") and not is_fragment(name)] == []


def test_every_template_that_is_named_exists() -> None:
    """A renamed template leaves no old name behind, neither in the code nor in another template."""
    root = Path(settings.BASE_DIR)
    folders = [root / app for app in settings.INSTALLED_APPS if (root / app).is_dir()]
    texts = [*templates().values()]
    texts += [path.read_text(encoding="utf-8") for folder in folders for path in folder.rglob("*.py")]
    names = {match["name"] for text in texts for match in NAMES.finditer(text)}
    assert sorted(names - set(templates())) == []
