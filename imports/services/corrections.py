"""What a person corrects in the reading of a notice before it is imported: what single lines are, and the layout."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from accounts.models import Actor
from core.exceptions import Conflict, RuleViolation
from files.services import read_whole
from imports.models import Import
from imports.services.imports import read_notice, require_reader
from readers.notice.layouts import LAYOUTS
from readers.notice.reader import KINDS
from readers.notice.warnings import sentence
from readers.tree import Reading

NAMED_LINES = 5
"""How many lines a refusal names."""


def reading_of(source: Import) -> Reading:
    """Return the reading of a notice as it was corrected so far. Raises `RuleViolation` for a file that is lost."""
    return read_notice(read_whole(file=source.file), name=source.file.name, corrections=source.corrections)


def is_correctable(source: Import) -> bool:
    """Return whether the reading can be corrected: that of a notice which is neither confirmed nor given up."""
    return not source.is_workbook and source.status == Import.Status.READ and not source.is_at_work


def doubts_of(reading: Reading) -> dict[int, list[str]]:
    """Return why lines are doubted, in words, by the number of the line."""
    doubts: dict[int, list[str]] = {line.line: [_("not understood")] for line in reading.unread}
    for doubt in reading.warnings:
        doubts.setdefault(doubt.line, []).append(sentence(doubt, _))
    return doubts


def correct_reading(*, source: Import, layout: str, lines: Mapping[str, str], by: Actor) -> Reading:
    """Store what `by` says of some lines, by their keys (an empty word takes it back), and read the notice again.

    With the first correction the layout that the page named is stored too: else a line that was put right could make
    another layout the likelier one, and every line would change. Raises `Forbidden`, `RuleViolation` for an import that
    is over, or where nothing could be read any more, `Conflict` where it was confirmed meanwhile.
    """
    require_reader(source, by)
    if not is_correctable(source):
        raise RuleViolation(_("This import has already been applied or discarded."))
    if unknown := {*filter(None, lines.values())} - {*KINDS}:
        raise ValueError(f"no such kinds of lines: {sorted(unknown)}")
    before = reading_of(source)
    known = {line.key for line in before.lines}
    if strange := sorted(set(lines) - known - set(source.corrections.get("lines", {}))):
        lines_as_text = {"lines": ", ".join(strange[:NAMED_LINES])}
        raise RuleViolation(_("There is no such line in this file: %(lines)s.") % lines_as_text, field="lines")
    merged = {**source.corrections.get("lines", {}), **lines}
    corrected = {key: kind for key, kind in merged.items() if kind and (key in known or kind == "above")}
    if not layout and corrected:
        layout = before.layout
    if layout and not {*layout.split("+")} <= {*LAYOUTS}:
        raise RuleViolation(_("This layout is not known."), field="layout")
    corrections = {"layout": layout, "lines": corrected}
    reading = read_notice(read_whole(file=source.file), name=source.file.name, corrections=corrections)
    rows = Import.objects.filter(pk=source.pk, status=source.status, job=source.job_id, corrections=source.corrections)
    if not rows.update(corrections=corrections):
        raise Conflict(
            _("Someone else was first: the state has changed in the meantime. Reload the page and check again.")
        )
    source.corrections = corrections
    return reading
