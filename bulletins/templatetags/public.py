"""Links of the public pages: addresses here, names of files where the pages are written out."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def link(context: Mapping[str, Any], kind: str, about: Any) -> str:
    """Return where the page of this kind about something is; an empty text where there is none."""
    where: str = getattr(context["links"].links, kind)(about)
    return where
