"""The button that urges, for pages of apps below: the page of a measure and the lists of what is late."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils import timezone

from measures.models import Measure
from supervision.models import Urge
from supervision.permissions import may_urge

register = template.Library()


@register.inclusion_tag("supervision/urge_button.html", takes_context=True)
def urge_button(context: Mapping[str, Any], measure: Measure, classes: str = "btn-quiet") -> dict[str, Any]:
    """A button where the person may urge this measure; the word that it was urged where somebody did so today."""
    request, inspection = context["request"], context["inspection"]
    may = measure.status in Measure.UNFINISHED and measure.lead_unit_id is not None
    if not may or not may_urge(request.user, inspection):
        return {"may": False}
    urged = _is_urged(measure)
    return {**context.flatten(), "may": True, "urged": urged, "measure": measure, "classes": classes}  # type: ignore[attr-defined]


def _is_urged(measure: Measure) -> bool:
    """Whether somebody urged it today; the lists know it of their rows."""
    if hasattr(measure, "is_urged"):
        return bool(measure.is_urged)
    return Urge.objects.filter(measure=measure, on=timezone.localdate()).exists()


@register.simple_tag(takes_context=True)
def may_urge_here(context: Mapping[str, Any]) -> bool:
    """Return whether the person may urge in the inspection of the page."""
    inspection = context.get("inspection")
    return inspection is not None and may_urge(context["request"].user, inspection)
