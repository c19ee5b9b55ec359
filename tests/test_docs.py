"""The documents at the root say what is so: targets, files and links that they name exist, and they stay short."""

import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
DOCUMENTS = ["README.md", "README.zh-CN.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/operation.md"]


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_target_named_exists(name: str) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]+)\b", text_of(name), re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    assert named - targets == set()


@pytest.mark.parametrize("name", [*DOCUMENTS, "CONTEXT.md"])
def test_every_link_leads_to_a_file(name: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text_of(name)) if "://" not in link]
    assert [link for link in links if not ((ROOT / name).parent / link).exists()] == []


def test_the_read_me_is_one_screen() -> None:
    assert len(text_of("README.md").splitlines()) <= 60


def test_the_table_of_folders_names_every_app() -> None:
    named = set(re.findall(r"`([a-z]+)/`", text_of("README.md")))
    apps = {name for name in settings.INSTALLED_APPS if (ROOT / name).is_dir()}
    assert apps - named == set()


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "SECURITY.md"])
def test_every_file_named_exists(name: str) -> None:
    named = re.findall(r"`([\w.-]+(?:/[\w.-]+)*/[\w.-]*)`", text_of(name))
    assert [path for path in named if not path.startswith("var/") and not (ROOT / path).exists()] == []


def test_the_licence_is_whole_in_both_languages() -> None:
    licence = text_of("LICENSE")
    assert "木兰宽松许可证，第2版" in licence
    assert "Mulan Permissive Software License，Version 2 (Mulan PSL v2)" in licence
    assert licence.index("条款结束") < licence.index("END OF THE TERMS AND CONDITIONS")


def test_every_term_of_the_glossary_says_what_to_avoid() -> None:
    rows = [line.strip("|").split("|") for line in text_of("CONTEXT.md").splitlines() if line.startswith("|")]
    terms = [[cell.strip() for cell in row] for row in rows if not set(row[0]) <= {"-", " "}]
    heads = [row for row in terms if row[0] == "中文"]
    assert len(terms) - len(heads) > 40
    assert {row[-1] for row in heads} == {"_Avoid_"}
    assert [row[1] for row in terms if len(row) != 5 or not all(row)] == []
