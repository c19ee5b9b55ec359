"""Papers, their comments and what is shown to whom, over the API."""

from papers.api.disclosures import DisclosureRows, IssueAndDisclosureRows, ShownIssueRows
from papers.api.inspections import InspectionAndPapersRows
from papers.api.papers import CommentRows, PaperRows

__all__ = [
    "CommentRows",
    "DisclosureRows",
    "InspectionAndPapersRows",
    "IssueAndDisclosureRows",
    "PaperRows",
    "ShownIssueRows",
]
