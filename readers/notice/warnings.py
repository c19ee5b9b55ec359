"""Doubts of the reader as sentences: message ids, translated where they are shown."""

from collections.abc import Callable

from readers.notice.layouts import layout_words
from readers.notice.source import gettext_noop
from readers.tree import Doubt

MESSAGES = {
    "no_conclusion": gettext_noop("no conclusion recognised in: %(words)s"),
    "no_status": gettext_noop("no line says how this issue was rectified"),
    "no_report": gettext_noop("the text does not say what was done about this issue"),
    "unended": gettext_noop("the report does not end with a full stop"),
    "open_text": gettext_noop("this text does not end with a full stop; it may go on elsewhere or belong to nothing"),
    "joined": gettext_noop("joined to the line above, which was broken off"),
    "number": gettext_noop("the number %(words)s does not follow the one before; the order of the lines counts"),
    "promoted": gettext_noop("a heading with a report at once; taken for an issue"),
    "assumed_issue": gettext_noop("a line without a number above a line on how it was rectified; taken for an issue"),
    "like_heading": gettext_noop("this reads like a heading whose number is missing; taken for a report"),
    "no_text": gettext_noop("the text of this issue is missing; its label takes its place"),
    "layout": gettext_noop("another layout begins here; read as %(words)s"),
}


def sentence(doubt: Doubt, say: Callable[[str], str] = str) -> str:
    """Return what a doubt says; `say` translates."""
    words = layout_words(doubt.words, say) if doubt.code == "layout" else doubt.words
    return say(MESSAGES[doubt.code]) % {"words": words}
