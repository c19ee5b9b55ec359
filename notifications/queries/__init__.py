"""Figures of sending: what no reminder reaches, how far webhooks are."""

from notifications.queries.coverage import CoverageGaps, PlanGaps, coverage_of_plans, coverage_of_system, unknown_years
from notifications.queries.webhooks import with_progress

__all__ = ["CoverageGaps", "PlanGaps", "coverage_of_plans", "coverage_of_system", "unknown_years", "with_progress"]
