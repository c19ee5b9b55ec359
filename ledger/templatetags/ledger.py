"""What the page of the ledger asks about the person who reads it."""

from collections.abc import Mapping
from typing import Any

from django import template

from ledger.permissions import may_batch

register = template.Library()


@register.simple_tag(takes_context=True)
def may_batch_here(context: Mapping[str, Any]) -> bool:
    """Return whether the person works on measures, so that a ledger offers to choose several of them."""
    return may_batch(context["request"].user)
