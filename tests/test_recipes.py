"""The recipes of CONTRIBUTING.md for a field, a verb and a filter are true: they are carried out on a scratch copy.

Each recipe is data: tests/recipes/<name>.toml has its steps (file, place, text), what a machine does afterwards and the
tests that have to pass then; new files of the recipe are beside it. CONTRIBUTING.md lists the same files in the same
order. A step that is left out is noticed; `make test` tries two of them, `make test-slow` every one.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
FOLDER = ROOT / "tests" / "recipes"
NAMES = ("field", "verb", "filter")
RECIPES: dict[str, dict[str, Any]] = {
    name: tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8")) for name in NAMES
}
NOT_COPIED = ("docs/", "static/vendor/", "tests/browser/pictures/")
"""Large, and nothing of it is touched or read here."""
MAX_FILES_OF_A_FIELD = 8


def files_of(name: str) -> list[str]:
    """Return the files of a recipe in the order of its steps."""
    return list(dict.fromkeys(step["file"] for step in RECIPES[name]["steps"]))


# What tests of the browser alone would notice is left to them.
LEFT_OUT = [
    (name, file)
    for name, recipe in RECIPES.items()
    for file in files_of(name)
    if not any("missed_by" in step for step in recipe["steps"] if step["file"] == file)
]
IN_EVERY_RUN = [("field", "templates/measures/measure.html"), ("verb", "measures/services/plan.py")]


def insert(path: Path, step: dict[str, Any]) -> None:
    """Carry out one step: put a line before or after the line of the anchor, a word after the anchor, or the text at
    the end of the file."""
    source, text = path.read_text(encoding="utf-8"), step["text"]
    anchor = step.get("before") or step.get("after")
    place = len(source)
    if anchor:
        assert source.count(anchor) == 1, f"{path.name} has {source.count(anchor)} times: {anchor}"
        place = source.index(anchor)
    if "after" in step:
        place = source.index("\n", place) + 1 if text.endswith("\n") else place + len(anchor)
    path.write_text(source[:place] + text + source[place:], encoding="utf-8")


class Scratch:
    """A copy of the repository on which recipes are carried out."""

    def __init__(self, root: Path) -> None:
        self.root = root / "copy"
        self.environment = {name: value for name, value in os.environ.items() if name not in settings_of_the_run()}
        self.environment |= {"DATA_DIR": str(root / "data"), "PYTHONDONTWRITEBYTECODE": "1"}
        git = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        for name in listed.split("\0"):
            if name and not name.startswith(NOT_COPIED) and (ROOT / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.root / name)

    def restore(self) -> None:
        """Undo every recipe."""
        for name in [file for recipe in NAMES for file in files_of(recipe)]:
            if (ROOT / name).exists():
                shutil.copy(ROOT / name, self.root / name)
            else:
                (self.root / name).unlink(missing_ok=True)
        for path in (self.root / "measures" / "migrations").glob("*.py"):
            if not (ROOT / path.relative_to(self.root)).exists():
                path.unlink()

    def follow(self, name: str, *, without: str = "") -> None:
        """Carry out the steps of a recipe, all but those in the file `without`."""
        for step in RECIPES[name]["steps"]:
            if step["file"] == without:
                continue
            if "from" in step:
                shutil.copy(ROOT / step["from"], self.root / step["file"])
            else:
                insert(self.root / step["file"], step)

    def fault(self, *names: str) -> str:
        """Do what a machine does after the recipes, then run their tests; return what fails first, "" if nothing."""
        commands = list(dict.fromkeys(command for name in names for command in RECIPES[name]["machine"]))
        for command in commands:
            result = self._python(*command.split())
            if result.returncode:
                return f"{command}: {result.stdout[-500:]}{result.stderr[-500:]}"
        checks = [check for name in names for check in RECIPES[name]["checks"]]
        selected = " or ".join(word for name in names for word in RECIPES[name]["select"])
        # Making the tables takes longer than the tests. There are two shapes of them: with the field and without it.
        self.environment["TEST_SQLITE_FILE"] = str(self.root.parent / f"{'field' in names}.sqlite3")
        options = ("-q", "-x", "--no-header", "--color=no", "--reuse-db", "-k", selected)
        result = self._python("-m", "pytest", *options, *checks)
        printed = [line for line in (result.stdout + result.stderr).splitlines() if line.strip()]
        lines = [line for line in printed if re.match(r"FAILED |ERROR:? (?!.*log\.py)|E? *\w+Error: ", line)]
        return "\n".join([*lines, *printed[-30:]]) if result.returncode else ""

    def faults_of_style(self, *names: str) -> str:
        files = [file for name in names for file in files_of(name) if file.endswith(".py")]
        commands = (("ruff", "check", *files), ("ruff", "format", "--check", *files))
        return "".join(result.stdout for command in commands if (result := self._python("-m", *command)).returncode)

    def _python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=self.root, env=self.environment, capture_output=True, text=True, timeout=600, check=False
        )


def settings_of_the_run() -> set[str]:
    """Return the names of settings that the run of these tests has and a fresh copy has not."""
    return {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DEBUG", "TEST_ONCE_ELSEWHERE", "CI", "PYTEST_ADDOPTS"}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    return Scratch(tmp_path_factory.mktemp("recipes"))


@pytest.fixture
def scratch(copy: Scratch) -> Scratch:
    copy.restore()
    return copy


def section(title: str) -> str:
    """Return one recipe of CONTRIBUTING.md."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    return re.split(r"\n#+ ", text.partition(f"### {title}\n")[2])[0]


@pytest.mark.parametrize("name", NAMES)
def test_the_document_lists_the_files_of_the_steps_in_their_order(name: str) -> None:
    numbered = re.findall(r"^\d+\. `([^`]+)`", section(RECIPES[name]["title"]), re.MULTILINE)
    listed_as = {step["file"]: step.get("listed_as", step["file"]) for step in RECIPES[name]["steps"]}
    assert numbered == [listed_as[file] for file in files_of(name)]


def test_a_field_touches_eight_files_at_most() -> None:
    assert len(files_of("field")) <= MAX_FILES_OF_A_FIELD


def test_the_recipes_hold_one_after_the_other_on_one_copy(scratch: Scratch) -> None:
    for name in NAMES:
        scratch.follow(name)
    assert scratch.faults_of_style(*NAMES) == ""
    assert scratch.fault(*NAMES) == ""


@pytest.mark.parametrize(("name", "file"), IN_EVERY_RUN)
def test_a_step_that_is_left_out_is_noticed(scratch: Scratch, name: str, file: str) -> None:
    scratch.follow(name, without=file)
    assert scratch.fault(name)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "file"), LEFT_OUT)
def test_every_step_that_is_left_out_is_noticed(scratch: Scratch, name: str, file: str) -> None:
    scratch.follow(name, without=file)
    assert scratch.fault(name)
