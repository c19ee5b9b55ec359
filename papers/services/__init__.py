"""Official papers from the ledger: notice of results, plan, report to the inspection office."""

from papers.services.comments import answer_comment, comment_on_paper
from papers.services.exports import request_paper
from papers.services.lifecycle import (
    approve_paper,
    discard_paper,
    edit_paper,
    issue_paper,
    make_paper,
    return_paper,
    revise_paper,
    submit_paper,
)

__all__ = [
    "answer_comment",
    "approve_paper",
    "comment_on_paper",
    "discard_paper",
    "edit_paper",
    "issue_paper",
    "make_paper",
    "request_paper",
    "return_paper",
    "revise_paper",
    "submit_paper",
]
