"""Changes of the plan's upper levels, of the calendar, and of what which audience is shown."""

from issues.services.disclosing import (
    Proposal,
    approve_disclosure,
    approve_disclosures,
    propose_disclosure,
    propose_in_full,
    refuse_disclosure,
)
from issues.services.history import open_issue_spans, record_issue_span
from issues.services.plan import (
    SETTINGS,
    await_closure,
    begin_rectification,
    clear_calendar_day,
    close_issue,
    create_inspection,
    create_task_force,
    edit_inspection,
    edit_issue,
    resume_rectification,
    set_calendar_day,
)

__all__ = [
    "SETTINGS",
    "Proposal",
    "approve_disclosure",
    "approve_disclosures",
    "await_closure",
    "begin_rectification",
    "clear_calendar_day",
    "close_issue",
    "create_inspection",
    "create_task_force",
    "edit_inspection",
    "edit_issue",
    "open_issue_spans",
    "propose_disclosure",
    "propose_in_full",
    "record_issue_span",
    "refuse_disclosure",
    "resume_rectification",
    "set_calendar_day",
]
