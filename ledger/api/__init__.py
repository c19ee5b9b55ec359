"""The ways into the ledger and out of it over the API: imports, papers, what is shown to whom, saved filters."""

from ledger.api.disclosures import DisclosureRows, IssueAndDisclosureRows, ShownIssueRows
from ledger.api.imports import ImportRows
from ledger.api.inspections import InspectionAndPapersRows
from ledger.api.papers import CommentRows, PaperRows
from ledger.api.saving import SavedFilterRows, SavesFilters

__all__ = [
    "CommentRows",
    "DisclosureRows",
    "ImportRows",
    "InspectionAndPapersRows",
    "IssueAndDisclosureRows",
    "PaperRows",
    "SavedFilterRows",
    "SavesFilters",
    "ShownIssueRows",
]
