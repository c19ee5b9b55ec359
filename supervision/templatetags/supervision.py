"""The button that urges, in the lists of what is late."""

from collections.abc import Mapping
from typing import Any

from django import template

from supervision.panels import urge_button
from supervision.permissions import may_urge

register = template.Library()
register.inclusion_tag("supervision/_urge_button.html", takes_context=True)(urge_button)


@register.simple_tag(takes_context=True)
def may_urge_here(context: Mapping[str, Any]) -> bool:
    """Return whether the person may urge in the inspection of the page."""
    inspection = context.get("inspection")
    return inspection is not None and may_urge(context["request"].user, inspection)
