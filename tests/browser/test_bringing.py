"""The old browser is what was looked at, or it is not there at all."""

import os
from pathlib import Path

import pytest

from tools import old_browser

NPM = """#!/bin/sh
for word in "$@"; do folder=$last; last=$word; [ "$folder" = --pack-destination ] && : > "$word/other.tgz"; done
echo other.tgz
"""


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine that has neither the browser nor npm."""
    folder = tmp_path / "old-browser"
    monkeypatch.setattr(old_browser, "FOLDER", folder)
    monkeypatch.setattr(old_browser, "BROWSER", folder / "chromium")
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return folder


def npm(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder.parent / "bin" / "npm").write_text(script)
    (folder.parent / "bin" / "npm").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder.parent / 'bin'}{os.pathsep}/usr/bin{os.pathsep}/bin")


def test_without_npm_it_says_so() -> None:
    with pytest.raises(old_browser.NotBrought, match="npm is not installed"):
        old_browser.bring()


def test_npm_that_brings_nothing_is_told(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    npm(empty, "#!/bin/sh\nexit 1\n", monkeypatch)
    with pytest.raises(old_browser.NotBrought, match="npm did not bring the package"):
        old_browser.bring()


def test_another_package_under_the_same_name_is_refused_and_removed(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm(empty, NPM, monkeypatch)
    with pytest.raises(old_browser.NotBrought, match="its hash differs"):
        old_browser.bring()
    assert list(empty.iterdir()) == []
