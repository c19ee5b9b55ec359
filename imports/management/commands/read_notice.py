"""`manage.py read_notice`: what a published notice holds, without touching the database."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from readers.notice import UnreadableNotice, bytes_of, read, summary
from readers.tree import Reading

UNREADABLE = 2


class NoticeCommand(BaseCommand):
    """What the commands on a notice share: the file, the one line where it cannot be read, the two ways to print."""

    requires_system_checks = []  # checks ask the database, and a broken installation can still read a file

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="the notice as .txt, .docx or saved .html")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def open(self, path: Path, *, as_json: bool) -> tuple[bytes, Reading]:
        """Return the bytes of the file and what was read in them; exit code 2 with one sentence where it cannot be."""
        try:
            data = bytes_of(path)
            return data, read(data, name=path.name)
        except UnreadableNotice as error:
            self.stop(_(error.MESSAGES[error.code]) % error.params, as_json=as_json)

    def stop(self, sentence: str, *, as_json: bool) -> NoReturn:
        if as_json:
            self.print_json({"error": sentence})
        self.stderr.write(sentence)
        raise SystemExit(UNREADABLE)

    def print_json(self, result: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(result, ensure_ascii=False))

    def print_leftovers(self, told: dict[str, Any]) -> None:
        """Name every line that was not understood, and every doubt."""
        for line in told["unread"]:
            self.stdout.write(_("line %(line)d not understood: %(text)s") % line)
        for doubt in told["warnings"]:
            self.stdout.write(_("line %(line)d: %(message)s") % doubt)


class Command(NoticeCommand):
    """Exit code 0 where an issue tree was found, 2 where the file cannot be read as a notice."""

    help = "Read a published notice and print what it holds."

    def handle(self, *args: Any, **options: Any) -> None:
        told = summary(self.open(options["file"], as_json=options["json"])[1], _)
        if options["json"]:
            self.print_json(told)
            return
        for depth, line in _outline(told["tree"]):
            self.stdout.write("  " * depth + line)
        self.print_leftovers(told)
        counts = _(
            "%(areas)d areas, %(categories)d categories, %(problems)d problems, %(issues)d issues, %(measures)d reports"
        )
        self.stdout.write(counts % told)
        self.stdout.write(_("%(count)d lines not understood") % {"count": len(told["unread"])})


def _outline(areas: list[dict[str, Any]]) -> list[tuple[int, str]]:
    """Return the headings down to the issues, each with its depth; levels without a title are left out."""
    lines = []
    for area in areas:
        lines.append((0, f"{area['number']}{area['title']}"))
        for category in area["categories"]:
            lines.append((1, f"{category['number']}{category['title']}"))
            for problem in category["problems"]:
                lines.append((2, f"{problem['number']}{problem['title']}"))
                lines += [(3, f"{i['code']} {i['text']} [{len(i['reports'])}]") for i in problem["issues"]]
    return [(depth, line) for depth, line in lines if line]
