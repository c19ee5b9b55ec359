"""Reads over the plan's upper levels."""

from issues.queries.calendar import calendar_years, working_calendar
from issues.queries.disclosure import STATES, Shown, ShownIssues, in_state, shown_by, shown_to
from issues.queries.naming import known_names, marked_names, names_in

__all__ = [
    "STATES",
    "Shown",
    "ShownIssues",
    "calendar_years",
    "in_state",
    "known_names",
    "marked_names",
    "names_in",
    "shown_by",
    "shown_to",
    "working_calendar",
]
