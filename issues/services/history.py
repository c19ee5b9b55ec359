"""The history in time: every change of an issue's state, leader, unit or task force ends a span and begins the next."""

from collections.abc import Iterable
from datetime import datetime

from issues.models import Issue, IssueSpan


def _span(issue: Issue, at: datetime) -> IssueSpan:
    return IssueSpan(
        inspection_id=issue.inspection_id,
        issue=issue,
        status=issue.status,
        completion=issue.completion,
        leader_id=issue.leader_id,
        lead_unit_id=issue.lead_unit_id,
        task_force_id=issue.task_force_id,
        valid_from=at,
    )


def open_issue_spans(issues: Iterable[Issue], *, at: datetime) -> None:
    """Begin the history of new issues."""
    IssueSpan.objects.begin([_span(issue, at) for issue in issues])


def record_issue_span(issue: Issue, *, at: datetime) -> None:
    """Note that `issue` is from `at` on what it is now."""
    IssueSpan.objects.filter(issue=issue).succeed(_span(issue, at))
