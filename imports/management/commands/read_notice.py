"""`manage.py read_notice`: what a published notice holds, without touching the database."""

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from core.management.base import BAD_INPUT, CommandResult, JsonCommand
from readers.notice import UnreadableNotice, bytes_of, read, summary
from readers.tree import Reading


class NoticeCommand(JsonCommand):
    """What the commands on a notice share: the file, and the one sentence where it cannot be read."""

    requires_system_checks = []  # checks ask the database, and a broken installation can still read a file

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", metavar="FILE", type=Path, help="the notice as .txt, .docx or saved .html")

    def read(self, path: Path) -> tuple[bytes, Reading]:
        """Return the bytes of the file and what was read in them; exit code 2 with one sentence where it cannot be."""
        try:
            data = bytes_of(path)
            return data, read(data, name=path.name)
        except UnreadableNotice as error:
            self.stop(_(error.MESSAGES[error.code]) % error.params, BAD_INPUT)


def unread_lines(data: dict[str, Any]) -> list[str]:
    """Name every line that was not understood, and every doubt."""
    lines = [_("line %(line)d not understood: %(text)s") % line for line in data["unread"]]
    return lines + [_("line %(line)d: %(message)s") % doubt for doubt in data["warnings"]]


class Command(NoticeCommand):
    """Exit code 0 where an issue tree was read, 2 where the file cannot be read as a notice."""

    help = "Read a published notice and print what it holds."

    def run(self, *, file: Path, **options: Any) -> CommandResult:
        data = summary(self.read(file)[1], _)
        counts = _(
            "%(areas)d areas, %(categories)d categories, %(problems)d problems, %(issues)d issues, %(measures)d reports"
        )
        lines = ["  " * depth + line for depth, line in _outline(data["tree"])]
        lines += [*unread_lines(data), counts % data]
        lines.append(_("%(count)d lines not understood") % {"count": len(data["unread"])})
        return CommandResult(data, lines)


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
