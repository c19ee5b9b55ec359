"""Reads over the plan's upper levels."""

from issues.queries.calendar import calendar_years, working_calendar
from issues.queries.disclosure import STATES, DisclosedIssues, IssueDisclosure, disclosed_to, disclosure_from, in_state
from issues.queries.naming import known_names, marked_names, names_in

__all__ = [
    "STATES",
    "IssueDisclosure",
    "DisclosedIssues",
    "calendar_years",
    "in_state",
    "known_names",
    "marked_names",
    "names_in",
    "disclosure_from",
    "disclosed_to",
    "working_calendar",
]
