"""Saved filters and the export of the ledger over the API."""

from ledger.api.inspections import LedgerExportMixin
from ledger.api.saved_filters import SavedFilterViewSet

__all__ = ["LedgerExportMixin", "SavedFilterViewSet"]
