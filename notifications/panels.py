"""What the settings of an inspection show of messages: the ways to the escalation of reminders and to its gaps."""

from collections.abc import Mapping
from typing import Any

from core.panels import panel


@panel("settings.messages", "notifications/_settings.html")
def settings(context: Mapping[str, Any]) -> dict[str, Any]:
    return {"inspection": context["inspection"]}
