"""Rules that are written once, told by looking for a second writing; the list is in docs/adr/0016."""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
HOMES = {
    r'"(docx|pdf)": write_': {"documents/formats.py"},
    r"unique_key=unique_key|unique_key=key": {"jobs/services/exports.py", "jobs/services/lifecycle.py"},
    r"override\(OFFICIAL": {"jobs/services/exports.py"},
    r"stdout\.write\(json|json\.dumps\(.*stdout": {"core/management/base.py"},
}
"""What is written -> the only files of the program that hold it; a pattern that finds nothing fails too."""


def production() -> dict[str, str]:
    """The text of our own Python files, without tests, tools and migrations."""
    listed = subprocess.run(["git", "ls-files", "*.py"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    names = [name for name in listed.split() if not re.match(r"tests/|tools/", name) and "/migrations/" not in name]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names if (ROOT / name).is_file()}


@pytest.mark.parametrize("written", HOMES)
def test_a_rule_has_one_home(written: str) -> None:
    assert {name for name, text in production().items() if re.search(written, text)} == HOMES[written]


def test_the_homes_named_in_the_record_exist() -> None:
    record = (ROOT / "docs/adr/0016-each-rule-has-one-home.md").read_text(encoding="utf-8")
    paths = set(
        re.findall(r"`((?:tests|core|issues|measures|signoffs|documents|jobs|audit|rectify)/[\w/]+\.py)`", record)
    )
    assert len(paths) > 20
    assert {path for path in paths if not (ROOT / path).is_file()} == set()
