"""Figures of the present and of every past moment, by one formula."""

from reporting.models import IssueFigures, MeasureFigures
from reporting.queries.burnup import Point, Ranked, Standing, Weeks, elapsed, last_end_of, ranking, weeks_of
from reporting.queries.comparison import Line, side_by_side
from reporting.queries.counts import (
    Course,
    Group,
    by_area,
    by_leader,
    by_unit,
    course_of,
    issue_figures,
    lately_signed_off,
    measure_figures,
)
from reporting.queries.dashboard import SHOWN, Cube, Lists, Notes, cube_of, lists_of, with_waiting

__all__ = [
    "SHOWN",
    "Course",
    "Cube",
    "Group",
    "IssueFigures",
    "Line",
    "Lists",
    "MeasureFigures",
    "Notes",
    "Point",
    "Ranked",
    "Standing",
    "Weeks",
    "by_area",
    "by_leader",
    "by_unit",
    "course_of",
    "cube_of",
    "elapsed",
    "issue_figures",
    "last_end_of",
    "lately_signed_off",
    "lists_of",
    "measure_figures",
    "ranking",
    "side_by_side",
    "weeks_of",
    "with_waiting",
]
