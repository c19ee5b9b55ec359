"""Panels: what the pages of lower apps show of higher ones, which register from above.

A page leaves a slot open (`{% panels "measure.head" %}`) and knows nothing of what comes there. An app above has a
module `panels`, loaded at the start, in which functions turn the context of the page into that of a template:

    @panel("measure.head", "supervision/_urge_button.html")
    def urge_button_of_page(context): ...
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

PanelContext = Callable[[Any], dict[str, Any]]


@dataclass(frozen=True)
class Panel:
    """A template and the function that makes its context out of the page's."""

    template: str
    context_of: PanelContext


PANELS: dict[str, list[Panel]] = {}
"""The panels of each slot, in the order in which they were registered."""


def panel(slot: str, template: str) -> Callable[[PanelContext], PanelContext]:
    """Fill a slot of a page with a template, which is rendered with what the function returns."""

    def register(context_of: PanelContext) -> PanelContext:
        PANELS.setdefault(slot, []).append(Panel(template, context_of))
        return context_of

    return register
