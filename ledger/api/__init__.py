"""Saved filters and the export of the ledger over the API."""

from ledger.api.inspections import InspectionAndLedgerRows
from ledger.api.saved_filters import SavedFilterRows, SavesFilters

__all__ = ["InspectionAndLedgerRows", "SavedFilterRows", "SavesFilters"]
