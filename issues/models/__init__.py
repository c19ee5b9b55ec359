"""The plan's upper levels, task forces, the working calendar; and what of an issue which audience is shown."""

from issues.models.disclosure import Disclosure
from issues.models.history import IssueSpan
from issues.models.lights import OFFICIAL_WORDS, Light, default_lights, light_of
from issues.models.plan import (
    Area,
    CalendarDay,
    Category,
    Inspection,
    InspectionQuerySet,
    Issue,
    IssueQuerySet,
    Level,
    LevelQuerySet,
    Problem,
    TaskForce,
    code_of,
    sort_key_of,
)

__all__ = [
    "OFFICIAL_WORDS",
    "Area",
    "CalendarDay",
    "Category",
    "Disclosure",
    "Inspection",
    "InspectionQuerySet",
    "Issue",
    "IssueQuerySet",
    "IssueSpan",
    "Level",
    "LevelQuerySet",
    "Light",
    "Problem",
    "TaskForce",
    "code_of",
    "default_lights",
    "light_of",
    "sort_key_of",
]
