"""Figures of an inspection and of several, for the dashboard, the wall, the comparison and the API."""

from reporting.queries.burnup import BurnUp, Point, UnitLastWeek, burn_up_of
from reporting.queries.comparison import InspectionSummary, compare_inspections
from reporting.queries.dashboard import (
    DashboardCounts,
    DashboardLists,
    count_dashboard,
    dashboard_lists,
    lately_signed_off,
    with_waiting,
)
from reporting.queries.period import PeriodProgress, elapsed, last_week_end, period_progress
from reporting.queries.ranking import RankedUnit, ranking

__all__ = [
    "BurnUp",
    "DashboardCounts",
    "DashboardLists",
    "InspectionSummary",
    "PeriodProgress",
    "Point",
    "RankedUnit",
    "UnitLastWeek",
    "burn_up_of",
    "compare_inspections",
    "count_dashboard",
    "dashboard_lists",
    "elapsed",
    "last_week_end",
    "lately_signed_off",
    "period_progress",
    "ranking",
    "with_waiting",
]
