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
    urged = _urged_today(request, inspection.pk)
    return {**context.flatten(), "may": True, "urged": measure.pk in urged, "measure": measure, "classes": classes}  # type: ignore[attr-defined]


def _urged_today(request: Any, inspection_id: int) -> set[int]:
    """The measures urged today, asked for once a page."""
    kept: set[int] | None = getattr(request, "urged_today", None)
    if kept is None:
        today = Urge.objects.filter(inspection=inspection_id, on=timezone.localdate()).exclude(measure=None)
        kept = request.urged_today = set(today.values_list("measure", flat=True))
    return kept


@register.simple_tag(takes_context=True)
def may_urge_here(context: Mapping[str, Any]) -> bool:
    """Return whether the person may urge in the inspection of the page."""
    inspection = context.get("inspection")
    return inspection is not None and may_urge(context["request"].user, inspection)
