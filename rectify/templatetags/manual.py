"""The manuals of docs/manual as pages: headings, paragraphs, lists, pictures, bold words and code; nothing else."""

import re
from collections.abc import Iterator

from django import template
from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
PICTURE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(images/(?P<name>[\w-]+\.png)\)")
ITEM = re.compile(r"(?P<mark>-|\d+\.) (?P<words>.*)")
MARKED = re.compile(r"\*\*(?P<bold>[^*]+)\*\*|`(?P<code>[^`]+)`")


@register.filter
def as_page(text: str) -> SafeString:
    """Turn the text of a manual into HTML; anything else is shown as it is written."""
    blocks = [block.strip() for block in text.split("\n\n")]
    return format_html_join("\n", "{}", ((part,) for block in blocks if block for part in _block(block)))


def _block(block: str) -> Iterator[SafeString]:
    first, lines = block.split(" ", 1)[0], block.splitlines()
    if first in {"#", "##"}:
        yield format_html("<h{0}>{1}</h{0}>", len(first), _inline(lines[0].removeprefix(first).strip()))
        yield from _block("\n".join(lines[1:])) if lines[1:] else ()
    elif picture := PICTURE.fullmatch(block):
        source = static(f"manual/{picture['name']}")
        yield format_html('<img class="manual-picture" src="{}" alt="{}" loading="lazy">', source, picture["alt"])
    elif all(ITEM.fullmatch(line) for line in lines):
        kind = "ul" if lines[0].startswith("-") else "ol"
        items = format_html_join("", "<li>{}</li>", ((_inline(line.split(" ", 1)[1]),) for line in lines))
        yield format_html("<{0}>{1}</{0}>", kind, items)
    else:
        yield format_html("<p>{}</p>", _inline(" ".join(lines)))


def _inline(words: str) -> SafeString:
    """Bold words and code; everything is escaped first."""

    def marked(match: re.Match[str]) -> str:
        return f"<strong>{match['bold']}</strong>" if match["bold"] else f"<code>{match['code']}</code>"

    return mark_safe(MARKED.sub(marked, escape(words)))  # noqa: S308 - escaped above, the marks are ours
