"""Reads over the plan's upper levels."""

from issues.queries.calendar import calendar_years, working_calendar
from issues.queries.disclosure import Shown, ShownIssues, shown_to
from issues.queries.naming import known_names, marked_names, names_in

__all__ = [
    "Shown",
    "ShownIssues",
    "calendar_years",
    "known_names",
    "marked_names",
    "names_in",
    "shown_to",
    "working_calendar",
]
