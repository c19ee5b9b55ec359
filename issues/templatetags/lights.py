"""The traffic light on pages: its word and colour, and the class of a day that is late or near."""

from collections.abc import Mapping

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from issues.models import Light

register = template.Library()
CLASSES = {Light.OVERDUE: "is-late", Light.DUE_SOON: "is-due-soon"}


@register.simple_tag
def light(state: str, names: Mapping[str, str] | None = None) -> SafeString:
    """A light with its word and the inspection's own name for its colour; nothing where no light burns."""
    if not state:
        return SafeString("")
    name = (names or {}).get(state, "")
    colour = format_html(' <span class="muted">{}</span>', name) if name else ""
    return format_html('<span class="light {}">{}{}</span>', state, Light(state).label, colour)


@register.filter
def day_class(state: str) -> str:
    """Return the class of a deadline under this light; empty where nothing is late or near."""
    return CLASSES.get(Light(state), "") if state else ""
