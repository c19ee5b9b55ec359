"""What the page of a measure shows of supervision."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from core.panels import panel
from measures.models import Measure
from supervision.models import Urge
from supervision.permissions import may_urge_measure


def urge_button(context: Any, measure: Measure, classes: str = "btn-quiet") -> dict[str, Any]:
    """A button where the person may urge this measure; the word that it was urged where somebody did so today."""
    if not may_urge_measure(context["request"].user, measure, context["inspection"]):
        return {"may": False}
    return {**context.flatten(), "may": True, "urged": _is_urged(measure), "measure": measure, "classes": classes}


def _is_urged(measure: Measure) -> bool:
    """Whether somebody urged it today; the lists know it of their rows."""
    if hasattr(measure, "is_urged"):
        return bool(measure.is_urged)
    return Urge.objects.filter(measure=measure, on=timezone.localdate()).exists()


@panel("measure.head", "supervision/_urge_button.html")
def urge_button_of_page(context: Mapping[str, Any]) -> dict[str, Any]:
    return urge_button(context, context["measure"])
