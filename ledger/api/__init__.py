"""The ways into the ledger and out of it over the API: imports, papers, what is shown to whom."""

from ledger.api.disclosures import DisclosureRows, IssueAndDisclosureRows, ShownIssueRows
from ledger.api.imports import ImportRows
from ledger.api.inspections import InspectionAndPapersRows
from ledger.api.papers import CommentRows, PaperRows

__all__ = [
    "CommentRows",
    "DisclosureRows",
    "ImportRows",
    "InspectionAndPapersRows",
    "IssueAndDisclosureRows",
    "PaperRows",
    "ShownIssueRows",
]
