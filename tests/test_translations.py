"""The pages speak English in their sources and Chinese to the office; neither leaks into the other."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polib
import pytest
from django.conf import settings
from django.test import Client

from tests.factories import Cast

ROOT = Path(settings.BASE_DIR)
CATALOGUE = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
CJK = re.compile(r"[\u3400-\u9fff]")
MAY_HOLD_CHINESE = (
    "readers/",  # layouts of published notices, headers and words of the ledgers that offices keep
    "rectify/demo/",  # the sample inspection
    "imports/services/applying.py",  # words around the name of an organisation in published papers
    "documents/",  # names of official faces, dates and words that every official paper bears
    "signoffs/services/papers",  # official papers are Chinese whatever the language of the page
    "bulletins/services/papers/",  # official papers are Chinese whatever the language of the page
    "bulletins/services/redaction.py",  # words by which a post is told from a name
    "core/fields.py",  # the mark of a text that was cut in an official paper
    "ledger/fields.py",  # columns of the official ledger
    "issues/fields.py",  # columns of the official ledger
    "measures/fields.py",  # columns of the official ledger
    "ledger/services/exports.py",  # words of the official ledger
    "imports/services/error_workbook.py",  # the sheet of errors in an office's own workbook
    "imports/services/comparing.py",  # column names of the official ledger
    "imports/views/files.py",  # names of official files
    "papers/services/",  # notice, plan and report are Chinese whatever the language of the page
    "papers/forms.py",  # the form of a document number and of reports, as examples
    "issues/queries/naming.py",  # family names and posts
    "issues/models/lights.py",  # names of the lights on pages and papers
    "issues/models/plan.py",  # codes of examples in comments
)


def _tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).exists()]


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed: nothing can be extracted")
def test_every_string_of_the_sources_is_in_the_catalogue_with_a_translation(tmp_path: Path) -> None:
    for part in (
        "manage.py",
        "locale",
        "templates",
        *[app for app in settings.INSTALLED_APPS if (ROOT / app).is_dir()],
        "readers",
        "documents",
    ):
        source = ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy)(source, tmp_path / part)
    command = [sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--no-location", "--no-wrap"]
    subprocess.run(
        command, cwd=tmp_path, check=True, capture_output=True, env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    )
    fresh = polib.pofile(str(tmp_path / "locale/zh_Hans/LC_MESSAGES/django.po"))
    assert [entry.msgid for entry in fresh.untranslated_entries()] == []
    assert [entry.msgid for entry in fresh.fuzzy_entries()] == []


def test_the_compiled_catalogue_is_the_one_that_was_written() -> None:
    written = {
        (e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in polib.pofile(str(CATALOGUE)).translated_entries()
    }
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    assert {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in compiled} == written


def test_placeholders_are_the_same_in_both_languages() -> None:
    named = re.compile(r"%\(\w+\)[sd]|\{\w*\}")
    wrong = [
        entry.msgid
        for entry in polib.pofile(str(CATALOGUE)).translated_entries()
        for text in [entry.msgstr, *entry.msgstr_plural.values()]
        if text and set(named.findall(text)) != set(named.findall(entry.msgid_plural or entry.msgid))
    ]
    assert wrong == []


def test_no_chinese_stands_in_templates_or_code() -> None:
    strings = []
    for path in _tracked("*.html", "*.py", "static/js/*.js", "static/css/*.css"):
        name = str(path.relative_to(ROOT))
        if name.startswith(("tests/", "tools/", "locale/", *MAY_HOLD_CHINESE)):
            continue
        text = re.sub(r'(""".*?"""|#[^\n]*)', "", path.read_text(), flags=re.DOTALL)
        strings += [
            f"{name}: {line.strip()[:80]}" for line in text.splitlines() if CJK.search(line.replace("中文", ""))
        ]
    assert strings == []


PAGES = ["/", "/inspections/{code}/", "/inspections/{code}/ledger/", "/inspections/{code}/settings/", "/calendar/"]
PAGES += ["/issues/{issue}/", "/measures/{measure}/", "/measures/{measure}/edit/", "/import/", "/account/", "/login/"]


@pytest.mark.parametrize("page", PAGES)
def test_in_english_no_chinese_is_left_in_the_pages_own_words(
    page: str, cast: Cast, page_of: Callable[[Any], Client]
) -> None:
    cast.inspection.lights = {light: light for light in cast.inspection.lights}
    cast.inspection.save()
    measure = cast.measure()
    address = page.format(code=cast.inspection.code, issue=measure.issue_id, measure=measure.pk)
    client = Client() if page == "/login/" else page_of(cast.office)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    response = client.get(address, follow=True)
    assert response.status_code == 200
    text = re.sub(r"中文|<tbody data-calendar>.*?</tbody>", "", response.content.decode(), flags=re.DOTALL)
    assert CJK.findall(text) == []


@pytest.mark.parametrize("page", PAGES)
def test_in_chinese_no_english_sentence_is_left(page: str, cast: Cast, page_of: Callable[[Any], Client]) -> None:
    measure = cast.measure()
    address = page.format(code=cast.inspection.code, issue=measure.issue_id, measure=measure.pk)
    client = Client() if page == "/login/" else page_of(cast.office)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "zh-hans"
    text = client.get(address, follow=True).content.decode()
    body = re.sub(r"<(script|style|svg).*?</\1>|<[^>]+>", " ", text, flags=re.DOTALL)
    made_here = (
        r"(Bureau|Roads|Parks|Office|Leader|Area|Category|Problem|Issue text|Measure text|Inspection|User|English)"
    )
    words = re.findall(r"[A-Za-z]{3,}(?: [A-Za-z]{2,}){2,}", re.sub(made_here, "", body))
    assert words == []
