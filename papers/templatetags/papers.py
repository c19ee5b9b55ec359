"""What the pages of disclosure ask for: the word and the colour of a state."""

from collections.abc import Mapping

from django import template

register = template.Library()
CHIPS = {"waiting": "pending", "full": "granted", "redacted": "running", "withheld": "refused", "undecided": "planned"}


@register.filter
def chip_of(state: str) -> str:
    """Return the colour in which a state of what is shown is told."""
    return CHIPS.get(state, state)


@register.filter
def label_of(labels: Mapping[str, str], state: str) -> str:
    """Return the word for a state."""
    return str(labels.get(state, state))
