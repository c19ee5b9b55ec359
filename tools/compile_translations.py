"""Writes each django.mo from its django.po, without gettext; a string that is untranslated or fuzzy is an error."""

import sys
from pathlib import Path

import polib

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    open_strings = 0
    for path in sorted(ROOT.glob("locale/*/LC_MESSAGES/*.po")):
        catalogue = polib.pofile(str(path))
        waiting = [*catalogue.untranslated_entries(), *catalogue.fuzzy_entries()]
        for entry in waiting:
            print(f"{path.relative_to(ROOT)}: line {entry.linenum}: not translated: {entry.msgid!r}")
        open_strings += len(waiting)
        catalogue.save_as_mofile(str(path.with_suffix(".mo")))
    return 1 if open_strings else 0


if __name__ == "__main__":
    sys.exit(main())
