"""The base of our commands: exit codes, streams, one JSON object."""

import io
import json
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from core.exceptions import RuleViolation
from core.management.base import BAD_INPUT, CommandResult, JsonCommand

ROOT = Path(settings.BASE_DIR)
OTHERS = {
    "core.management.commands.flush": "Django's own, with the guards lifted",
    "rectify.management.commands.serve": "runs until it is stopped; its output is that of the processes",
}
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in ROOT.glob("*/management/commands/*.py")
    if path.stem != "__init__"
)


class Example(JsonCommand):
    """Does what `how` says."""

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("how")

    def run(self, *, how: str, **options: Any) -> CommandResult:
        if how == "refused":
            raise RuleViolation("The rules do not allow this.")
        if how == "unreadable":
            self.stop("This cannot be read.", BAD_INPUT)
        errors = ["One of two is wrong."] if how == "partly" else []
        return CommandResult({"done": 2, "word": "已办"}, ["2 done"], errors, is_refused=bool(errors))


def run(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(Example(), *arguments, stdout=out, stderr=err)
    except SystemExit as stop:
        return int(str(stop.code)), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.mark.parametrize("module", [module for module in MODULES if module not in OTHERS])
def test_every_command_has_the_base(module: str) -> None:
    assert issubclass(import_module(module).Command, JsonCommand)


def test_the_exceptions_still_exist() -> None:
    assert set(OTHERS) <= set(MODULES)


@pytest.mark.parametrize(
    ("how", "code", "out", "err"),
    [
        ("done", 0, "2 done\n", ""),
        ("partly", 1, "2 done\n", "One of two is wrong.\n"),
        ("refused", 1, "", "The rules do not allow this.\n"),
        ("unreadable", 2, "", "This cannot be read.\n"),
    ],
)
def test_a_person_reads_lines_and_the_shell_an_exit_code(how: str, code: int, out: str, err: str) -> None:
    assert run(how) == (code, out, err)


@pytest.mark.parametrize(
    ("how", "code", "data"),
    [
        ("done", 0, {"done": 2, "word": "已办"}),
        ("partly", 1, {"done": 2, "word": "已办"}),
        ("refused", 1, {"error": "The rules do not allow this."}),
        ("unreadable", 2, {"error": "This cannot be read."}),
    ],
)
def test_json_is_one_object_on_standard_output(how: str, code: int, data: dict[str, Any]) -> None:
    exit_code, out, _err = run(how, "--json")
    assert (exit_code, out.count("\n")) == (code, 1)
    assert json.loads(out) == data
    assert "\\u" not in out, "Chinese is written as it is"


def test_a_file_that_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    command, target = Example(stderr=io.StringIO()), tmp_path / "out.txt"
    target.write_text("before")

    def fail(draft: Path) -> int:
        draft.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(SystemExit) as stop:
        command.write_file(target, fail)
    assert stop.value.code == BAD_INPUT
    assert [path.name for path in tmp_path.iterdir()] == ["out.txt"]
    assert target.read_text() == "before"
    assert command.write_file(target, lambda draft: draft.write_text("after")) == 5
    assert target.read_text() == "after"
