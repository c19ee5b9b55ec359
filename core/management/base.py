"""The base of our commands: `--json`, the exit codes, and what goes to which stream."""

import json
from abc import abstractmethod
from argparse import ArgumentTypeError
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NoReturn, TypeVar

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from core.exceptions import RuleViolation

REFUSED, BAD_INPUT = 1, 2  # 0 is done
Written = TypeVar("Written")


@dataclass(frozen=True)
class CommandResult:
    """What a command did. `data` is what `--json` prints; `lines` and `errors` are what a person reads."""

    data: Mapping[str, Any]
    lines: Sequence[str] = ()
    errors: Sequence[str] = ()
    is_refused: bool = False


class JsonCommand(BaseCommand):
    """A command that calls one service and says what became of it; subclasses write `run`.

    Exit code 0 done, 1 refused with the reasons, 2 bad usage or unreadable input. With `--json` standard output is one
    JSON object and nothing else: the outcome, or `error` with the sentence that is on standard error as well.
    """

    is_json = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    @abstractmethod
    def run(self, *args: Any, **options: Any) -> CommandResult:
        """Do it. A `RuleViolation` is a refusal; `stop` ends the command otherwise."""

    def handle(self, *args: Any, **options: Any) -> None:
        self.is_json = options["json"]
        try:
            outcome = self.run(**options)
        except RuleViolation as refusal:
            self.stop(str(refusal.message), REFUSED)
        if self.is_json:
            self._print_json(outcome.data)
        else:
            for line in outcome.lines:
                self.stdout.write(line)
            for line in outcome.errors:
                self.stderr.write(line)
        if outcome.is_refused:
            raise SystemExit(REFUSED)

    def stop(self, sentence: str, code: int) -> NoReturn:
        """End with one sentence and the exit code."""
        if self.is_json:
            self._print_json({"error": sentence})
        self.stderr.write(sentence)
        raise SystemExit(code)

    def write_file(self, path: Path, write: Callable[[Path], Written]) -> Written:
        """Let `write` fill a file beside `path`, then put it in its place: no one finds half a file there."""
        draft = path.with_name(f".{path.name}.new")
        try:
            written = write(draft)
            draft.replace(path)
        except OSError as error:
            draft.unlink(missing_ok=True)
            self.stop_unwritable(path, error)
        return written

    def stop_unwritable(self, path: Path, error: OSError) -> NoReturn:
        self.stop(_("The file %(path)s cannot be written: %(why)s") % {"path": path, "why": error.strerror}, BAD_INPUT)

    def _print_json(self, data: Mapping[str, Any]) -> None:
        self.stdout.write(json.dumps(data, ensure_ascii=False))


def day(text: str) -> date:
    """Read a day on the command line, for `type=`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(_("%(text)s is not a date; write it as 2026-11-25.") % {"text": text}) from None
