"""Figures of the present and of every past moment, by one formula."""

from progress.models import IssueFigures, MeasureFigures
from progress.queries.figures import (
    Course,
    Group,
    by_area,
    by_leader,
    by_unit,
    course_of,
    issue_figures,
    lately_signed_off,
    measure_figures,
    returned_measures,
)

__all__ = [
    "Course",
    "Group",
    "IssueFigures",
    "MeasureFigures",
    "by_area",
    "by_leader",
    "by_unit",
    "course_of",
    "issue_figures",
    "lately_signed_off",
    "measure_figures",
    "returned_measures",
]
