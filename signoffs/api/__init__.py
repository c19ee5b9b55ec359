"""Applications, decisions, their papers and the trail, with the verbs of sign-off."""

from signoffs.api.rows import (
    ApplicationRows,
    DecisionRows,
    InspectionAndChainRows,
    IssueAndClosureRows,
    MeasureAndSignOffRows,
)
from signoffs.api.trail import ChainRows, EventRows

__all__ = [
    "ApplicationRows",
    "ChainRows",
    "DecisionRows",
    "EventRows",
    "InspectionAndChainRows",
    "IssueAndClosureRows",
    "MeasureAndSignOffRows",
]
